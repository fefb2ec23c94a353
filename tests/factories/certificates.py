"""Certificates as they come about: a module with a template, learnt by the services."""

from datetime import datetime, timedelta
from typing import Any

from learning.assignments.models import Assignment, Completion
from learning.assignments.queries import criteria_of
from learning.assignments.services import finish_step, start_attempt
from learning.certificates.models import Certificate
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import from_revision
from learning.modules.models import Module
from people.models import Person
from tests.factories.learning import give, lesson, make_module


def make_template(**changes: Any) -> CertificateTemplate:
    """Twelve months, renewed on the anniversary, thirty days before."""
    fields = {
        "title": f"Yearly {CertificateTemplate.objects.count() + 1}",
        "signatory": "Hana Example",
        "signatory_role": "Head of support",
        "valid_months": 12,
        "renewal": "anniversary",
        "window_days": 30,
        **changes,
    }
    template = CertificateTemplate(**fields)
    template.full_clean()
    template.save()
    return template


def certified_module(now: datetime, title: str = "Listening", **template: Any) -> Module:
    """One lesson, no quiz, and a certificate for it."""
    return make_module(now, title, lessons=[lesson("Only")], quiz=[], certificate_template=make_template(**template))


def learn(person: Person, assignment: Assignment, now: datetime) -> Completion:
    """Every step by the services, a minute later."""
    attempt = start_attempt(actor=person, assignment=assignment, now=now)
    completion = None
    for criterion in criteria_of(attempt, from_revision(attempt.revision)):
        completion = finish_step(actor=person, attempt=attempt, step=criterion.key, now=now + timedelta(minutes=1))
    assert completion is not None
    return completion


def earn(person: Person, module: Module, now: datetime) -> Certificate:
    completion = learn(person, give(person, module, now), now)
    return Certificate.objects.get(completion=completion.pk)
