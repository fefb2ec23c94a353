"""Reads of packages: for the editors' list, for the player, and "why is this not complete?" in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.templatetags.ui import duration
from learning.assignments.models import PACKAGE_STEP, Attempt
from learning.assignments.queries import register_explainer
from learning.modules.content import from_revision
from learning.modules.models import Module
from learning.modules.package_rules import register_package_rule
from learning.packages.access import packages_visible_to
from learning.packages.manifest import Item
from learning.packages.models import Package, PartState
from people.models import Person

MOST_NAMED = 6  # parts named in one line
_NO_RESULT_YET = gettext_lazy(
    "Opened on %(day)s; it has reported no result yet. An exercise reports when everything is answered and its last button is pressed, "
    "for example “Check”, “Submit” or “Finish”."
)


def package_list(person: Person, *, search: str = "") -> QuerySet[Package]:
    """The packages, the newest first; `search` in title and file name."""
    packages = packages_visible_to(person).select_related("uploaded_by")
    for word in search.split()[:8]:
        packages = packages.filter(title__icontains=word) | packages.filter(file_name__icontains=word)
    return packages


def modules_of(package: Package) -> QuerySet[Module]:
    """The modules whose page, as it is published or was first drafted, has this package."""
    return Module.objects.filter(package_digest=package.sha256).order_by("title", "pk").defer("lessons", "quiz")


def modules_to_choose() -> QuerySet[Module]:
    """Every module into which a package can be put."""
    return Module.objects.order_by("title", "pk").defer("lessons", "quiz")


def package_of(attempt: Attempt) -> Package | None:
    """The package that the revision of this attempt froze; None where it has none, or none that is known here."""
    digest = from_revision(attempt.revision).package_digest
    return Package.objects.filter(sha256=digest).first() if digest else None


def states_of(attempt: Attempt) -> dict[int, PartState]:
    """Where the learner stands in each part that was ever opened, by its number."""
    return {state.part: state for state in PartState.objects.filter(attempt=attempt)}


def parts_to_do(package: Package, states: Sequence[PartState]) -> list[Item]:
    """The parts that report and are not done yet."""
    done = {state.part for state in states if state.is_done}
    return [part for number, part in enumerate(package.parts) if part.is_sco and number not in done]


def parts_unseen(package: Package, states: Sequence[PartState]) -> list[Item]:
    """The parts that were never opened."""
    opened = {state.part for state in states if state.opened_at is not None}
    return [part for number, part in enumerate(package.parts) if number not in opened]


def completion_rule(package: Package) -> list[str]:
    """When this package is complete and what its scores mean, in sentences: for who keeps it and who learns it."""
    reporting = [part for part in package.parts if part.is_sco]
    if not reporting:
        return [
            _(
                "It reports nothing. It is complete when every part was opened and the learner says that they have gone through it."
            )
        ]
    if package.kind == Package.Kind.H5P:
        return [
            _(
                "It is complete when the exercise as a whole reports that it is finished and not failed; its parts are not counted."
            ),
            _("Its scores are computed in the browser, so no certificate rests on them."),
        ]
    if len(package.parts) == 1:
        return [_("It is complete when it reports “passed”, or “finished” and not “failed”."), *_marks(reporting)]
    said = [
        _(
            "It is complete when each of its %(n)d parts that report is done, in any order: “passed”, or “finished” and not “failed”."
        )
        % {"n": len(reporting)}
    ]
    if len(reporting) < len(package.parts):
        said.append(_("Parts that are only shown do not count."))
    said.append(_("Each part keeps its own score; the package has none of its own, and no average is made."))
    return said + _marks(reporting)


def _marks(parts: Sequence[Item]) -> list[str]:
    """A mark in the manifest decides, whatever the package says of itself."""
    if not any(part.mastery_score is not None or part.passing_scaled is not None for part in parts):
        return []
    return [_("Where a part names a mark, its score is held against that mark, whatever else the part says.")]


@dataclass(frozen=True)
class Row:
    """A line of the panel: a part, whether it is done, and what is known of it, sentence by sentence."""

    part: Item
    state: PartState | None
    done: bool
    facts: tuple[str, ...]

    @property
    def opened(self) -> bool:
        return self.state is not None and self.state.opened_at is not None


@dataclass(frozen=True)
class Panel:
    """ "Why is this not complete?" of a package, for the learner and who leads them."""

    rows: tuple[Row, ...]
    reports: bool
    seconds: int

    @property
    def done(self) -> bool:
        return all(row.done for row in self.rows if row.part.is_sco or not self.reports)

    @property
    def begun(self) -> bool:
        return any(row.opened for row in self.rows)

    @property
    def unseen(self) -> bool:
        return any(not row.opened for row in self.rows)


def panel_of(package: Package, attempt: Attempt | None) -> Panel:
    """Every part with what it reported. One query."""
    states = states_of(attempt) if attempt is not None else {}
    rows = []
    for number, part in enumerate(package.parts):
        state = states.get(number)
        done = state is not None and (state.is_done if part.is_sco else state.opened_at is not None)
        rows.append(Row(part, state, done, part_facts(part, state, package.kind)))
    return Panel(tuple(rows), package.reports, sum(state.seconds for state in states.values()))


def part_facts(part: Item, state: PartState | None, kind: str) -> tuple[str, ...]:
    """What is known of one part, in plain words: status, score against the mark, time, last contact."""
    if state is None or state.opened_at is None:
        return (_("Not opened yet."),)
    if not part.is_sco:
        return (_("Opened on %(day)s. It reports nothing by itself.") % {"day": _moment(state.opened_at)},)
    exercise = kind == Package.Kind.H5P
    if state.last_contact_at is None and exercise:
        return (_NO_RESULT_YET % {"day": _moment(state.opened_at)},)
    if state.last_contact_at is None:
        return (
            _(
                "Opened on %(day)s, but it has reported nothing so far. If it stays so, tell an editor: the package may not report at all."
            )
            % {"day": _moment(state.opened_at)},
        )
    facts = [_status(state, exercise)]
    score = _score(part, state)
    if score:
        facts.append(score)
    facts.append(_("Time it reported: %(time)s.") % {"time": duration(state.seconds)})
    facts.append(_("Last contact: %(day)s.") % {"day": _moment(state.last_contact_at)})
    return tuple(facts)


def _status(state: PartState, exercise: bool) -> str:
    if state.success == PartState.Success.PASSED:
        return _("It reported: passed.")
    if state.success == PartState.Success.FAILED and exercise:
        return _("It reported: not passed. Open it again and answer anew.")
    if state.success == PartState.Success.FAILED:
        return _("It reported: not passed. Open it again and repeat its test.")
    if state.completion == PartState.Completion.COMPLETED:
        return _("It reported: finished.")
    if state.completion == PartState.Completion.INCOMPLETE and exercise:
        return _("It reported: begun, not finished. Answer what is left, then press its last button.")
    if state.completion == PartState.Completion.INCOMPLETE:
        return _("It reported: begun, not finished. Go on to its last page.")
    return _("It reported no status yet.")


def _score(part: Item, state: PartState) -> str:
    """The score beside what is asked for, in the package's own scale."""
    mark, score = part.mastery_score, state.score_raw
    if mark is None and part.passing_scaled is not None and state.score_scaled is not None:
        mark, score = part.passing_scaled * 100, state.score_scaled * 100
    if score is None and state.score_scaled is not None:
        score = state.score_scaled * 100
    if score is None:
        return _("It has reported no score; %(mark)s is needed.") % {"mark": _figure(mark)} if mark is not None else ""
    if mark is not None:
        return _("Score %(score)s, needed %(mark)s.") % {"score": _figure(score), "mark": _figure(mark)}
    if state.score_max is not None and state.score_raw is not None:
        return _("Score %(score)s of %(most)s.") % {"score": _figure(score), "most": _figure(state.score_max)}
    return _("Score %(score)s.") % {"score": _figure(score)}


