"""Making scorecards: a draft is edited, a published version never."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Unpack

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cms.models.guideline import GuidelineModule
from coaching.quality.causes.outline import CauseInput, OutlineError
from coaching.quality.causes.services import copy_causes, replace_causes
from coaching.quality.models import Answer, Criterion, Scorecard, ScorecardVersion, Section
from coaching.quality.queries.guide import parts_of
from coaching.quality.queries.problems import MOST_ANSWERS, version_problems
from coaching.quality.release.rules import RELEASE_SETTINGS, ReleaseRules
from coaching.quality.services.errors import NotPublishable, QualityError
from people.audit import record
from people.models import Person

COPIED = (
    "key",
    "label",
    "question",
    "help",
    "order",
    "weight",
    "allow_na",
    "criticality",
    "fail_below",
    "require_comment_below",
    "standard_id",
    "guideline_id",
    "paragraph",
    "is_bonus",
    "asked_if",
    "asked_at_least",
    "asked_at_most",
    "require_root_cause",
)


@dataclass(frozen=True, kw_only=True)
class SectionInput:
    title: str
    order: int
    section_id: int | None = None
    remove: bool = False
    weight: int | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerInput:
    value: float
    label: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class CriterionInput:
    """A criterion as it shall be. An empty key: that of an existing criterion stays, a new one's is made from the label."""

    label: str
    question: str
    answers: Sequence[AnswerInput]
    key: str = ""
    help: str = ""
    order: int = 0
    weight: int = 10
    allow_na: bool = False
    criticality: str = Criterion.Criticality.NONE
    fail_below: float = 0.5
    require_comment_below: float | None = None
    standard_id: int | None = None
    guideline_id: int | None = None
    paragraph: str = ""
    is_bonus: bool = False
    asked_if: str = ""
    asked_at_least: float = 0.0
    asked_at_most: float = 1.0
    require_root_cause: bool = False
    causes: Sequence[CauseInput] = ()


def _locked_draft(version: ScorecardVersion) -> ScorecardVersion:
    version = ScorecardVersion.objects.select_for_update(of=("self",)).select_related("scorecard").get(pk=version.pk)
    if not version.is_draft:
        raise QualityError(_("A published scorecard cannot be changed. Make a new version."))
    return version


@transaction.atomic
def create_scorecard(*, actor: Person | None, name: str, key: str = "", channel: str = "", now: datetime) -> Scorecard:
    """A new scorecard with an empty draft. Raises QualityError where the key is taken or the name is empty."""
    name = name.strip()
    key = key or slugify(name)[:60]
    if not key:
        raise QualityError(_("Give the scorecard a name."))
    if Scorecard.objects.filter(key=key).exists():
        raise QualityError(_("There is already a scorecard with the key %(key)s. Choose another name.") % {"key": key})
    scorecard = Scorecard.objects.create(key=key, name=name, channel=channel)
    ScorecardVersion.objects.create(scorecard=scorecard, number=1, created_at=now)
    record(actor=actor, verb="scorecard.create", target=scorecard, after={"key": key}, now=now)
    return scorecard


