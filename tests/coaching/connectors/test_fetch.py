"""What a run brings from each of the five helpdesks, and what the next one adds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coaching.connectors.clients import freshdesk
from coaching.connectors.models import SyncRun
from coaching.interactions.models import Handler, Interaction, Message, SurveyResponse

SYSTEMS = ("zendesk", "freshdesk", "intercom", "chatwoot", "zammad")


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_first_run_brings_everything_and_a_second_nothing_new(system, serve, connect, run, cast, clock):
    fake = serve(system)
    fake.add(23)
    connection = connect(fake, system)
    result = run(connection)
    assert (result.state, result.error) == (SyncRun.State.DONE, "")
    assert Interaction.objects.filter(source=connection.source).count() == 23
    # Matched by the e-mail that only the helpdesk's list of agents tells.
    assert cast.rita.pk in set(Handler.objects.values_list("person", flat=True))
    assert result.rejected == 0
    assert result.fetched >= 23
    assert connection.last_success_at is not None
    assert connection.failures == 0
    clock.sleep(3600)
    again = run(connection)
    assert (again.state, again.created, again.updated) == (SyncRun.State.DONE, 0, 0)
    assert Interaction.objects.count() == 23


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_changed_since_comes_with_the_next_run(system, serve, connect, run, cast, clock):
    fake = serve(system)
    fake.add(12)
    connection = connect(fake, system)
    run(connection)
    before = connection.data_as_of
    clock.sleep(3600)
    fake.touch(4, clock.now - timedelta(minutes=20))
    fake.touch(90, clock.now - timedelta(minutes=10))
    result = run(connection)
    assert Interaction.objects.filter(external_id="90").count() == 1
    assert Interaction.objects.count() == 13
    assert result.updated >= 1
    assert connection.data_as_of > before
    # Only what is new was asked for, and a little before it.
    assert result.fetched <= 6 + 2


def test_zendesk_ratings_of_both_generations(serve, connect, run, cast, clock):
    fake = serve("zendesk")
    fake.add(6)
    for number in range(7):
        fake.rate(100 + number, 1 + number % 6, clock.now - timedelta(hours=30 - number), "good" if number else "offered")
    fake.respond("r-1", 2, clock.now - timedelta(hours=5), 4)
    fake.respond("r-2", 3, clock.now - timedelta(hours=4), 1)
    connection = connect(fake, "zendesk")
    result = run(connection)
    assert result.error == ""
    assert SurveyResponse.objects.filter(external_id__startswith="10").count() == 6
    assert set(SurveyResponse.objects.filter(external_id__startswith="r-").values_list("external_id", "polarity")) == {
        ("r-1", 1),
        ("r-2", -1),
    }


def test_zendesk_asks_at_most_ten_times_a_minute(serve, connect, run, cast, clock):
    fake = serve("zendesk")
    fake.add(60)
    times = []
    fake.on_request = lambda request: times.append(clock.now) if "incremental" in request.path else None
    run(connect(fake, "zendesk"))
    assert len(times) >= 12
    assert min((later - earlier).total_seconds() for earlier, later in zip(times, times[10:], strict=False)) >= 60


def test_zendesk_without_the_new_survey_says_so_and_goes_on(serve, connect, run, cast):
    fake = serve("zendesk")
    fake.add(3)
    fake.has_responses = False
    connection = connect(fake, "zendesk")
    result = run(connection)
    assert result.state == SyncRun.State.DONE
    assert any("Survey responses" in note for note in result.notes)
    assert connection.data_as_of is not None


def test_freshdesk_without_the_right_to_list_agents_matches_by_id(serve, connect, run, cast):
    fake = serve("freshdesk")
    fake.lists_agents = False
    fake.add(3)
    fake.rate(1, 2, fake.clock.now - timedelta(hours=1), -103)
    assert run(connect(fake, "freshdesk")).state == SyncRun.State.DONE
    assert Handler.objects.get(external_key="21").person is None
    assert SurveyResponse.objects.get().polarity == -1


def test_freshdesk_reaches_beyond_its_last_page(serve, connect, run, cast, monkeypatch):
    """Page numbers end (at 300; here at 4): each request begins at the newest ticket seen instead."""
    monkeypatch.setattr(freshdesk, "MOST_PAGES", 4)
    fake = serve("freshdesk")
    fake.page_size, fake.most_pages = 3, 4
    fake.add(40, step=timedelta(minutes=1))
    assert run(connect(fake, "freshdesk")).state == SyncRun.State.DONE
    assert Interaction.objects.count() == 40


def test_intercom_brings_messages_and_ratings_with_the_conversation(serve, connect, run, cast):
    fake = serve("intercom")
    fake.add(3)
    run(connect(fake, "intercom"))
    assert Message.objects.count() == 9
    assert Message.objects.filter(is_private=True).count() == 3
    assert SurveyResponse.objects.count() == 3
    assert set(Interaction.objects.values_list("handler__person__email", flat=True)) == {"rita@example.com"}


def test_chatwoot_brings_long_conversations_whole_and_its_survey(serve, connect, run, cast, clock):
    fake = serve("chatwoot")
    fake.add(60)
    fake.touch(1, clock.now - timedelta(hours=1), messages=95)
    fake.rate(1, 1, clock.now - timedelta(minutes=30), 2)
    run(connect(fake, "chatwoot"))
    assert Message.objects.filter(interaction__external_id="1").count() == 95
    assert Interaction.objects.count() == 60
    assert SurveyResponse.objects.get().polarity == -1


def test_zammad_brings_articles_as_messages(serve, connect, run, cast):
    fake = serve("zammad")
    fake.add(4)
    run(connect(fake, "zammad"))
    assert Message.objects.count() == 8
    assert not any("articles" in key for extra in Interaction.objects.values_list("extra", flat=True) for key in extra or {})


@pytest.mark.parametrize("system", ["freshdesk", "zammad"])
def test_rows_that_change_while_pages_are_read_are_not_missed(system, serve, connect, run, cast, clock):
    """With page numbers over a shifting list the row behind each changed one would be skipped."""
    fake = serve(system)
    fake.page_size = 5
    fake.add(40)
    left = list(range(1, 8))

    def change(request):
        if ("search" in request.path or request.path.endswith("/tickets")) and left:
            fake.touch(left.pop(0), clock.now)

    fake.on_request = change
    connection = connect(fake, system)
    run(connection)
    clock.sleep(600)
    run(connection)
    assert Interaction.objects.count() == 40


@pytest.mark.parametrize("page_size", [100, 20])
def test_more_rows_of_one_second_than_a_page_holds(serve, connect, run, cast, clock, page_size):
    """Also where the helpdesk gives fewer a page than it was asked for."""
    fake = serve("zammad")
    fake.page_size = page_size
    fake.add(60, step=timedelta(0))
    fake.add(5, since=clock.now - timedelta(hours=1))
    run(connect(fake, "zammad"))
    assert Interaction.objects.count() == 65
