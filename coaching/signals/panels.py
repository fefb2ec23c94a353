"""Signals on a person's page of figures: the verdict about each watched metric, with the own normal drawn at it."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from coaching.metrics.panels import Inset, Line, Panel, register
from coaching.signals.normals import Normal, normals_of_person
from coaching.signals.queries import signals_of_person
from people.models import Person

MOST_LINES = 3


@register
def own_normal_panel(viewer: Person, person: Person, on: date) -> Panel | None:
    """How the last weeks are for each watched metric, the newest signals, and the own normal at each metric."""
    own = viewer.pk == person.pk
    told = [each for each in signals_of_person(viewer, person, on) if each.signal.is_open][:MOST_LINES]
    normals = normals_of_person(viewer, person, as_of=on, on=on)
    url = reverse("signal_person", args=[person.pk])
    verdicts = tuple(
        Line(normal.definition.name, normal.verdict, normal.tone, f"#{normal.definition.key}" if normal.chart.svg else url)
        for normal in normals
    )
    signals = tuple(Line(each.why, each.verdict, each.tone, reverse("signal_detail", args=[each.signal.pk])) for each in told)
    return Panel(
        title=_("My own normal") if own else _("Own normal"),
        text=_("Are the last weeks as usual? Beside your own usual range, not beside others.")
        if own
        else _("Are the last weeks as usual for this person?"),
        link=_("See the weeks beside the usual range"),
        url=url,
        lines=signals,
        verdicts=verdicts,
        insets={normal.definition.key: _inset(normal, own=own, person=person) for normal in normals if normal.chart.svg},
        style_sheet="css/signals.css",
    )


def _inset(normal: Normal, *, own: bool, person: Person) -> Inset:
    content = {"normal": normal, "whose": _("you") if own else person.get_short_name()}
    return Inset("coaching/signals/_inset.html", content, normal.verdict, normal.tone)
