"""The organisation's calendar day of a moment: one answer for queues, releases, disputes, calibration and imports. Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def local_day(moment: datetime) -> date:
    """The day of this moment where the organisation is: on Monday morning in Berlin it is still Sunday in UTC."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
