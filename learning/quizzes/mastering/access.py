"""A mastery run is its person's own: nobody else reads it, so that trying costs nothing."""

from django.db.models import QuerySet
from django.http import Http404

from learning.quizzes.models import MasteryRun
from people.models import Person


def runs_visible_to(person: Person) -> QuerySet[MasteryRun]:
    return MasteryRun.objects.filter(person=person)


def get_run_for(person: Person, pk: int) -> MasteryRun:
    run = runs_visible_to(person).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run
