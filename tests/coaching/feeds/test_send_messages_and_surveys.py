"""POST /api/v1/messages and /surveys: whatever the order in which things arrive, the same is stored."""

from __future__ import annotations

import itertools

import pytest

from coaching.interactions.models import ChangedDay, Interaction, Message, SurveyResponse
from tests.coaching.feeds.conftest import case


def message(key, minute, **fields):
    return {"case": "7", "external_id": key, "sent_at": f"2026-06-10T08:{minute:02d}:00Z", "body": f"Text {key}", **fields}


TURNS = [
    message("a", 1, author_kind="customer", subject="Parcel"),
    message("b", 5, author_kind="agent", author_email="rita@example.com"),
    message("c", 9, author_kind="customer"),
    message("d", 12, author_kind="agent", author_email="ravi@example.com", is_private=True),
]


def outcomes(response):
    assert response.status_code in {200, 207}, response.content
    return [row["outcome"] for row in response.json()["rows"]]


def conversation():
    return [(m.position, m.external_id, m.author_kind, m.is_private) for m in Message.objects.order_by("position")]


def test_a_conversation_opens_its_case_and_counts_for_the_last_public_agent(caller, cast):
    assert outcomes(caller.post("messages", {"source": "zendesk", "rows": TURNS})) == ["created"] * 4
    opened = Interaction.objects.get()
    assert (opened.external_id, opened.subject, opened.from_messages, opened.handler.person) == ("7", "Parcel", True, cast.rita)
    assert [m.position for m in Message.objects.order_by("sent_at")] == [1, 2, 3, 4]
    assert outcomes(caller.post("messages", {"source": "zendesk", "rows": TURNS})) == ["unchanged"] * 4


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_messages_sent_one_by_one_in_any_order_stand_in_the_order_of_their_times(caller, order):
    for place in order:
        assert outcomes(caller.post("messages", {"source": "zendesk", "rows": [TURNS[place]]})) == ["created"]
    assert conversation() == [
        (1, "a", "customer", False),
        (2, "b", "agent", False),
        (3, "c", "customer", False),
        (4, "d", "agent", True),
    ]
    assert outcomes(caller.post("messages", {"source": "zendesk", "rows": [TURNS[2]]})) == ["unchanged"]


def test_a_place_that_is_told_is_kept(caller):
    caller.post("messages", {"source": "zendesk", "rows": [message("a", 9, position=1), message("b", 1, position=2)]})
    assert [(m.external_id, m.position) for m in Message.objects.order_by("position")] == [("a", 1), ("b", 2)]


def test_the_same_id_in_two_cases_are_two_messages_and_twice_in_one_is_named(caller):
    rows = [message("a", 1), {**message("a", 1), "case": "8"}, message("a", 2)]
    response = caller.post("messages", {"source": "zendesk", "rows": rows})
    assert outcomes(response) == ["created", "created", "rejected"]
    assert "row 0" in response.json()["rows"][2]["reason"]
    assert response.json()["rows"][1]["case"] == "8"


def test_a_conversation_of_a_known_case_leaves_the_case_as_it_is(caller, cast):
    caller.post(
        "interactions", {"source": "zendesk", "rows": [case("7", handler_email="otto@example.com", subject="As the desk says")]}
    )
    caller.post("messages", {"source": "zendesk", "rows": TURNS})
    known = Interaction.objects.get()
    assert (known.subject, known.handler.person, known.from_messages) == ("As the desk says", cast.otto, False)


def answer(key="s-1", value=5, **fields):
    return {"external_id": key, "value": value, "responded_at": "2026-06-10T12:00:00Z", **fields}


def test_an_answer_counts_for_who_handled_the_case_even_where_it_comes_first(caller, cast):
    assert outcomes(caller.post("surveys", {"source": "zendesk", "rows": [answer(case="7", comment="Quick!")]})) == ["created"]
    assert SurveyResponse.objects.get().handler is None
    caller.post("interactions", {"source": "zendesk", "rows": [case("7", handler_email="rita@example.com")]})
    stored = SurveyResponse.objects.get()
    assert (stored.handler.person, stored.polarity, stored.comment, stored.kind) == (cast.rita, 1, "Quick!", "csat")
    assert not ChangedDay.objects.exists()


def test_a_comment_left_out_stays_and_a_changed_value_is_an_update(caller):
    caller.post("surveys", {"source": "zendesk", "rows": [answer(comment="Fine"), answer("s-2")]})
    assert outcomes(caller.post("surveys", {"source": "zendesk", "rows": [answer(value=2), answer("s-2")]})) == [
        "updated",
        "unchanged",
    ]
    stored = SurveyResponse.objects.get(external_id="s-1")
    assert (float(stored.raw_value), stored.polarity, stored.comment) == (2.0, -1, "Fine")


def test_a_scale_of_ones_own_and_other_kinds(caller):
    scale = {"low": 1, "high": 10, "satisfied": [9, 10], "neutral": [7, 8]}
    response = caller.post(
        "surveys", {"source": "zendesk", "scale": scale, "rows": [answer(value=9), answer("s-2", 7), answer("s-3", 11)]}
    )
    assert outcomes(response) == ["created", "created", "rejected"]
    assert "1" in response.json()["rows"][2]["reason"]
    assert outcomes(caller.post("surveys", {"source": "zendesk", "kind": "nps", "rows": [answer(value=0)]})) == ["created"]
    assert sorted(SurveyResponse.objects.values_list("kind", "external_id", "polarity")) == [
        ("csat", "s-1", 1),
        ("csat", "s-2", 0),
        ("nps", "s-1", -1),
    ]


def test_a_scale_upside_down_is_refused(caller):
    response = caller.post("surveys", {"source": "zendesk", "scale": {"low": 5, "high": 1, "satisfied": [5]}, "rows": [answer()]})
    assert response.status_code == 422
    assert "lowest and the highest" in response.json()["detail"]


def test_a_missing_value_is_named(caller):
    response = caller.post(
        "surveys",
        {"source": "zendesk", "rows": [{"external_id": "s", "responded_at": "2026-06-10T12:00:00Z"}, answer(value=float("nan"))]},
    )
    assert outcomes(response) == ["rejected", "rejected"]
