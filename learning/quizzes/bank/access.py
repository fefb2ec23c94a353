"""Who keeps the question bank: editors and the head. Questions hold their answers, so nobody else reads them there."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.quizzes.models import Question
from people.models import Person, Role


def can_keep_bank(person: Person) -> Decision:
    if person.has_role(Role.EDITOR, Role.HEAD):
        return ALLOWED
    return denied(_("The question bank holds the answers: editors and the head of support keep it."))


def questions_visible_to(person: Person) -> QuerySet[Question]:
    return Question.objects.all() if can_keep_bank(person) else Question.objects.none()


def get_question_for(person: Person, pk: int) -> Question:
    """One question; 403 for who may not read the bank, 404 where there is none."""
    can_keep_bank(person).or_403()
    question = questions_visible_to(person).select_related("standard").filter(pk=pk).first()
    if question is None:
        raise Http404
    return question
