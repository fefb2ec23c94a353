"""One import from beginning to end. Safe to kill: each chunk is one transaction, and running it again goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _
from pydantic import ValidationError

from coaching.interactions.importing.problems import ErrorsFile, ImportRefused, Notes, Problem
from coaching.interactions.importing.running import ImportResult
from coaching.interactions.models import Source
from coaching.quality.exchange.importing import documents
from coaching.quality.exchange.importing.disputes import DisputeWriter, ReadyDispute, state_of
from coaching.quality.exchange.importing.documents import Found, records
from coaching.quality.exchange.importing.reviews import Ready, ReviewWriter, Tally, worths_of
from coaching.quality.exchange.importing.scales import read_scale
from coaching.quality.exchange.importing.shapes import ConversationShape, DisputeShape, ReviewShape, problem_of
from coaching.quality.exchange.importing.survey import Survey, look_through
from coaching.quality.exchange.importing.versions import draft_to_continue, store_versions
from coaching.quality.exchange.models import System
from foundation.writers import Pace
from people.audit import record
from people.models import Person

CHUNK = 500
Progress = Callable[[int, int], None]
Row = TypeVar("Row", Ready, ReadyDispute)


@dataclass
class ReviewImportResult(ImportResult):
    """`read` counts reviews and disputes. `mean` is that of the file's own scores, as the other system showed it; `scored` its n."""

    reviews: int = 0
    disputes: int = 0
    versions: int = 0
    mean: float | None = None
    scored: int = 0


