"""Reading a signal and acting on it, through the pages."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from coaching.signals.models import Signal
from coaching.signals.services import add_annotation, raise_signals
from people import services as people
from people.models import AuditEntry, Role


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def signal(raised) -> Signal:
    return Signal.objects.get()


def address(signal: Signal, verb: str = "") -> str:
    return f"/metrics/signals/{signal.pk}/{verb}"


def test_the_lead_reads_why_in_a_sentence(signal, raised, sign_in):
    text = text_of(sign_in(raised.lena).get("/metrics/signals/"))
    assert "Satisfied customers of Rita Example: 60 % from 19 May to 15 June (160 ratings), where 82 %" in text
    assert "clearly below own normal (99 in 100 sure)" in text
    assert "Last judged: 15 June 2026, 15 people and 2 teams" in text
    assert "to be wrong" in text


def test_another_lead_and_another_rep_see_nothing_of_it(signal, raised, sign_in):
    assert "Rita" not in text_of(sign_in(raised.lars).get("/metrics/signals/"))
    for other in (raised.lars, raised.otto, raised.ravi):
        assert sign_in(other).get(address(signal)).status_code == 404
        assert sign_in(other).post(address(signal, "dismiss/"), {"reason": "x"}).status_code == 404


def test_the_page_carries_picture_table_and_the_dissatisfied_first(signal, raised, sign_in):
    response = sign_in(raised.lena).get(address(signal))
    text = text_of(response)
    assert 'class="usual"' in text
    assert "normal range for Rita Example" in text
    assert text.count('class="dot') == 26
    assert "Satisfied customers as a table" in text
    evidence = response.context["evidence"]
    assert [rating.comment for rating in evidence.ratings] == ["Too slow 0", "Too slow 1", "Too slow 2"]
    assert f"/metrics/cases/{evidence.ratings[0].interaction_id}/" in text
    assert "Lovely" not in text
    assert response.context["normal"].level == 2


def test_the_picture_is_judged_as_the_night_did(signal, raised, sign_in):
    normal = sign_in(raised.lena).get(address(signal)).context["normal"]
    assert normal.expected == pytest.approx(signal.expected)
    assert normal.observed == pytest.approx(signal.observed)
    assert normal.n == signal.n


def test_seen_then_acted_then_open_again(signal, raised, sign_in):
    client = sign_in(raised.lena)
    client.post(address(signal, "see/"))
    signal.refresh_from_db()
    assert (signal.state, signal.state_by) == (Signal.State.SEEN, raised.lena)
    client.post(address(signal, "act/"), {"note": "We listened to two calls"})
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == (Signal.State.ACTED, "We listened to two calls")
    assert "Rita" not in text_of(client.get("/metrics/signals/"))
    assert "Rita" in text_of(client.get("/metrics/signals/?state=all"))
    client.post(address(signal, "reopen/"))
    signal.refresh_from_db()
    assert signal.is_open
    assert AuditEntry.objects.filter(verb__startswith="signal.", subject=raised.rita).count() == 3


def test_dismissing_needs_a_reason_which_the_rep_reads(signal, raised, sign_in):
    client = sign_in(raised.lena)
    refused = client.post(address(signal, "dismiss/"), {"reason": "  "})
    assert refused.status_code == 400
    assert "the person it is about reads the reason" in text_of(refused)
    client.post(address(signal, "dismiss/"), {"reason": "She tested the new product"})
    signal.refresh_from_db()
    assert signal.state == Signal.State.DISMISSED
    again = client.post(address(signal, "dismiss/"), {"reason": "Once more"}, follow=True)
    assert "closed already" in text_of(again)
    assert "She tested the new product" in text_of(sign_in(raised.rita).get(address(signal)))
    entry = AuditEntry.objects.get(verb="signal.dismiss")
    assert "She tested" not in str(entry.after) + str(entry.before)


def test_silence_hides_it_and_can_be_ended(signal, raised, sign_in, now):
    client = sign_in(raised.lena)
    client.post(address(signal, "mute/"), {"weeks": "13"})
    signal.refresh_from_db()
    assert signal.silenced_until == signal.muted_until == now.date() + timedelta(weeks=13)
    assert "Rita" not in text_of(client.get("/metrics/signals/"))
    client.post(address(signal, "mute/"), {"weeks": "0"})
    signal.refresh_from_db()
    assert (signal.silenced_until, signal.muted_until) == (None, now.date() + timedelta(weeks=8))
    assert "Rita" in text_of(client.get("/metrics/signals/"))
    assert client.post(address(signal, "mute/"), {"weeks": "99"}).status_code == 400


def test_a_module_is_assigned_because_of_it(signal, raised, sign_in):
    client = sign_in(raised.lena)
    link = client.get(address(signal)).context["assign_url"]
    assert parse_qs(urlsplit(link).query)["person"] == [str(raised.rita.pk)]
    form = client.get(link)
    assert form.status_code == 200
    assert "stands at 60 %, where 82 % is usual for you" in text_of(form)


def test_filters(signal, raised, sign_in):
    client = sign_in(raised.hana)
    for query, found in (
        ("?level=suggest", True), ("?level=watch", False), ("?about=teams", False), ("?about=people", True), ("?metric=csat", True),
        ("?metric=reopen_rate", False), ("?q=rita", True), ("?q=ravi", False), ("?state=new", True), ("?state=acted", False),
        ("?state=nonsense", True),
    ):  # fmt: skip
        assert ("Rita Example" in text_of(client.get(f"/metrics/signals/{query}"))) == found, query


def test_an_empty_list_says_that_this_is_good(steady, sign_in, now):
    assert "Nothing judged yet" in text_of(sign_in(steady.lena).get("/metrics/signals/"))
    raise_signals(actor=None, as_of=now.date(), now=now)
    assert "All as usual" in text_of(sign_in(steady.lena).get("/metrics/signals/"))


# --- The rep ------------------------------------------------------------------------------------


def test_the_rep_reads_all_that_is_held_about_them_in_kind_words(signal, raised, sign_in):
    client = sign_in(raised.rita)
    page = text_of(client.get("/metrics/signals/", follow=True))
    assert "My own normal" in page
    assert "It may be a passing spell" in page
    assert "clearly below" not in page
    detail = text_of(client.get(address(signal)))
    assert "worth a look" in detail
    assert "clearly below" not in detail
    assert "Too slow 0" in detail
    assert client.post(address(signal, "see/")).status_code == 403


def test_a_signal_stands_on_today_and_on_the_own_figures(signal, raised, sign_in):
    client = sign_in(raised.rita)
    assert "It may be a passing spell" in text_of(client.get("/"))
    assert f'href="{address(signal)}"' in text_of(client.get(f"/metrics/people/{raised.rita.pk}/"))
    assert "It may be a passing spell" not in text_of(sign_in(raised.ravi).get("/"))


def test_a_lead_cannot_close_a_signal_about_themselves(signal, raised, sign_in, now):
    people.grant_role(actor=raised.adam, person=raised.rita, role=Role.LEAD, now=now)
    client = sign_in(raised.rita)
    assert client.post(address(signal, "dismiss/"), {"reason": "No"}).status_code == 403
    assert "Rita Example" not in text_of(client.get("/metrics/signals/")).split("<main")[1]


# --- Board and pages --------------------------------------------------------------------------------


def test_the_board_says_who_and_what_to_do_next(signal, raised, sign_in):
    response = sign_in(raised.lena).get("/board/")
    row = next(row for row in response.context["page"] if row.person == raised.rita)
    assert row.signal == signal
    assert row.next_step.url == address(signal)
    assert "clearly below own normal" in text_of(response)
    others = [row for row in response.context["page"] if row.person != raised.rita]
    assert all(row.signal is None for row in others)


def test_person_page_shows_each_metric_and_what_happened(signal, raised, sign_in, now):
    day = now.date() - timedelta(days=30)
    add_annotation(actor=raised.lena, kind="outage", text="Phones down", first=day, last=day, team=raised.care, now=now)
    response = sign_in(raised.lena).get(f"/metrics/signals/person/{raised.rita.pk}/")
    text = text_of(response)
    assert "Outage or recall: Phones down" in text
    normals = {normal.definition.key: normal for normal in response.context["normals"]}
    assert normals["csat"].level == 2
    assert normals["csat"].estimate.low < normals["csat"].estimate.value < normals["csat"].estimate.high
    assert not normals["answered"].judged
    assert "not enough weeks yet" in text


def test_person_page_needs_few_queries(signal, raised, sign_in, django_assert_max_num_queries):
    client = sign_in(raised.lena)
    client.get(f"/metrics/signals/person/{raised.rita.pk}/")
    with django_assert_max_num_queries(40):
        client.get(f"/metrics/signals/person/{raised.rita.pk}/")


def test_team_page(signal, raised, sign_in):
    response = sign_in(raised.lena).get(f"/metrics/signals/team/{raised.harbour.pk}/")
    assert "normal range for Harbour" in text_of(response)


def test_list_does_not_ask_more_for_more_rows(signal, raised, sign_in, now, django_assert_max_num_queries):
    for number in range(30):
        signal.pk, signal.raised_on = None, now.date() - timedelta(days=number + 1)
        signal.save(force_insert=True)
    client = sign_in(raised.lena)
    client.get("/metrics/signals/")
    with django_assert_max_num_queries(15):
        response = client.get("/metrics/signals/")
    assert len(response.context["rows"]) == 25