@transaction.atomic
def new_version(*, actor: Person | None, scorecard: Scorecard, now: datetime) -> ScorecardVersion:
    """A draft that begins as a copy of the newest version. Raises QualityError where a draft is open already."""
    scorecard = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if scorecard.versions.filter(state=ScorecardVersion.State.DRAFT).exists():
        raise QualityError(_("There is already a draft of this scorecard. Finish or archive it first."))
    source = scorecard.versions.order_by("-number").first()
    number = (scorecard.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = ScorecardVersion(scorecard=scorecard, number=number, created_at=now)
    if source is not None:
        for name in ("auto_fail", "cap", "keep_section_weight", "acknowledgement", "dispute_days", *RELEASE_SETTINGS):
            setattr(draft, name, getattr(source, name))
    draft.save()
    if source is not None:
        for section in source.sections.prefetch_related("criteria__answers", "criteria__causes"):
            copy = Section.objects.create(version=draft, title=section.title, order=section.order, weight=section.weight)
            for criterion in section.criteria.all():
                twin = Criterion.objects.create(section=copy, **{name: getattr(criterion, name) for name in COPIED})
                Answer.objects.bulk_create(
                    Answer(criterion=twin, value=a.value, label=a.label, anchor=a.anchor) for a in criterion.answers.all()
                )
                copy_causes(criterion, twin)
    record(actor=actor, verb="scorecard.new_version", target=draft, after={"number": number}, now=now)
    return draft


@transaction.atomic
def save_version(
    *,
    actor: Person | None,
    version: ScorecardVersion,
    sections: Sequence[SectionInput],
    auto_fail: str = ScorecardVersion.AutoFail.CAP,
    cap: int = 50,
    keep_section_weight: bool = False,
    acknowledgement: str = ScorecardVersion.Acknowledgement.DISPUTE,
    dispute_days: int = 14,
    now: datetime,
    **release: Unpack[ReleaseRules],
) -> ScorecardVersion:
    """Settings and sections of a draft. Removing a section removes its criteria. Raises QualityError otherwise.

    `release` holds what is said of approving, holding and acknowledging; what is not named there stays as it is.
    """
    version = _locked_draft(version)
    version.auto_fail, version.cap, version.keep_section_weight = auto_fail, cap, keep_section_weight
    version.acknowledgement, version.dispute_days = acknowledgement, dispute_days
    for name, value in release.items():
        setattr(version, name, value)
    version.save()
    for wish in sections:
        if wish.section_id is None:
            if not wish.remove and wish.title.strip():
                Section.objects.create(version=version, title=wish.title.strip(), order=wish.order, weight=wish.weight)
            continue
        of_version = Section.objects.filter(version=version, pk=wish.section_id)
        if wish.remove:
            of_version.delete()
        else:
            of_version.update(title=wish.title.strip(), order=wish.order, weight=wish.weight)
    after = {"auto_fail": auto_fail, "cap": cap, "acknowledgement": acknowledgement, "sections": version.sections.count()}
    after |= {"approval": version.approval, "hold": version.hold}
    record(actor=actor, verb="scorecard.save", target=version, after=after, now=now)
    return version


@transaction.atomic
def save_criterion(
    *, actor: Person | None, section: Section, wish: CriterionInput, criterion: Criterion | None = None, now: datetime
) -> Criterion:
    """Add a criterion to a section of a draft, or change one. Its answers and root causes are replaced by those given.

    The key is what results of all versions are put together by. Left empty, a criterion keeps its own; one made from a label is never
    that of another question in an earlier version. Where it changes, what is asked depending on it goes along. Raises QualityError for a published version, a key used twice,
    two answers worth the same, more than eleven, a condition on itself or on what is not there, a part of the guide that its
    standard does not stand in, or root causes that make no tree.
    """
    version = _locked_draft(section.version)
    if criterion is not None and criterion.section.version_id != version.pk:
        raise QualityError(_("This criterion belongs to another version."))
    # As stored: a form may have put the new key into what it was given.
    stored = Criterion.objects.filter(pk=criterion.pk).values_list("key", flat=True).first() if criterion is not None else None
    key = wish.key or stored or _new_key(version, wish.label)
    values = [a.value for a in wish.answers]
    if not key:
        raise QualityError(_("Give the criterion a short label."))
    same_key = Criterion.objects.filter(section__version=version, key=key)
    if criterion is not None:
        same_key = same_key.exclude(pk=criterion.pk)
    if same_key.exists():
        raise QualityError(_("The key %(key)s is already used in this scorecard.") % {"key": key})
    if len(set(values)) != len(values):
        raise QualityError(_("Two answers are worth the same. Give each its own worth."))
    if len(values) > MOST_ANSWERS:
        raise QualityError(_("A criterion has eleven answers at most."))
    _check_condition(version, key, wish)
    _check_guideline(wish)
    if stored and stored != key:
        Criterion.objects.filter(section__version=version, asked_if=stored).update(asked_if=key)
    criterion = criterion or Criterion()
    criterion.section, criterion.key = section, key
    for name in COPIED:
        if name != "key":
            setattr(criterion, name, getattr(wish, name))
    criterion.save()
    criterion.answers.all().delete()
    Answer.objects.bulk_create(
        Answer(criterion=criterion, value=a.value, label=a.label.strip(), anchor=a.anchor.strip()) for a in wish.answers
    )
    try:
        replace_causes(criterion, wish.causes)
    except OutlineError as error:
        raise QualityError(str(error)) from error
    after = {"key": key, "weight": wish.weight, "criticality": str(wish.criticality), "answers": values}
    record(actor=actor, verb="criterion.save", target=criterion, after=after, now=now)
    return criterion


def _new_key(version: ScorecardVersion, label: str) -> str:
    """A key from the label that no earlier version of this scorecard has; empty for a label without words.

    Who means the question of an earlier version gives its key.
    """
    earlier = Criterion.objects.filter(section__version__scorecard=version.scorecard).exclude(section__version=version)
    taken = set(earlier.order_by().values_list("key", flat=True).distinct())
    plain = slugify(label)[:60]
    return next(key for n in count(1) if (key := plain if n == 1 else f"{plain[:56]}-{n}") not in taken)


def _check_condition(version: ScorecardVersion, key: str, wish: CriterionInput) -> None:
    if not wish.asked_if:
        return
    if wish.asked_if == key:
        raise QualityError(_("A criterion cannot be asked depending on itself."))
    if not Criterion.objects.filter(section__version=version, key=wish.asked_if).exists():
        raise QualityError(_("There is no criterion %(key)s in this scorecard to depend on.") % {"key": wish.asked_if})
    if not 0 <= wish.asked_at_least <= wish.asked_at_most <= 1:
        raise QualityError(_("The answer it depends on is worth from 0 to 1, the lower worth first."))


def _check_guideline(wish: CriterionInput) -> None:
    if wish.guideline_id is None:
        return
    module = GuidelineModule.objects.filter(pk=wish.guideline_id).first()
    if module is None or (wish.paragraph and wish.paragraph not in {part.block for part in parts_of(module)}):
        raise QualityError(_("That part of the guide is no longer there. Choose another one."))
    if wish.standard_id not in module.standard_ids():
        raise QualityError(
            _("The standard does not stand in “%(title)s”. Choose a part of its own module.") % {"title": module.title}
        )


@transaction.atomic
def remove_criterion(*, actor: Person | None, criterion: Criterion, now: datetime) -> None:
    """Take a criterion out of a draft; what was asked depending on it keeps the draft from being published until it is changed.

    Raises QualityError for a published version.
    """
    _locked_draft(criterion.section.version)
    record(actor=actor, verb="criterion.remove", target=criterion, before={"key": criterion.key}, now=now)
    criterion.delete()


@transaction.atomic
def publish_version(*, actor: Person | None, version: ScorecardVersion, now: datetime) -> ScorecardVersion:
    """Make a draft the version that new reviews use; the one before is archived.

    Reviews begun with the old version keep it. Raises NotPublishable with everything that is missing.
    """
    version = _locked_draft(version)
    problems = version_problems(version)
    if problems:
        raise NotPublishable(problems)
    earlier = ScorecardVersion.objects.filter(scorecard=version.scorecard, state=ScorecardVersion.State.PUBLISHED)
    earlier.update(state=ScorecardVersion.State.ARCHIVED)
    version.state, version.published_at = ScorecardVersion.State.PUBLISHED, now
    version.save(update_fields=["state", "published_at"])
    record(
        actor=actor,
        verb="scorecard.publish",
        target=version,
        before={"state": "draft"},
        after={"state": "published", "number": version.number},
        now=now,
    )
    return version


@transaction.atomic
def archive_version(*, actor: Person | None, version: ScorecardVersion, now: datetime) -> ScorecardVersion:
    """Put a version away; new reviews no longer use it, reviews made with it stay. Archiving twice changes nothing."""
    version = ScorecardVersion.objects.select_for_update(of=("self",)).select_related("scorecard").get(pk=version.pk)
    if version.state == ScorecardVersion.State.ARCHIVED:
        return version
    before = version.state
    version.state = ScorecardVersion.State.ARCHIVED
    version.save(update_fields=["state"])
    record(
        actor=actor, verb="scorecard.archive", target=version, before={"state": before}, after={"state": version.state}, now=now
    )
    return version
