"""Blocks of a lesson that a learner does something with: turn over, try, look at, watch, and talk to an upset customer.

Nothing of them is marked or counted: they are for learning, the quiz is for proof.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from learning.modules.branching import Mood, Step, problems_of

VIDEO_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}


class FlipCardBlock(blocks.StructBlock):
    front = blocks.TextBlock(label=_("front"), rows=2, help_text=_("What somebody thinks about before turning it over."))
    back = blocks.TextBlock(label=_("back"), rows=3)


class FlipBlock(blocks.StructBlock):
    cards = blocks.ListBlock(FlipCardBlock(), label=_("cards"), min_num=1, max_num=12)

    class Meta:
        icon = "copy"
        label = _("Cards to turn over")


class CheckAnswerBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("answer"), max_length=400)
    correct = blocks.BooleanBlock(label=_("this answer is right"), required=False)
    feedback = blocks.TextBlock(label=_("feedback"), rows=2, help_text=_("Shown at once to somebody who chose this answer."))


class CheckBlock(blocks.StructBlock):
    """A question in between, answered at once. It is no part of the quiz."""

    prompt = blocks.TextBlock(label=_("question"), rows=2)
    answers = blocks.ListBlock(CheckAnswerBlock(), label=_("answers"), min_num=2, max_num=8)

    class Meta:
        icon = "help"
        label = _("Question in between")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if sum(bool(answer["correct"]) for answer in cleaned["answers"]) != 1:
            message = _("Mark exactly one answer as right.")
            raise StructBlockValidationError(block_errors={"answers": ValidationError(message)})
        return cleaned


def _percent(label: Any, help_text: Any = "") -> blocks.IntegerBlock:
    limits = [MinValueValidator(0), MaxValueValidator(100)]
    return blocks.IntegerBlock(label=label, validators=limits, min_value=0, max_value=100, help_text=help_text)


class SpotBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("name of the spot"), max_length=120)
    text = blocks.TextBlock(label=_("what there is to know"), rows=2)
    left = _percent(_("left edge, %"), _("Percent of the image’s width, from the left."))
    top = _percent(_("upper edge, %"), _("Percent of the image’s height, from the top."))
    width = _percent(_("width, %"))
    height = _percent(_("height, %"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {}
        for start, size in (("left", "width"), ("top", "height")):
            if not cleaned[size]:
                errors[size] = ValidationError(_("A spot needs a size of at least 1 %."))
            elif cleaned[start] + cleaned[size] > 100:
                errors[size] = ValidationError(_("The spot reaches beyond the image. Make it smaller."))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned


class HotspotBlock(blocks.StructBlock):
    """A picture with places to look at. Each place is also in the list below it, so that nobody needs a mouse or eyes."""

    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what the image shows"), max_length=300, help_text=_("Read aloud to people who do not see the image.")
    )
    task = blocks.CharBlock(label=_("what to look for"), max_length=300)
    spots = blocks.ListBlock(SpotBlock(), label=_("spots"), min_num=1, max_num=12)

    class Meta:
        icon = "crosshairs"
        label = _("Picture with spots")


class VideoBlock(blocks.StructBlock):
    """A film of our own. Nothing is embedded from other hosts."""

    file = DocumentChooserBlock(label=_("video"), help_text=_("MP4 or WebM."))
    caption = blocks.CharBlock(label=_("caption"), max_length=250, help_text=_("What it shows and how long it takes."))
    captions = DocumentChooserBlock(label=_("subtitles"), required=False, help_text=_("A WebVTT file (.vtt)."))
    silent = blocks.BooleanBlock(label=_("nobody speaks in it"), required=False)
    transcript = blocks.TextBlock(
        label=_("in words"), rows=6, required=False, help_text=_("What is said and shown, for whoever reads rather than watches.")
    )

    class Meta:
        icon = "media"
        label = _("Video")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {}
        if cleaned["file"].file_extension.lower() not in VIDEO_TYPES:
            errors["file"] = ValidationError(_("Choose an MP4 or WebM file: browsers play these."))
        if not cleaned["captions"] and not cleaned["silent"]:
            errors["captions"] = ValidationError(_("Add subtitles, or say that nobody speaks in it."))
        elif cleaned["captions"] and cleaned["captions"].file_extension.lower() != "vtt":
            errors["captions"] = ValidationError(_("Choose a WebVTT file (.vtt)."))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned


class ChoiceBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("what you could say"), rows=2)
    feedback = blocks.TextBlock(label=_("feedback"), rows=2, help_text=_("Why it helps or not. Shown after choosing."))
    change = blocks.ChoiceBlock(
        label=_("what it does to the customer"),
        choices=[("-1", _("more upset")), ("0", _("no change")), ("1", _("calmer")), ("2", _("much calmer"))],
        default="0",
    )
    goes_to = blocks.CharBlock(
        label=_("goes on with"), required=False, max_length=40, help_text=_("The name of a step. Empty: the talk ends here.")
    )


class StepBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("name of the step"), max_length=40, help_text=_("For your own use: answers name it."))
    says = blocks.TextBlock(label=_("what the customer says"), rows=3)
    choices = blocks.ListBlock(ChoiceBlock(), label=_("answers to choose from"), min_num=2, max_num=5)


class DialogueBlock(blocks.StructBlock):
    """A customer to answer. Each answer has a consequence and leads on; the first step begins."""

    situation = blocks.CharBlock(label=_("situation"), max_length=300)
    customer = blocks.CharBlock(label=_("name of the customer"), max_length=60)
    mood = blocks.ChoiceBlock(
        label=_("at the beginning the customer is"), choices=Mood.choices, default=Mood.UPSET.value, required=True
    )
    steps = blocks.ListBlock(StepBlock(), label=_("steps"), min_num=1, max_num=20)
    closing = blocks.TextBlock(label=_("what to take away"), rows=3, help_text=_("Shown at the end, whichever way was taken."))

    class Meta:
        icon = "comment"
        label = _("Customer to answer")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        steps = [
            Step(step["name"], step["says"], tuple(choice["goes_to"] for choice in step["choices"])) for step in cleaned["steps"]
        ]
        problems = problems_of(steps)
        if problems:
            raise StructBlockValidationError(block_errors={"steps": ValidationError(" ".join(map(str, problems)))})
        return cleaned
