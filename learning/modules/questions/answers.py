"""What a page sends as the answer to one question: looked at before it is kept. How answers are written: questions.marking."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from learning.modules.questions.kinds import Choice, FreeText, Hotspot, Match, Numeric, Order, Question, ShortText, TrueFalse
from learning.modules.questions.marking import MOST_FREE_TEXT, MOST_TEXT, number_typed, parts


class AnswerError(Exception):
    """No page of ours sends this; the message says what to do."""


def known(question: Question) -> list[str]:
    """All that may be chosen, in the question's own order; nothing for kinds where one writes."""
    match question:
        case Choice():
            return [answer.id for answer in question.answers]
        case TrueFalse():
            return ["true", "false"]
        case Hotspot():
            return [region.id for region in question.regions]
        case Match():
            return [f"{pair.id}={key}" for pair in question.pairs for key, _text in question.choices]
        case Order():
            return [f"{item.id}={place}" for item in question.items for place in range(1, len(question.items) + 1)]
    return []


def kept(question: Question, sent: Sequence[str]) -> list[str]:
    """What of it can be kept: unknown choices go, texts are cut at their greatest length. Never raises."""
    match question:
        case ShortText() | Numeric():
            return [sent[0][:MOST_TEXT]] if sent and sent[0].strip() else []
        case FreeText():
            return [sent[0][:MOST_FREE_TEXT]] if sent and sent[0].strip() else []
    several = (isinstance(question, Choice) and question.multiple) or isinstance(question, Match | Order)
    chosen = [key for key in known(question) if key in sent]
    return chosen if several else chosen[:1]


def checked(question: Question, sent: Sequence[str]) -> list[str]:
    """The answer as it is stored; [] where there is none. Raises AnswerError for what no page of ours sends."""
    match question:
        case ShortText() | Numeric():
            if sent and len(sent[0]) > MOST_TEXT:
                raise AnswerError(_("One of your answers is too long. Shorten it to %(most)s characters.") % {"most": MOST_TEXT})
        case FreeText():
            if sent and len(sent[0]) > MOST_FREE_TEXT:
                raise AnswerError(
                    _("One of your answers is too long. Shorten it to %(most)s characters.") % {"most": MOST_FREE_TEXT}
                )
        case Match() | Order():
            if any(entry not in known(question) for entry in sent if not entry.endswith("=")):
                raise AnswerError(_("This page is out of date. Open it again."))
        case _:
            if any(key not in known(question) for key in sent):
                raise AnswerError(_("This page is out of date. Open it again."))
            if len(set(sent)) > 1 and not (isinstance(question, Choice) and question.multiple):
                raise AnswerError(_("Choose one answer only where one is asked for."))
    return kept(question, sent)


def is_answered(question: Question, given: Sequence[str]) -> bool:
    """Is there a whole answer? A number must be one, every pair and every place must be given, no place twice."""
    match question:
        case Numeric():
            return bool(given) and number_typed(given[0]) is not None
        case Match():
            return parts(given).keys() == {pair.id for pair in question.pairs}
        case Order():
            places = parts(given)
            return len(places) == len(set(places.values())) == len(question.items)
    return bool(given)
