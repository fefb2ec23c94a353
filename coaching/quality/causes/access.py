"""Who reads what root causes were named: leads of their people, the head of everybody. Reviews behind a number are read as ever."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from coaching.quality.access import leads_somebody
from foundation.access import ALLOWED, Decision, denied
from people.models import Person


def can_read_causes(person: Person, on: date) -> Decision:
    if leads_somebody(person, on):
        return ALLOWED
    return denied(_("Only leads and the head of support see which root causes were named. Yours stand in your reviews."))
