"""Who may read signals and act on them.

The head reads all; a lead those of the people and teams they lead today; a rep all that are held about
themselves. A lead or the head acts on those of others, nobody on their own.
"""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.metrics.access import get_person_with_figures_for, people_with_figures_for
from coaching.signals.models import Annotation, Signal, SignalQuerySet
from foundation.access import ALLOWED, Decision, denied
from people.access import people_visible_to, teams_visible_to
from people.models import Person, Role, Team

__all__ = [
    "annotations_removable_by",
    "can_act_on_signal",
    "can_annotate",
    "can_change_settings",
    "can_raise_signals",
    "can_read_list",
    "can_read_signals",
    "get_annotation_for",
    "get_person_with_figures_for",
    "get_signal_for",
    "get_signal_to_act_on",
    "get_team_for",
    "people_with_figures_for",
    "signals_visible_to",
    "teams_visible_to",
]


def can_read_signals(person: Person) -> Decision:
    if person.has_role(Role.REP, Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Signals are for reps (about themselves), team leads and the head of support."))


def can_read_list(person: Person) -> Decision:
    """The list of other people's signals."""
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Only team leads and the head of support see the list of signals."))


def can_change_settings(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support decides when a signal is raised."))


def can_raise_signals(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support has signals raised by hand; they are raised every night anyway."))


def can_annotate(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Only team leads and the head of support write notes on charts."))


def signals_visible_to(person: Person, on: date) -> SignalQuerySet:
    """A lead's people and teams as of that day; one's own; all for the head."""
    if not can_read_signals(person):
        return Signal.objects.none()
    if person.has_role(Role.HEAD):
        return Signal.objects.all()
    mine = Q(person__in=people_visible_to(person, on).values("pk"))
    if person.has_role(Role.LEAD):
        mine |= Q(team__in=teams_visible_to(person, on).values("pk"))
    return Signal.objects.filter(mine)


def can_act_on_signal(person: Person, signal: Signal) -> Decision:
    """May this person, who may read it, see it off, dismiss or silence it?"""
    if not can_read_list(person):
        return denied(_("Your team lead decides what follows from a signal. Talk with them about it."))
    if signal.person_id == person.pk:
        return denied(_("This signal is about you: somebody else decides what follows from it."))
    return ALLOWED


def get_signal_for(person: Person, pk: int, on: date) -> Signal:
    """One signal the person may read. 403 for who may read none, 404 for a stranger's."""
    can_read_signals(person).or_403()
    signal = (
        signals_visible_to(person, on).select_related("definition", "person", "team", "run", "state_by").filter(pk=pk).first()
    )
    if signal is None:
        raise Http404
    return signal


def get_signal_to_act_on(person: Person, pk: int, on: date) -> Signal:
    signal = get_signal_for(person, pk, on)
    can_act_on_signal(person, signal).or_403()
    return signal


def get_team_for(person: Person, pk: int, on: date) -> Team:
    """A team whose figures the person may read: 403 for who reads no teams', 404 for another's."""
    can_read_list(person).or_403()
    team = teams_visible_to(person, on).filter(pk=pk).first()
    if team is None:
        raise Http404
    return team


def annotations_removable_by(person: Person, on: date) -> QuerySet[Annotation]:
    """Notes this person may take away: the head any, a lead those about their teams and people."""
    if not can_annotate(person):
        return Annotation.objects.none()
    if person.has_role(Role.HEAD):
        return Annotation.objects.all()
    return Annotation.objects.filter(
        Q(team__in=teams_visible_to(person, on).values("pk"))
        | Q(person__in=people_visible_to(person, on).exclude(pk=person.pk).values("pk"))
    )


def get_annotation_for(person: Person, pk: int, on: date) -> Annotation:
    """A note to take away; 403 for who writes none, 404 for another's."""
    can_annotate(person).or_403()
    note = annotations_removable_by(person, on).filter(pk=pk).first()
    if note is None:
        raise Http404
    return note
