"""Signals on a person's page of figures."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from coaching.metrics.panels import Line, Panel, register
from coaching.signals.queries import signals_of_person
from people.models import Person

MOST_LINES = 3


@register
def own_normal_panel(viewer: Person, person: Person, on: date) -> Panel | None:
    """The newest signals about this person, and the way to their own normal."""
    own = viewer.pk == person.pk
    told = signals_of_person(viewer, person, on)[:MOST_LINES]
    return Panel(
        title=_("My own normal") if own else _("Own normal"),
        text=_("Are the last weeks as usual? Beside your own usual range, not beside others.")
        if own
        else _("Are the last weeks as usual for this person?"),
        link=_("See the weeks beside the usual range"),
        url=reverse("signal_person", args=[person.pk]),
        lines=tuple(Line(each.why, each.verdict, each.tone, reverse("signal_detail", args=[each.signal.pk])) for each in told),
    )
