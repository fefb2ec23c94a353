"""Two versions of a scorecard side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext_lazy as _

from coaching.quality.causes.outline import write_outline
from coaching.quality.models import Criterion, ScorecardVersion, Section
from coaching.quality.queries.conditions import condition_words
from coaching.quality.queries.guide import guide_part
from coaching.quality.release.rules import RELEASE_SETTINGS

# What is compared of a criterion, with its name; answers are compared apart.
COMPARED = {
    "label": _("short label"),
    "question": _("question"),
    "help": _("help for the reviewer"),
    "weight": _("weight"),
    "allow_na": _("may not apply"),
    "criticality": _("criticality"),
    "fail_below": _("failed below"),
    "require_comment_below": _("comment below"),
    "standard": _("standard"),
    "is_bonus": _("bonus"),
    "require_root_cause": _("root cause needed where failed"),
}
RULES = ("auto_fail", "cap", "keep_section_weight", "acknowledgement", "dispute_days", *RELEASE_SETTINGS)


@dataclass(frozen=True)
class Change:
    """One thing that differs; empty where it is not there on that side."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class CriterionChange:
    """A criterion of either version: `kind` is added, removed, changed or same."""

    kind: str
    key: str
    label: str
    changes: list[Change]


@dataclass(frozen=True)
class Comparison:
    rules: list[Change]
    criteria: list[CriterionChange]  # in the order of the newer version, what is gone after it

    @property
    def differs(self) -> bool:
        return bool(self.rules) or any(criterion.kind != "same" for criterion in self.criteria)


def compare_versions(before: ScorecardVersion, after: ScorecardVersion) -> Comparison:
    """What was added, removed and changed from one version to the other; criteria are the same where their key is."""
    old, new = _criteria(before), _criteria(after)
    sides = (old, new)
    criteria = [
        _changed(old[key], criterion, sides) if key in old else _lone("added", criterion) for key, criterion in new.items()
    ]
    criteria += [_lone("removed", criterion) for key, criterion in old.items() if key not in new]
    return Comparison(_rules(before, after), criteria)


def _criteria(version: ScorecardVersion) -> dict[str, Criterion]:
    found = Criterion.objects.filter(section__version=version).select_related("section", "standard", "guideline")
    found = found.prefetch_related("answers", "causes")
    return {criterion.key: criterion for criterion in found}


def _lone(kind: str, criterion: Criterion) -> CriterionChange:
    return CriterionChange(kind, criterion.key, criterion.label, [])


def _shown(row: Criterion | ScorecardVersion, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "" if value is None else str(value)


def _rules(before: ScorecardVersion, after: ScorecardVersion) -> list[Change]:
    names = {name: str(ScorecardVersion._meta.get_field(name).verbose_name) for name in RULES}  # type: ignore[union-attr]
    found = [Change(label, _shown(before, name), _shown(after, name)) for name, label in names.items()]
    found += _section_weights(before, after)
    return [change for change in found if change.before != change.after]


def _section_weights(before: ScorecardVersion, after: ScorecardVersion) -> list[Change]:
    old, new = _weights(before), _weights(after)
    return [
        Change(str(_("weight of “%(title)s”") % {"title": title}), old.get(title, ""), new.get(title, ""))
        for title in {**new, **old}
    ]


def _weights(version: ScorecardVersion) -> dict[str, str]:
    sections = Section.objects.filter(version=version)
    return {section.title: "" if section.weight is None else str(section.weight) for section in sections}


def _rests_on(criterion: Criterion) -> str:
    part = guide_part(criterion)
    return " · ".join(filter(None, (part.module.title, part.heading))) if part else ""


Sides = tuple[dict[str, Criterion], dict[str, Criterion]]


def _changed(before: Criterion, after: Criterion, sides: Sides) -> CriterionChange:
    changes = [Change(str(label), _shown(before, name), _shown(after, name)) for name, label in COMPARED.items()]
    changes.append(Change(str(_("section")), before.section.title, after.section.title))
    changes.append(Change(str(_("part of the guide")), _rests_on(before), _rests_on(after)))
    conditions = [condition_words(one, side) for one, side in zip((before, after), sides, strict=True)]
    changes.append(Change(str(_("when it is asked")), *conditions))
    outlines = [write_outline((cause.level, cause.label) for cause in one.causes.all()) for one in (before, after)]
    changes.append(Change(str(_("root causes")), *outlines))
    for old, new in zip_longest(before.answers.all(), after.answers.all()):
        texts = [f"{answer.label} ({answer.value:g}): {answer.anchor}" if answer else "" for answer in (old, new)]
        changes.append(Change(str(_("answer")), *texts))
    changes = [change for change in changes if change.before != change.after]
    return CriterionChange("changed" if changes else "same", after.key, after.label, changes)


def has_earlier_results(version: ScorecardVersion, key: str) -> bool:
    """Whether a criterion with this key stands in another version of the scorecard, and so may have results."""
    others = Criterion.objects.filter(section__version__scorecard=version.scorecard_id, key=key)
    return others.exclude(section__version=version).exists()
