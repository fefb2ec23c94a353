"""Which question a card asks, as it reads today. A card names its question; words and answers are the published ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from learning.assignments import drawn
from learning.modules.content import questions_written_in
from learning.modules.models import Module
from learning.modules.questions.kinds import Question
from learning.modules.questions.serial import digest, to_json
from learning.practice.models import PracticeCard

LONGEST_NAME = PracticeCard._meta.get_field("question").max_length or 0


@dataclass(frozen=True)
class Practised:
    """A question with the standards it teaches: its own where the bank files it under one, else those of its module."""

    question: Question
    standard_ids: tuple[int, ...]

    @property
    def digest(self) -> str:
        return digest(to_json(self.question))

    @property
    def words(self) -> int:
        """How much there is to read."""
        return sum(len(text.split()) for text in _texts(to_json(self.question)))


def name_in(module_id: int, question_id: str) -> str:
    """The name of a question that is written into a module."""
    return f"{module_id}:{question_id}"


def id_of(name: str) -> str:
    """The question's id within its quiz: answers are written with it."""
    return name.partition(":")[2] or name


def names_of(module: Module) -> list[str]:
    """The questions of the published version that can be marked at once; none where it is not published."""
    return list(_written_in(module))


def questions_of(cards: Iterable[PracticeCard]) -> dict[int, Practised]:
    """Card id → its question; a card whose question is gone is absent. Modules and their revisions are read once each."""
    cards = list(cards)
    modules = Module.objects.filter(pk__in={card.module_id for card in cards}).select_related("live_revision")
    written: dict[str, Question] = {}
    taught: dict[int, tuple[int, ...]] = {}
    for module in modules.defer("lessons", "quiz"):
        written |= _written_in(module)
        taught[module.pk] = tuple(sorted(module.live_revision.content["standards"])) if module.live_revision else ()
    others = drawn.named(card.question for card in cards if card.question not in written)
    found = {}
    for card in cards:
        other = others.get(card.question)
        if card.question in written:
            found[card.pk] = Practised(written[card.question], taught[card.module_id])
        elif other is not None and other.question.kind != "free":
            own = (other.standard_id,) if other.standard_id else taught.get(card.module_id, ())
            found[card.pk] = Practised(other.question, own)
    return found


def _written_in(module: Module) -> dict[str, Question]:
    if not module.live or module.live_revision is None:
        return {}
    questions = questions_written_in(module.live_revision)
    named = {name_in(module.pk, question.id): question for question in questions if question.kind != "free"}
    return {name: question for name, question in named.items() if len(name) <= LONGEST_NAME}


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            # Ids and the kind are nobody's reading; explanation and feedback come after the answer.
            skipped = {"id", "kind", "explanation", "feedback", "picture", "guidance"}
            return [text for key, part in value.items() if key not in skipped for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
    return []
