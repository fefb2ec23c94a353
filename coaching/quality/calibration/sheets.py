"""What is filled in blind: the conversation without the rep's name, and the scorecard with one's own answers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction, Message
from coaching.interactions.redaction import mask_personal_data
from coaching.quality.calibration.masking import mask
from coaching.quality.models import Answer, BlindRating, BlindScoring, Criterion, ScorecardVersion
from coaching.quality.queries.card import SectionRows, Segment, Turn
from coaching.quality.queries.card import _item as item_of
from coaching.quality.queries.conditions import condition_words
from coaching.quality.queries.problems import Problem
from coaching.quality.scoring import Line, Score, score


@dataclass
class SheetRow:
    """One criterion with one person's answer, under the names that the reviewer's own sheet uses."""

    number: int
    criterion: Criterion
    answers: list[Answer]
    rating: Any  # a BlindRating, or a Rating of a review
    line: Line
    quotes: tuple[()] = ()
    condition: str = ""  # when it is asked, in words; empty where always

    @property
    def is_asked(self) -> bool:
        return self.line.asked

    @property
    def comment(self) -> str:
        return str(self.rating.comment) if self.rating else ""

    @property
    def answer(self) -> Answer | None:
        return self.rating.answer if self.rating else None

    @property
    def is_na(self) -> bool:
        return bool(self.rating and self.rating.is_na)

    @property
    def problems(self) -> list[Problem]:
        """An answer is all that is asked for: here nobody has to be convinced yet."""
        if not self.line.asked or (self.rating and self.rating.is_answered):
            return []
        return [Problem(_("“%(label)s” has no answer yet.") % {"label": self.criterion.label}, self.criterion)]


@dataclass
class Sheet:
    """A scorecard as one person has filled it in."""

    sections: list[SectionRows]
    rows: list[SheetRow]
    score: Score

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def values(self) -> dict[str, float]:
        """The worth of each answer by the criterion's key; what does not apply is absent."""
        return {row.criterion.key: row.line.value for row in self.rows if row.line.value is not None}


class Sections(NamedTuple):
    """A version's criteria in order, with their sections and answers; taken apart once for all the sheets of a page."""

    ordered: list[tuple[Any, Criterion]]
    answers_of: dict[int, list[Answer]]  # by criterion
    conditions: dict[int, str]  # by criterion
    answers: dict[int, Answer]


def load_sections(version: ScorecardVersion) -> Sections:
    """The version's sections with criteria, answers and standards. Four reads."""
    criteria = Criterion.objects.select_related("standard").prefetch_related("answers")
    sections = version.sections.prefetch_related(Prefetch("criteria", queryset=criteria))
    ordered = [(section, criterion) for section in sections for criterion in section.criteria.all()]
    answers_of = {criterion.pk: list(criterion.answers.all()) for _section, criterion in ordered}
    by_key = {criterion.key: criterion for _section, criterion in ordered}
    conditions = {criterion.pk: condition_words(criterion, by_key) for _section, criterion in ordered}
    return Sections(ordered, answers_of, conditions, {answer.pk: answer for found in answers_of.values() for answer in found})


def make_sheet(version: ScorecardVersion, sections: Sections, ratings: Mapping[int, Any]) -> Sheet:
    """The sheet of these ratings, by criterion. Reads nothing."""
    ordered, answers = sections.ordered, sections.answers
    for rating in ratings.values():
        if rating.answer_id is not None:
            rating.answer = answers[rating.answer_id]
    result = score(
        [item_of(section, criterion, ratings.get(criterion.pk)) for section, criterion in ordered],
        auto_fail=version.auto_fail,
        cap=version.cap,
        keep_section_weight=version.keep_section_weight,
        section_weights={str(section.pk): section.weight for section, _criterion in ordered if section.weight is not None},
    )
    parts = {section.pk: SectionRows(section, []) for section, _criterion in ordered}
    rows = []
    for number, ((section, criterion), line) in enumerate(zip(ordered, result.lines, strict=True), 1):
        of_criterion = sections.answers_of[criterion.pk]
        condition = sections.conditions[criterion.pk]
        row = SheetRow(number, criterion, of_criterion, ratings.get(criterion.pk), line, condition=condition)
        rows.append(row)
        parts[section.pk].rows.append(row)  # type: ignore[arg-type]
    return Sheet(list(parts.values()), rows, result)


def sheet_of(scoring: BlindScoring) -> Sheet:
    """One blind scoring with its scorecard."""
    version = scoring.scorecard_version
    ratings = {rating.criterion_id: rating for rating in BlindRating.objects.filter(scoring=scoring)}
    return make_sheet(version, load_sections(version), ratings)


def rep() -> str:
    return _("The rep")


def names_of(interaction: Interaction) -> list[str]:
    """Everything by which whoever handled this conversation is named."""
    handler = interaction.handler
    if handler is None:
        return []
    names = [handler.name, handler.email]
    if handler.person:
        names += [handler.person.display_name, handler.person.email]
    return sorted({name for name in names if name})


def blind_subject(interaction: Interaction) -> str:
    return mask(interaction.subject, names_of(interaction), rep()) or _("Conversation without a subject")


def blind_conversation(interaction: Interaction) -> list[Turn]:
    """The turns in order without names of colleagues: whose conversation it is reads "The rep", others "A colleague"."""
    names = names_of(interaction)
    own = {name.casefold() for name in names}
    owner = interaction.handler.person_id if interaction.handler else None
    turns = []
    for message in Message.objects.filter(interaction=interaction).select_related("author"):
        by_agent = message.author_kind == Message.AuthorKind.AGENT
        is_rep = by_agent and (
            message.author_id == interaction.handler_id
            or (message.author is not None and owner is not None and message.author.person_id == owner)
            or message.author_name.casefold() in own
        )
        if is_rep:
            name = rep()
        elif by_agent:
            name = _("A colleague")
        else:
            name = mask(message.author_name, names, rep()) or message.get_author_kind_display()
        turns.append(
            Turn(
                message=message,
                segments=[Segment(mask(mask_personal_data(message.body), names, rep()))],
                rows=[],
                is_reviewee=is_rep,
                name=name,
            )
        )
    return turns
