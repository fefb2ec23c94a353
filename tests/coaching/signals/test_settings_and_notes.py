"""The head's thresholds with their preview; raising on demand; notes on charts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coaching.signals.models import Annotation, Signal, SignalSettings
from coaching.signals.services import SignalError, change_settings, raise_signals
from people.models import AuditEntry
from tests.coaching.signals.conftest import weeks_of

WISH = {
    "metrics": ["csat", "reopen_rate", "answered"],
    "margin": "3", "suggest": "90", "watch": "80", "ratings_wanted": "120", "window_from": "4", "window_to": "13",
    "baseline_weeks": "26", "tau": "4", "mute_weeks": "8",
}  # fmt: skip
SETTINGS = "/metrics/signals/settings/"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_preview_counts_the_past_year_and_saves_nothing(slipped, sign_in, now):
    today = now.date()
    for person, team in ((slipped.ravi, slipped.harbour), (slipped.otto, slipped.meadow)):
        weeks_of(person, team, today - timedelta(weeks=39), [33] * 52)
    weeks_of(slipped.rita, slipped.harbour, today - timedelta(weeks=39), [33] * 52)
    response = sign_in(slipped.hana).post(SETTINGS, WISH | {"action": "preview"})
    found = response.context["preview"]
    csat = next(row for row in found.metrics if row.definition.key == "csat")
    assert (csat.people, csat.teams) == (1, 0)
    assert found.per_rep_year == pytest.approx(1 / 15)
    assert "1 suggestion about 15 reps" in text_of(response)
    assert SignalSettings.objects.count() == 1
    milder = sign_in(slipped.hana).post(SETTINGS, WISH | {"margin": "29", "action": "preview"}).context["preview"]
    assert milder.suggestions == 0


def test_saving_makes_the_next_version_and_the_run_names_it(slipped, sign_in, now):
    client = sign_in(slipped.hana)
    client.post(SETTINGS, WISH | {"margin": "25", "metrics": ["csat"], "action": "save"})
    newest = SignalSettings.objects.get(version=2)
    assert (newest.margin, newest.metrics, newest.created_by) == (0.25, ["csat"], slipped.hana)
    run = raise_signals(actor=None, as_of=now.date(), now=now)
    assert run.settings == newest
    assert not Signal.objects.exists()
    assert AuditEntry.objects.get(verb="signal.change_settings").after["margin"] == 0.25
    client.post(SETTINGS, WISH | {"margin": "25", "metrics": ["csat"], "action": "save"})
    assert SignalSettings.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"watch": "95"}, "at least as much certainty"),
        ({"window_from": "14"}, "shortest window"),
        ({"margin": "0"}, "half a point"),
        ({"metrics": []}, "Choose at least one"),
        ({"mute_weeks": "0"}, "1 to 52 weeks"),
    ],
)
def test_impossible_thresholds_are_explained(steady, sign_in, change, words):
    response = sign_in(steady.hana).post(SETTINGS, WISH | change | {"action": "save"})
    assert words in text_of(response)
    assert not SignalSettings.objects.filter(version=2).exists()


def test_unknown_thresholds_are_refused(steady, now):
    with pytest.raises(SignalError, match="no threshold"):
        change_settings(actor=steady.hana, now=now, colour="red")


def test_the_head_has_a_day_judged_by_hand(slipped, sign_in):
    client = sign_in(slipped.hana)
    response = client.post("/metrics/signals/raise/", {"as_of": ""}, follow=True)
    assert "15 people judged: 1 signal for that day" in text_of(response)
    again = client.post("/metrics/signals/raise/", {"as_of": "2026-06-15"}, follow=True)
    assert Signal.objects.count() == 1
    assert "1 signal for that day" in text_of(again)
    assert "lies in the future" in text_of(client.post("/metrics/signals/raise/", {"as_of": "2026-06-16"}, follow=True))
    assert AuditEntry.objects.filter(verb="signal.raise", actor=slipped.hana).count() == 2


def test_a_lead_notes_an_outage_of_their_team(raised, sign_in, now):
    client = sign_in(raised.lena)
    wish = {"kind": "outage", "text": "Phones down", "first": "2026-06-01", "last": "2026-06-03", "team": raised.harbour.pk}
    assert client.post("/metrics/signals/notes/add/", wish).status_code == 302
    page = text_of(client.get(f"/metrics/signals/team/{raised.harbour.pk}/"))
    assert "Outage or recall: Phones down" in page
    assert 'class="note-number"' in page
    assert "Phones down" in text_of(sign_in(raised.rita).get(f"/metrics/signals/person/{raised.rita.pk}/"))
    assert "Phones down" not in text_of(sign_in(raised.otto).get(f"/metrics/signals/person/{raised.otto.pk}/"))
    note = Annotation.objects.get()
    assert sign_in(raised.lars).post(f"/metrics/signals/notes/{note.pk}/remove/").status_code == 404
    client.post(f"/metrics/signals/notes/{note.pk}/remove/")
    assert not Annotation.objects.exists()


def test_a_lead_notes_nothing_for_another_team_or_everybody(raised, sign_in):
    client = sign_in(raised.lena)
    wish = {"kind": "outage", "text": "Phones down", "first": "2026-06-01"}
    assert "Choose a team or a person" in text_of(client.post("/metrics/signals/notes/add/", wish))
    assert client.post("/metrics/signals/notes/add/", wish | {"team": raised.meadow.pk}).status_code == 200
    assert client.post("/metrics/signals/notes/add/", wish | {"person": raised.otto.pk}).status_code == 200
    assert not Annotation.objects.exists()


def test_the_head_notes_for_everybody_and_for_one(raised, sign_in):
    client = sign_in(raised.hana)
    client.post("/metrics/signals/notes/add/", {"kind": "change", "text": "New desk", "first": "2026-06-01"})
    client.post(
        "/metrics/signals/notes/add/", {"kind": "coaching", "text": "Talk", "first": "2026-06-02", "person": raised.rita.pk}
    )
    rita = text_of(sign_in(raised.rita).get(f"/metrics/signals/person/{raised.rita.pk}/"))
    otto = text_of(sign_in(raised.otto).get(f"/metrics/signals/person/{raised.otto.pk}/"))
    assert "New desk" in rita
    assert "New desk" in otto
    assert "Coaching: Talk" in rita
    assert "Talk" not in otto
