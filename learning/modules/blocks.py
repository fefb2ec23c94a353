"""The building blocks of lessons and quizzes, as editors meet them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from learning.modules.interactive import CheckBlock, DialogueBlock, FlipBlock, HotspotBlock, VideoBlock

# What a lesson's running text may hold. The same list bounds the cleaning on render (`content.clean_html`).
RICH_TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "blockquote"]


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what the image shows"), max_length=300, help_text=_("Read aloud to people who do not see the image.")
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=300, required=False)

    class Meta:
        icon = "image"
        label = _("Image")


class DoDontBlock(blocks.StructBlock):
    do = blocks.TextBlock(label=_("do"), rows=3)
    dont = blocks.TextBlock(label=_("don't"), rows=3)
    why = blocks.TextBlock(label=_("why"), rows=2, required=False)

    class Meta:
        icon = "tick"
        label = _("Do and don't")


class TurnBlock(blocks.StructBlock):
    speaker = blocks.ChoiceBlock(label=_("who speaks"), choices=[("customer", _("Customer")), ("rep", _("You"))])
    text = blocks.TextBlock(label=_("what is said"), rows=2)
    note = blocks.CharBlock(label=_("note beside it"), max_length=300, required=False)


class ConversationBlock(blocks.StructBlock):
    situation = blocks.CharBlock(label=_("situation"), max_length=300, required=False)
    turns = blocks.ListBlock(TurnBlock(), label=_("turns"), min_num=2)

    class Meta:
        icon = "comment"
        label = _("Example conversation")


class LessonBodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES)
    picture = PictureBlock()
    do_dont = DoDontBlock()
    conversation = ConversationBlock()
    key_point = blocks.TextBlock(label=_("Key point"), icon="pick", rows=2)
    flip = FlipBlock()
    check = CheckBlock()
    hotspot = HotspotBlock()
    video = VideoBlock()
    dialogue = DialogueBlock()


class LessonBlock(blocks.StructBlock):
    """One page of the player: three to five minutes of one idea."""

    title = blocks.CharBlock(label=_("title"), max_length=120)
    body = LessonBodyBlock(label=_("content"), min_num=1)

    class Meta:
        icon = "doc-full"
        label = _("Lesson")


class AnswerBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("answer"), max_length=400)
    correct = blocks.BooleanBlock(label=_("this answer is right"), required=False)
    feedback = blocks.TextBlock(
        label=_("feedback"),
        rows=2,
        required=False,
        help_text=_("Shown to somebody who chose this answer: why it is right or not."),
    )


class QuestionBlock(blocks.StructBlock):
    """What both kinds of question share; each kind says how many answers may be right."""

    prompt = blocks.TextBlock(label=_("question"), rows=3)
    answers = blocks.ListBlock(AnswerBlock(), label=_("answers"), min_num=2)
    explanation = blocks.TextBlock(
        label=_("explanation"), rows=3, help_text=_("Shown after the quiz: the reason, in a sentence or two.")
    )

    def wrong_number_of_right_answers(self, right: int) -> str | None:
        """The editor's error message, or None where the number is fine."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        answers = cleaned["answers"]
        message = self.wrong_number_of_right_answers(sum(bool(answer["correct"]) for answer in answers))
        if message is None:
            texts = [answer["text"].strip().casefold() for answer in answers]
            if len(set(texts)) < len(texts):
                message = str(_("Two answers read the same. Change one of them."))
        if message is not None:
            raise StructBlockValidationError(block_errors={"answers": ValidationError(message)})
        return cleaned


class SingleChoiceBlock(QuestionBlock):
    def wrong_number_of_right_answers(self, right: int) -> str | None:
        if right == 1:
            return None
        return str(_("Mark exactly one answer as right, or make this a multiple-choice question."))

    class Meta:
        icon = "radio-empty"
        label = _("Question with one right answer")


class MultipleChoiceBlock(QuestionBlock):
    def wrong_number_of_right_answers(self, right: int) -> str | None:
        return None if right >= 1 else str(_("Mark at least one answer as right."))

    class Meta:
        icon = "list-ul"
        label = _("Question with several right answers")