def _figure(value: float) -> str:
    return number_format(round(value, 1) if value % 1 else int(value))


def _moment(at: object) -> str:
    return format_date(timezone.localtime(at), "j F Y, H:i")  # type: ignore[arg-type]


def explain_package(attempt: Attempt) -> tuple[str, ...]:
    """The facts beside the criterion "package" on the page of an assignment; parts that are done are left out."""
    package = package_of(attempt)
    if package is None:
        return (_("The package is not here any more. Tell an editor."),)
    panel = panel_of(package, attempt)
    waiting = [row for row in panel.rows if not row.done and (row.part.is_sco or not panel.reports)]
    if not panel.reports and not waiting:
        return (_("Everything was opened. Say on its page that you have gone through it."),)
    if len(panel.rows) == 1:
        lines = [" ".join(row.facts) for row in waiting]
    else:
        begun = [row for row in waiting if row.opened]
        lines = [f"{row.part.title}: {' '.join(row.facts)}" for row in begun[:MOST_NAMED]]
        unseen = [row.part.title for row in waiting if not row.opened]
        if unseen:
            lines.append(_not_opened(unseen))
        if len(begun) > MOST_NAMED:
            lines.append(_("And %(n)d parts more that were begun.") % {"n": len(begun) - MOST_NAMED})
    if any(row.state is not None and row.state.has_reported for row in waiting):
        lines.append(_("That is what the package says of itself."))
    return tuple(lines)


def _not_opened(titles: Sequence[str]) -> str:
    named = ", ".join(titles[:MOST_NAMED])
    more = len(titles) - MOST_NAMED
    if more > 0:
        return _("Not opened yet: %(parts)s and %(n)d more.") % {"parts": named, "n": more}
    return _("Not opened yet: %(parts)s.") % {"parts": named}


def why_uncertified(digest: str) -> str:
    """H5P proves nothing: its scores are computed in the learner's browser, and its results can be written by hand."""
    if not Package.objects.filter(sha256=digest, kind=Package.Kind.H5P).exists():
        return ""
    return _(
        "This module has an H5P exercise, whose scores come from the learner's browser: no certificate may rest on one. Take out the "
        "certificate, or make a module of its own for the exercise and test here with a quiz."
    )


register_explainer(PACKAGE_STEP, explain_package)
register_package_rule(why_uncertified)
