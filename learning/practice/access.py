"""Who may see what of practice: everybody their own; leads closed sums, and by name only who shares.

Reps see of their team what their lead sees, but for the names.
"""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.practice.models import PracticeAnswer, PracticeCard, PracticeCardQuerySet, PracticeChoice
from people.access import people_led_by, teams_visible_to
from people.models import Membership, Person, Role, Team


def cards_visible_to(person: Person) -> PracticeCardQuerySet:
    return PracticeCard.objects.filter(person=person)


def get_card_for(person: Person, pk: int) -> PracticeCard:
    """One's own card; 404 for anybody else's."""
    card = cards_visible_to(person).select_related("module").filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def answers_visible_to(person: Person) -> QuerySet[PracticeAnswer]:
    return PracticeAnswer.objects.filter(card__person=person)


def get_answer_for(person: Person, pk: int) -> PracticeAnswer:
    """One's own answer; 404 for anybody else's."""
    answer = answers_visible_to(person).select_related("card__module").filter(pk=pk).first()
    if answer is None:
        raise Http404
    return answer


def can_see_team_months(person: Person) -> Decision:
    if person.has_role(Role.REP, Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("How teams answer in practice is for the teams, their leads and the head of support."))


def teams_with_months_for(person: Person, on: date) -> list[Team]:
    """The teams whose closed sums somebody reads: those they lead with the teams below, the head all, a rep their own."""
    own = Membership.objects.on(on).filter(person=person, kind=Membership.Kind.MEMBER).values("team_id")
    return list(teams_visible_to(person, on) | Team.objects.filter(pk__in=own))


def sharing_people_for(viewer: Person, on: date) -> QuerySet[Person]:
    """Whose practice a lead reads by name: people they lead who share it now."""
    if not viewer.has_role(Role.LEAD, Role.HEAD):
        return Person.objects.none()
    chosen = PracticeChoice.objects.filter(person=OuterRef("pk"), shares=True)
    return people_led_by(viewer, on).filter(Exists(chosen), is_active=True)


def get_sharing_person_for(viewer: Person, pk: int, on: date) -> Person:
    """Oneself, or a person who shares with this viewer; 404 otherwise, and from the moment they take it back."""
    if pk == viewer.pk:
        return viewer
    person = sharing_people_for(viewer, on).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person
