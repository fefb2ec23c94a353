"""Forms of those who decide how figures are counted: definitions and business hours."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from coaching.metrics.business_hours import holidays_package
from coaching.metrics.calendar_queries import spans_text
from coaching.metrics.formulas import words_of
from coaching.metrics.models import BusinessCalendar, MetricDefinition
from coaching.metrics.variants import VARIANTS, variant_of
from foundation.time_zones import time_zone_choices

Unit, Recipe = MetricDefinition.Unit, MetricDefinition.Recipe

# How a target is typed in: what one unit of it is worth, and its name.
TYPED = {Unit.PERCENT: (0.01, _lazy("percent")), Unit.SECONDS: (3600.0, _lazy("hours"))}


class DefinitionForm(forms.Form):
    """What of a definition can be chosen; what the figure does not know is not asked."""

    variant = forms.ChoiceField(label=_lazy("Way of counting"), required=False, widget=forms.RadioSelect)
    window_days = forms.IntegerField(label=_lazy("Days in which something counts against a case"), min_value=0, max_value=365)
    maturity_days = forms.IntegerField(
        label=_lazy("Days a case must rest before it is counted"),
        min_value=0,
        max_value=365,
        help_text=_lazy("Younger cases stand beside the figure, so that the newest weeks do not look better than they are."),
    )
    target = forms.FloatField(label=_lazy("Target"), required=False)
    minimum_to_show = forms.IntegerField(label=_lazy("Shown from n ="), min_value=0)
    minimum_to_compare = forms.IntegerField(label=_lazy("Compared from n ="), min_value=0)
    design_effect = forms.FloatField(
        label=_lazy("Design effect of repeat customers"),
        min_value=1,
        max_value=20,
        help_text=_lazy(
            "1 where every customer answers once. Where the same customers answer again and again, answers resemble each "
            "other: 1.28 makes intervals as wide as those of 22 % fewer answers."
        ),
    )
    formula = forms.CharField(label=_lazy("In words"), widget=forms.Textarea(attrs={"rows": 5}), max_length=2000)
    on_board = forms.BooleanField(label=_lazy("A column of the team board"), required=False)

    def __init__(self, definition: MetricDefinition, data: Any = None) -> None:
        self.definition = definition
        unit, self.unit_name = TYPED.get(Unit(definition.unit), (1.0, ""))
        self.worth = unit
        names = [name for name in self.declared_fields if name != "variant"]
        initial = {name: getattr(definition, name) for name in names}
        if definition.target is not None:
            initial["target"] = round(definition.target / unit, 4)
        super().__init__(data, initial=initial | {"variant": variant_of(definition)})
        known = VARIANTS.get(definition.recipe, ())
        self.fields["variant"].choices = [(variant.value, variant.label) for variant in known]  # type: ignore[attr-defined]
        shares = definition.unit == Unit.PERCENT
        asked = {
            "variant": bool(known),
            "window_days": definition.recipe in {Recipe.FIRST_CONTACT, Recipe.REOPENED},
            "maturity_days": definition.recipe in {Recipe.FIRST_CONTACT, Recipe.REOPENED},
            "design_effect": shares and definition.recipe == Recipe.SATISFIED,
            "minimum_to_show": definition.unit != Unit.COUNT,
            "minimum_to_compare": definition.unit != Unit.COUNT,
            "target": definition.is_directed,
        }
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]
        if self.unit_name and "target" in self.fields:
            self.fields["target"].help_text = _("In %(unit)s; empty where none is agreed.") % {"unit": self.unit_name}

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields of the next version. Another way of counting brings its own words, unless others were typed."""
        given = dict(self.cleaned_data)
        if given.get("target") is not None:
            given["target"] *= self.worth
        variant = given.get("variant")
        if variant and variant != variant_of(self.definition):
            words = words_of(self.definition.recipe, variant)
            typed = " ".join(given["formula"].split()) != " ".join(self.definition.formula.split())
            given = given | {name: text for name, text in words.items() if name != "formula" or not typed}
        elif "variant" in given:
            given["variant"] = self.definition.variant
        return given


SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")
DAYS = (
    _lazy("Monday"), _lazy("Tuesday"), _lazy("Wednesday"), _lazy("Thursday"), _lazy("Friday"), _lazy("Saturday"),
    _lazy("Sunday"),
)  # fmt: skip


def read_spans(text: str) -> list[list[int]]:
    """Minutes from "09:00-12:00, 13:00-17:00"; an end of 00:00 is the next midnight. Raises ValidationError."""
    spans = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = SPAN.match(part)
        hours = [int(number) for number in found.groups()] if found else []
        if not found or hours[0] > 24 or hours[2] > 24 or hours[1] > 59 or hours[3] > 59:
            raise forms.ValidationError(_("“%(part)s” is no span of hours. Write it like 09:00-17:00.") % {"part": part[:40]})
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        spans.append([start, end or 1440])
    return spans


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise forms.ValidationError(_("“%(text)s” is no date. Write it like 2026-12-24.") % {"text": text[:40]}) from error


def country_choices() -> list[tuple[str, str]]:
    """Countries whose public holidays are known, by their English name."""
    countries = holidays_package().registry.COUNTRIES.values()
    named = sorted((re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name), code) for name, code, *_rest in countries)
    return [("", _("No public holidays")), *((code, name) for name, code in named)]


class CalendarForm(forms.Form):
    """A week's hours, holidays, and single dates that differ."""

    time_zone = forms.ChoiceField(label=_lazy("Time zone"), choices=time_zone_choices)
    country = forms.ChoiceField(label=_lazy("Public holidays of"), choices=country_choices, required=False)
    region = forms.CharField(
        label=_lazy("Region"), max_length=10, required=False, help_text=_lazy("Its short code, for example BE for Berlin.")
    )
    closed_on = forms.CharField(
        label=_lazy("Closed on"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("One date a line, like 2026-12-24."),
    )  # fmt: skip
    open_on = forms.CharField(
        label=_lazy("Other hours on"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("One date and its hours a line, like 2026-12-24 10:00-14:00. They count on a holiday, too."),
    )  # fmt: skip

    def __init__(self, calendar: BusinessCalendar | None, data: Any = None) -> None:
        week = calendar.week if calendar else [[[540, 1020]]] * 5 + [[], []]
        initial: dict[str, Any] = {f"day_{number}": spans_text(spans) for number, spans in enumerate(week)}
        initial["time_zone"] = calendar.time_zone if calendar else settings.TIME_ZONE
        if calendar:
            initial |= {"country": calendar.country, "region": calendar.region, "closed_on": "\n".join(calendar.closed_on)}
            initial["open_on"] = "\n".join(f"{day} {spans_text(spans)}" for day, spans in calendar.open_on.items())
        super().__init__(data, initial=initial)
        for number, name in enumerate(DAYS):
            self.fields[f"day_{number}"] = forms.CharField(label=name, required=False, max_length=120)
        self.order_fields(["time_zone", *(f"day_{number}" for number in range(7)), "country", "region", "closed_on", "open_on"])

    def clean_closed_on(self) -> list[date]:
        return [_read_date(line) for line in self.cleaned_data["closed_on"].split()]

    def clean_open_on(self) -> dict[date, list[list[int]]]:
        found = {}
        for line in filter(None, (line.strip() for line in self.cleaned_data["open_on"].splitlines())):
            day, _space, spans = line.partition(" ")
            found[_read_date(day)] = read_spans(spans)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(7):
            try:
                cleaned[f"day_{number}"] = read_spans(cleaned.get(f"day_{number}", ""))
            except forms.ValidationError as error:
                self.add_error(f"day_{number}", error)
        country, region = cleaned.get("country"), cleaned.get("region", "").strip().upper()
        if region and region not in holidays_package().list_supported_countries().get(country or "", []):
            self.add_error("region", _("This country has no region of that code. Leave it empty for the whole country."))
        return cleaned | {"region": region}

    @property
    def wanted(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {name: given[name] for name in ("time_zone", "country", "region", "closed_on", "open_on")} | {
            "week": [given[f"day_{number}"] for number in range(7)]
        }
