"""The building blocks of a quiz, as editors meet them."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from learning.modules.questions.from_blocks import question_from
from learning.modules.questions.serial import fault_of


class AskedBlock(blocks.StructBlock):
    """What every kind of question shares. Each kind is looked at as the question it becomes: see `fault_of`."""

    kind = ""
    faults_at = "prompt"
    prompt = blocks.TextBlock(label=_("question"), rows=3)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        frozen = self.get_prep_value(cleaned)
        fault = fault_of(question_from({"type": self.kind, "id": "new", "value": frozen}))
        if fault:
            raise StructBlockValidationError(block_errors={self.faults_at: ValidationError(fault)})
        return cleaned


def explanation(*, required: bool = True) -> blocks.TextBlock:
    return blocks.TextBlock(
        label=_("explanation"),
        rows=3,
        required=required,
        help_text=_("Shown after the quiz: the reason, in a sentence or two."),
    )


class TrueFalseBlock(AskedBlock):
    kind = "true_false"
    is_true = blocks.ChoiceBlock(label=_("this is"), choices=[("true", _("True")), ("false", _("False"))])
    feedback_true = blocks.TextBlock(label=_("feedback for who chose “true”"), rows=2, required=False)
    feedback_false = blocks.TextBlock(label=_("feedback for who chose “false”"), rows=2, required=False)
    explanation = explanation()

    class Meta:
        icon = "check"
        label = _("True or false")


class ShortTextBlock(AskedBlock):
    kind = "short_text"
    faults_at = "accepted"
    accepted = blocks.ListBlock(
        blocks.CharBlock(max_length=200),
        label=_("right answers"),
        min_num=1,
        help_text=_("Any of them counts. A star stands for any words: *order number*."),
    )
    case_sensitive = blocks.BooleanBlock(label=_("capital letters matter"), required=False)
    explanation = explanation()

    class Meta:
        icon = "pilcrow"
        label = _("Short text")


class NumericBlock(AskedBlock):
    kind = "numeric"
    faults_at = "number"
    number = blocks.DecimalBlock(label=_("right number"), max_digits=14, decimal_places=6)
    tolerance = blocks.DecimalBlock(
        label=_("tolerance"),
        max_digits=14,
        decimal_places=6,
        min_value=Decimal(0),
        default=Decimal(0),
        help_text=_("How far an answer may lie from it, both ways."),
    )
    wrong_feedback = blocks.TextBlock(label=_("feedback for any other number"), rows=2, required=False)
    explanation = explanation()

    class Meta:
        icon = "order"
        label = _("Number")


class PairBlock(blocks.StructBlock):
    left = blocks.CharBlock(label=_("this"), max_length=300)
    right = blocks.CharBlock(label=_("goes with"), max_length=200)


class MatchBlock(AskedBlock):
    kind = "match"
    faults_at = "pairs"
    pairs = blocks.ListBlock(PairBlock(), label=_("pairs"), min_num=2)
    extra = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("what goes with nothing"), min_num=0, default=[])
    explanation = explanation()

    class Meta:
        icon = "link"
        label = _("Match")


class OrderBlock(AskedBlock):
    kind = "order"
    faults_at = "items"
    items = blocks.ListBlock(blocks.CharBlock(max_length=300), label=_("in the right order"), min_num=2)
    explanation = explanation()

    class Meta:
        icon = "list-ol"
        label = _("Put in order")


def _percent(label: Any, default: int) -> blocks.FloatBlock:
    return blocks.FloatBlock(label=label, min_value=0, max_value=100, default=default)


class RegionBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        label=_("name"), max_length=120, help_text=_("What the place is, without saying whether it is right.")
    )
    left = _percent(_("from the left, %"), 10)
    top = _percent(_("from the top, %"), 10)
    width = _percent(_("width, %"), 20)
    height = _percent(_("height, %"), 20)
    correct = blocks.BooleanBlock(label=_("this place is right"), required=False)
    feedback = blocks.TextBlock(label=_("feedback"), rows=2, required=False)


class HotspotBlock(AskedBlock):
    kind = "hotspot"
    faults_at = "regions"
    picture = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what the image shows"), max_length=300, help_text=_("Read aloud to people who do not see the image.")
    )
    regions = blocks.ListBlock(RegionBlock(), label=_("places"), min_num=2)
    explanation = explanation()

    class Meta:
        icon = "crosshairs"
        label = _("Place on a picture")


class FreeTextBlock(AskedBlock):
    kind = "free_text"
    guidance = blocks.TextBlock(
        label=_("what a good answer holds"), rows=3, help_text=_("Read by the person who marks it, never by the learner.")
    )
    explanation = explanation(required=False)

    class Meta:
        icon = "edit"
        label = _("Free text, marked by a person")


class DrawBlock(blocks.StructBlock):
    number = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=50, default=3)
    category = blocks.CharBlock(
        label=_("category"), max_length=200, required=False, help_text=_("As in the question bank, for example Tone/E-mail.")
    )
    tags = blocks.CharBlock(label=_("tags"), max_length=200, required=False, help_text=_("Parted by commas; all must fit."))

    class Meta:
        icon = "history"
        label = _("Questions drawn from the bank")
