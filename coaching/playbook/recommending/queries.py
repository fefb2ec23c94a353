"""What is recommended to a person: modules that the playbook names for what their own reviews say they miss."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from coaching.playbook.models import Remedy, SuggestionDismissal
from coaching.playbook.queries import published_criteria
from coaching.playbook.recommending.arithmetic import Belief, believe, drawn, value
from coaching.playbook.recommending.evidence import Key, Need, has_reviews, needs_of
from coaching.quality.models import Criterion
from foundation.templatetags.ui import percent
from learning.assignments.suggesting import Evidence, Reason, Suggestion, Suggestions, eligible, register
from learning.modules.effects import MeasuredEffect, measured_effects
from learning.modules.models import Module
from learning.modules.translations import read_translations
from people.models import Person

LEAST_NEED = 0.5  # who is more likely not weak at a criterion needs nothing for it
MOST_SHOWN, MOST_REASONS = 3, 2


@dataclass(frozen=True)
class _Candidate:
    module: Module
    needs: list[tuple[int, Need]]  # with the weight the playbook gives the module for it
    belief: Belief
    effect: MeasuredEffect | None

    def worth(self, person: Person, day: date) -> float:
        effect = drawn(self.belief, person_id=person.pk, module_id=self.module.pk, day=day)
        return value(((weight, need.need) for weight, need in self.needs), effect)


Mapping = dict[Key, dict[int, int]]  # per criterion: the modules for it, with their weights


@register
def recommend(person: Person, now: datetime) -> Suggestions | None:
    """At most three, the same all day; None where there are no reviews to go by or nothing that is for any criterion."""
    today = timezone.localdate(now)
    criteria = list(published_criteria())
    mapping = _mapping(criteria)
    if not mapping or not has_reviews(person, today):
        return None
    needs = [need for need in needs_of(person, mapping.keys(), today) if need.need >= LEAST_NEED]
    aside = list(SuggestionDismissal.objects.filter(person=person, until__gt=today).values_list("module_id", flat=True))
    again = reverse("recommendations_again")
    allowed = eligible(person, {pk for need in needs for pk in mapping[need.key]}, now) if needs else None
    if allowed is not None and allowed.too_many_open:
        return Suggestions(nothing=_("You have five modules or more to do. With fewer, something is recommended here again."))
    hidden = read_translations().same_as(aside)
    candidates = _candidates(needs, mapping, {} if allowed is None else allowed.modules, hidden)
    if not candidates:
        nothing = _(
            "In your reviews of the last three months nothing stands out that a module is left for. Choose what you like."
        )
        return Suggestions(nothing=nothing, hidden=len(aside), show_again_url=again)
    labels = {(criterion.section.version.scorecard.key, criterion.key): criterion.label for criterion in criteria}
    best = sorted(candidates, key=lambda one: (-one.worth(person, today), one.module.pk))[:MOST_SHOWN]
    return Suggestions(found=tuple(_suggestion(one, labels) for one in best), hidden=len(aside), show_again_url=again)


def _mapping(criteria: list[Criterion]) -> Mapping:
    """What each criterion is answered by: modules that teach its standard (weight 1), and its remedy with the weight it has.

    A remedy that is paused assigns nothing, and stays a module for its criterion. A weight of 0 takes the module out.
    """
    taught: dict[int, list[int]] = defaultdict(list)
    teaching = Module.standards.through.objects.filter(standard__in={c.standard_id for c in criteria}, module__live=True)
    for standard_id, module_id in teaching.values_list("standard_id", "module_id"):
        taught[standard_id].append(module_id)
    weights = {(r.scorecard_key, r.criterion_key): (r.module_id, r.weight) for r in Remedy.objects.all()}
    found: Mapping = {}
    for criterion in criteria:
        key = (criterion.section.version.scorecard.key, criterion.key)
        modules = dict.fromkeys(taught.get(criterion.standard_id or 0, ()), 1)
        if key in weights:
            modules.update([weights[key]])
        modules = {pk: weight for pk, weight in modules.items() if weight}
        if modules:
            found[key] = modules
    return found


def _candidates(needs: list[Need], mapping: Mapping, allowed: dict[int, Module], hidden: set[int]) -> list[_Candidate]:
    by_module: dict[int, dict[Key, tuple[int, Need]]] = defaultdict(dict)
    modules = {}
    for need in needs:
        for module_id, weight in mapping[need.key].items():
            module = allowed.get(module_id)
            if module is None or module.pk in hidden:
                continue
            modules[module.pk] = module
            # Original and translation may both be for a criterion: they are one module here.
            before = by_module[module.pk].get(need.key)
            if before is None or before[0] < weight:
                by_module[module.pk][need.key] = (weight, need)
    effects = measured_effects(modules)
    return [
        _Candidate(
            modules[pk],
            sorted(found.values(), key=lambda pair: -pair[0] * pair[1].need),
            believe(effects.get(pk)),
            effects.get(pk),
        )
        for pk, found in by_module.items()
    ]


def _suggestion(one: _Candidate, labels: dict[Key, str]) -> Suggestion:
    return Suggestion(
        module=one.module,
        reasons=tuple(_reason(need, labels.get(need.key, need.key[1])) for _weight, need in one.needs[:MOST_REASONS]),
        effect=effect_in_words(one.belief, one.effect),
        take_url=reverse("recommendation_take", args=[one.module.pk]),
        dismiss_url=reverse("recommendation_dismiss", args=[one.module.pk]),
    )


def _reason(need: Need, label: str) -> Reason:
    because = _("In %(missed)s of your last %(n)s reviews “%(criterion)s” was missed.") % {
        "missed": need.n - need.met, "n": need.n, "criterion": label,
    }  # fmt: skip
    words = _(
        "You meet it in about %(estimate)s of your conversations (9 in 10 sure: between %(low)s and %(high)s); "
        "%(usual)s is usual here. %(need)s sure that you are clearly below that."
    ) % {
        "estimate": percent(need.estimate), "low": percent(need.low), "high": percent(need.high),
        "usual": percent(need.usual), "need": percent(need.need),
    }  # fmt: skip
    evidence = tuple(
        Evidence(
            _("review of %(day)s") % {"day": date_format(timezone.localdate(missed.at), "j F")},
            reverse("review_detail", args=[missed.review_id]),
        )
        for missed in need.missed
    )
    return Reason(because, words, evidence)


def effect_in_words(belief: Belief, effect: MeasuredEffect | None) -> str:
    """What is known of how it works, always with its range."""
    points = {"mean": _signed(belief.mean), "low": _signed(belief.low), "high": _signed(belief.high)}
    if effect is None:
        return (
            _("How much this module helps is not yet measured; until then %(mean)s point is assumed (%(low)s to %(high)s).")
            % points
        )
    return _("Tried with %(n)s people: %(mean)s points (%(low)s to %(high)s).") % {"n": effect.people, **points}


def _signed(points: float) -> str:
    return ("+" if points > 0 else "−" if points < 0 else "") + number_format(abs(round(points, 1)), 1)