def import_reviews(
    *,
    actor: Person | None,
    path: Path,
    system: System = System.ZENDESK_QA,
    source: str = "",
    scale: str = "",
    drafts: bool = False,
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> ReviewImportResult:
    """Bring in the reviews, disputes and scorecards of an export. Importing twice changes nothing.

    `source` names the system whose conversations were reviewed (by default the one the file names), `scale` how ratings are meant
    where the file does not tell, `drafts` asks for a draft of each scorecard to go on with. Raises ImportRefused where nothing can
    be read; rows that cannot be used are counted and listed in `errors_path`. A dry run writes nothing.
    """
    notes = Notes()
    survey = look_through(path, read_scale(scale), notes)
    sources = {kind: _source(kind, source, dry_run) for kind in survey.systems}
    result = ReviewImportResult(source=str(system.value))
    total = survey.reviews + survey.disputes
    if not dry_run:
        result.versions = sum(store_versions(actor=actor, card=card, now=now) for card in survey.cards.values())
    else:
        result.versions = sum(not version.pk for card in survey.cards.values() for version in card.versions)
    writer = ReviewWriter(actor, system, survey, sources, notes, now, dry_run)
    later = DisputeWriter(actor, system, survey, writer.foretold, notes, now, dry_run)
    with ErrorsFile(errors_path) as errors:
        errors.write(survey.problems)
        result.read += len(survey.problems)
        result.rejected += len(survey.problems)
        run = _Run(result, errors, progress, total, chunk)
        run.through(_reviews(path, survey), writer.write, lambda each: each.shape.id)
        result.reviews = run.done
        run.through(_disputes(path), later.write, lambda each: each.shape.disputeId)
        result.disputes = run.done - result.reviews
        result.samples = errors.samples
    if drafts and not dry_run:
        made = sum(draft_to_continue(actor=actor, card=card, now=now) for card in survey.cards.values())
        if made:
            notes.add(_("Drafts of scorecards made, to be read over and published."), made)
    result.scored, result.mean = writer.scored, writer.total / writer.scored if writer.scored else None
    result.notes, result.warnings = notes.lines(), notes.total()
    if not dry_run:
        record(actor=actor, verb="import.reviews", after=result.summary() | {"versions": result.versions}, now=now)
    return result


def _source(kind: str, wish: str, dry_run: bool) -> Source | None:
    """The system whose conversations were reviewed: the one named, else the only one here of that kind, else a new one."""
    if wish:
        found = Source.objects.filter(key=wish).first()
        if found is None:
            raise ImportRefused(_("There is no source “%(key)s” here. Import its cases first, or name another.") % {"key": wish})
        return found
    name = kind.lower().replace("_", "").replace(" ", "").replace("-", "")
    known = Source.System(name) if name in set(Source.System.values) else Source.System.GENERIC
    if known != Source.System.GENERIC:
        here = list(Source.objects.filter(system=known)[:2])
        if len(here) > 1:
            raise ImportRefused(
                _("There are several sources of the kind %(kind)s here. Say whose conversations were reviewed: --source KEY.")
                % {"kind": known.label}
            )
        if here:
            return here[0]
        key, title = str(known.value), str(known.label)
    else:
        key, title = System.ZENDESK_QA.value, System.ZENDESK_QA.label
    if dry_run:
        return Source.objects.filter(key=key).first()
    return Source.objects.get_or_create(key=key, defaults={"name": title, "system": known})[0]


class _Run:
    """Gathers rows into chunks, each id once, and counts what became of them."""

    def __init__(self, result: ImportResult, errors: ErrorsFile, progress: Progress | None, total: int, chunk: int) -> None:
        self.result, self.errors, self.progress, self.total = result, errors, progress, total
        self.pace = Pace(chunk)
        self.done = 0

    def through(self, rows: Iterable[Row | Problem], write: Callable[[list[Row]], Tally], id_of: Callable[[Row], str]) -> None:
        waiting: dict[str, Row] = {}
        for row in rows:
            self.result.read += 1
            self.done += 1
            if isinstance(row, Problem):
                self.result.rejected += 1
                self.errors.write([row])
                continue
            # The same id again (pages overlap): what came before is stored first, so the later one is compared with it.
            if id_of(row) in waiting or len(waiting) >= self.pace.size:
                self._flush(waiting, write)
            waiting[id_of(row)] = row
        self._flush(waiting, write)

    def _flush(self, waiting: dict[str, Row], write: Callable[[list[Row]], Tally]) -> None:
        if not waiting:
            return
        with self.pace.step() as step:
            tally = write(list(waiting.values()))
            step.pieces = len(waiting)
        waiting.clear()
        self.result.created += tally.created
        self.result.updated += tally.updated
        self.result.unchanged += tally.unchanged
        self.result.rejected += len(tally.problems)
        self.errors.write(tally.problems)
        if self.progress is not None:
            self.progress(self.done, self.total)


# --- Rows that make sense in themselves -----------------------------------------------------------


def _reviews(path: Path, survey: Survey) -> Iterator[Ready | Problem]:
    for found in records(path):
        if isinstance(found, Problem) or found.kind != documents.CONVERSATION:
            continue
        try:
            conversation = ConversationShape.model_validate(found.data)
        except ValidationError as error:
            problem = problem_of(found, error)
            yield from [problem] * len(found.data["reviews"])
            continue
        for number, data in enumerate(found.data["reviews"]):
            yield _ready(found, conversation, f"reviews.{number}", data, survey)


def _ready(found: Found, conversation: ConversationShape, place: str, data: object, survey: Survey) -> Ready | Problem:
    try:
        shape = ReviewShape.model_validate(data)
    except ValidationError as error:
        return problem_of(found, error, place)
    if shape.at is None:
        reason, remedy = _("It is not told when the review was made."), _("Export it again, unchanged, from the API.")
        return Problem(found.line, found.field(f"{place}.createdISO"), "", reason, remedy)
    try:
        worths = worths_of(shape, survey)
    except ValueError as error:
        reason, remedy = _("A rating lies outside its scale."), _("Say how ratings are meant: percent, or a scale such as 1-5.")
        return Problem(found.line, found.field(f"{place}.ratings"), str(error), reason, remedy)
    version = survey.card_of(shape).version_of(shape, worths)
    if version is None:
        reason, remedy = _("It has more different ratings than a scale has."), _("Say how ratings are meant: percent, or 1-5.")
        return Problem(found.line, found.field(f"{place}.ratings"), shape.id, reason, remedy)
    return Ready(found, place, conversation, shape, version, worths, version.score(worths), shape.digest(conversation.externalId))


def _disputes(path: Path) -> Iterator[ReadyDispute | Problem]:
    for found in records(path):
        if isinstance(found, Problem) or found.kind != documents.DISPUTE:
            continue
        try:
            shape = DisputeShape.model_validate(found.data)
        except ValidationError as error:
            yield problem_of(found, error)
            continue
        state = state_of(shape.status)
        if state is None:
            reason, remedy = (
                _("This status is not known."),
                _("Tell us of it: open, accepted, partially accepted and rejected are known."),
            )
            yield Problem(found.line, found.field("status"), shape.status, reason, remedy)
            continue
        yield ReadyDispute(found, shape, state)
