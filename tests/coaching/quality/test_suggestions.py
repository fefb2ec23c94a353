"""Conversations worth a look: found with their reasons, listed, given to a reviewer, dismissed and brought back."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coaching.interactions.models import Handler, Interaction, Message
from coaching.quality.models import ReviewDraw
from coaching.quality.queries import mean_score
from coaching.quality.services import QualityError
from coaching.quality.suggestions import services
from coaching.quality.suggestions.finding import usual_limits
from coaching.quality.suggestions.models import LearnerRun, Likelihood, Suggestion
from coaching.quality.suggestions.queries import likely_first
from people.models import AuditEntry
from tests.factories.interactions import interaction, rating
from tests.factories.quality import handler_of, make_draw, make_interaction


@pytest.fixture
def moment():
    """Pages read the clock themselves, so cases are of today."""
    return timezone.now()


def change(case: Interaction, **fields) -> Interaction:
    Interaction.objects.filter(pk=case.pk).update(**fields)
    return case


def reasons_of(case: Interaction) -> dict:
    return {r.kind: r.facts for r in Suggestion.objects.get(interaction=case).reasons.all()}


def look(moment) -> int:
    return services.find_suggestions(actor=None, now=moment)


def test_every_reason_is_found_with_its_figure(cast, moment):
    today = moment.date()
    rated = make_interaction(cast.rita, number=1, now=moment)
    rating(cast.rita, today, polarity=-1, case=rated, raw_value=2, marked=False)
    complaint = change(make_interaction(cast.rita, number=2, now=moment), is_complaint=True, reopens=2)
    passed_on = change(make_interaction(cast.otto, number=3, now=moment), assignee=handler_of(cast.ravi), queue="Escalations EU")
    for number in range(25):  # what is usual for Rita, of whom 95 % took at most 240 s
        interaction(cast.rita, today - timedelta(days=40), handle_seconds=10 * (number + 1), topic="Delivery", marked=False)
    slow = change(make_interaction(cast.rita, number=4, now=moment), handle_seconds=3000)
    slow_topic = change(make_interaction(cast.otto, number=5, now=moment), handle_seconds=2000, topic="Delivery")
    new = change(make_interaction(cast.otto, number=6, now=moment), topic="Recall")
    make_interaction(cast.rita, number=7, now=moment)  # nothing stands out
    rating(cast.otto, today, polarity=1, case=make_interaction(cast.otto, number=8, now=moment), marked=False)
    for writer in range(3):
        desk = Handler.objects.create(source=handler_of(cast.rita).source, external_key=f"w{writer}")
        Message.objects.create(
            interaction=new, external_id=f"w{writer}", position=9, author_kind="agent", author=desk, body="Hello"
        )

    assert look(moment) == 6
    assert reasons_of(rated) == {"low_rating": {"value": 2.0, "low": 1.0, "high": 5.0}}
    assert reasons_of(complaint) == {"complaint": {}, "reopened": {"times": 2}}
    assert reasons_of(passed_on) == {"escalated": {"moved": True, "queue": "Escalations EU"}}
    assert reasons_of(slow) == {"long_handle": {"seconds": 3000, "limit": 250, "n": 26}}
    assert reasons_of(slow_topic) == {"long_handle": {"seconds": 2000, "limit": 250, "n": 26, "topic": "Delivery"}}
    since = new.opened_on.isoformat()
    assert reasons_of(new) == {"escalated": {"writers": 4}, "new_topic": {"topic": "Recall", "since": since, "number": 1}}

    with CaptureQueriesContext(
        connection,
    ) as first:
        look(moment)
    for number in range(30, 45):
        change(make_interaction(cast.rita, number=number, now=moment), reopens=1)
    with CaptureQueriesContext(connection) as more:
        assert look(moment) == 21
    assert len(more) <= len(first) + 2  # the statement that adds the new ones, not one per case


def test_what_was_drawn_is_old_or_of_somebody_gone_is_not_suggested(cast, moment):
    drawn = make_draw(cast.vera, cast.rita, number=1, now=moment).interaction
    old = make_interaction(cast.rita, number=2, now=moment, days_ago=40)
    gone = make_interaction(cast.ravi, number=3, now=moment)
    Interaction.objects.update(reopens=1)
    cast.ravi.is_active = False
    cast.ravi.save()
    assert look(moment) == 0
    ReviewDraw.objects.all().delete()
    assert look(moment) == 1
    assert Suggestion.objects.get().interaction == drawn
    assert {old.pk, gone.pk}.isdisjoint(Suggestion.objects.values_list("interaction_id", flat=True))
    Interaction.objects.update(reopens=0)  # the reason is gone: so is the suggestion
    assert look(moment) == 0
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(("values", "limit"), [(range(1, 101), 95), (range(1, 21), 19), ([5] * 30, 5), (range(19), None)])
def test_the_usual_handle_time_is_the_nearest_rank_of_95_percent(values, limit):
    found = usual_limits((7, value) for value in values)
    assert found == ({} if limit is None else {7: (limit, len(values))})


def test_a_lead_gives_one_to_a_reviewer_and_it_stays_out_of_the_score(cast, sign_in, moment):
    case = change(make_interaction(cast.rita, number=1, now=moment, subject="Lost again"), reopens=3, is_complaint=True)
    others = change(make_interaction(cast.otto, number=2, now=moment, subject="Of another team"), reopens=1)
    look(moment)
    lena = sign_in(cast.lena)
    page = lena.get(reverse("suggestion_list")).content.decode()
    assert "Lost again" in page
    assert "It was reopened 3 times." in page
    assert "It is marked as a complaint." in page
    assert "Of another team" not in page
    assert "Lost again" not in lena.get(reverse("suggestion_list"), {"reason": "new_topic"}).content.decode()
    assert "Nothing fits these filters" in lena.get(reverse("suggestion_list"), {"person": cast.ravi.pk}).content.decode()

    give = reverse("suggestion_give", args=[Suggestion.objects.get(interaction=case).pk])
    form = lena.get(give).content.decode()
    assert "It is marked as a complaint. It was reopened 3 times." in form  # offered as the reason
    assert lena.post(give, {"reviewer": cast.rita.pk, "reason": "x"}).status_code == 422  # nobody reviews themselves
    answer = lena.post(give, {"reviewer": cast.vera.pk, "reason": "It was reopened 3 times."}, follow=True)
    assert "Vera Example has it in the queue now." in answer.content.decode()
    draw = ReviewDraw.objects.get(interaction=case)
    assert (draw.method, draw.inclusion, draw.reviewer, draw.drawn_by) == ("targeted", None, cast.vera, cast.lena)
    assert "Lost again" not in lena.get(reverse("suggestion_list")).content.decode()
    assert lena.get(give).status_code == 404

    vera = sign_in(cast.vera)
    assert "It was reopened 3 times." in vera.get(reverse("suggestion_list")).content.decode()
    assert others.subject not in vera.get(reverse("suggestion_list")).content.decode()
    assert mean_score([cast.rita], date(2020, 1, 1), moment.date()) == {}


def test_dismissed_ones_do_not_return_and_can_be_brought_back(cast, sign_in, moment):
    case = change(make_interaction(cast.rita, number=1, now=moment, subject="Lost again"), reopens=1)
    look(moment)
    pk = Suggestion.objects.get(interaction=case).pk
    lena, back = sign_in(cast.lena), f"{reverse('suggestion_list')}?reason=reopened"
    assert lena.post(reverse("suggestion_dismiss", args=[pk]), {"back": back}).url == back
    assert lena.post(reverse("suggestion_dismiss", args=[pk]), {"back": "https://evil.example/"}).url == reverse(
        "suggestion_list"
    )
    look(moment)
    assert "Lost again" not in sign_in(cast.hana).get(reverse("suggestion_list")).content.decode()
    page = sign_in(cast.hana).get(reverse("suggestion_list"), {"show": "dismissed"}).content.decode()
    assert "Lost again" in page
    assert "Dismissed by Lena Example" in page
    lena.post(reverse("suggestion_restore", args=[pk]))
    assert "Lost again" in lena.get(reverse("suggestion_list")).content.decode()
    verbs = AuditEntry.objects.filter(verb__startswith="suggestion.").values_list("verb", "subject").order_by("pk")
    assert list(verbs) == [("suggestion.dismiss", cast.rita.pk), ("suggestion.restore", cast.rita.pk)]


def test_only_what_was_picked_changes_places_in_the_queue(cast, moment):
    draws = [
        make_draw(cast.vera, cast.rita, number=number, now=moment, method=method)
        for number, method in enumerate(["random", "targeted", "random", "targeted", "hand_picked", "random"])
    ]
    run = LearnerRun.objects.create(state="done", orders=True, asked_at=moment)
    for draw, value in zip(draws, [0.99, 0.1, 0.98, 0.5, 0.9, 0.97], strict=True):
        Likelihood.objects.create(interaction=draw.interaction, run=run, value=value)
    queue = ReviewDraw.objects.order_by("pk")
    assert list(likely_first(queue, cast.vera)) == draws  # not asked for
    services.choose_helpers(actor=cast.vera, likely_first=True, look_here_first=True, show_proposals=True, now=moment)
    assert list(likely_first(queue, cast.vera)) == [draws[n] for n in (0, 4, 2, 3, 1, 5)]
    LearnerRun.objects.create(state="done", orders=False, asked_at=moment)  # a newer one that did not beat chance
    assert list(likely_first(queue, cast.vera)) == draws


def give_at_once(suggestion, cast, moment) -> list[str]:
    """Two leads give the same conversation to two reviewers at the same moment; what each was told."""
    said: list[str] = []
    ready = threading.Barrier(2)

    def give(reviewer) -> None:
        try:
            ready.wait(timeout=10)
            services.give_suggestion(actor=cast.hana, suggestion=suggestion, reviewer=reviewer, reason="Look", now=moment)
            said.append("given")
        except QualityError as error:
            said.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give, args=[reviewer]) for reviewer in (cast.vera, cast.viktor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return said


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_of_two_who_give_at_once_one_does(cast, moment):
    suggestion = Suggestion.objects.create(
        interaction=make_interaction(cast.rita, number=1, now=moment), day=moment.date(), found_at=moment
    )
    assert sorted(give_at_once(suggestion, cast, moment)) == sorted(
        ["given", "Somebody gave this conversation to a reviewer meanwhile."]
    )
    assert ReviewDraw.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_both_would(cast, moment, monkeypatch):
    suggestion = Suggestion.objects.create(
        interaction=make_interaction(cast.rita, number=1, now=moment), day=moment.date(), found_at=moment
    )
    both_looked = threading.Barrier(2)

    def unlocked(found):
        both_looked.wait(timeout=10)
        return Suggestion.objects.get(pk=found.pk)

    monkeypatch.setattr(services, "_locked", unlocked)
    assert give_at_once(suggestion, cast, moment) == ["given", "given"]
    assert ReviewDraw.objects.count() == 2
