"""A helpdesk that misbehaves: nothing is lost or doubled, no cursor gets ahead of its rows, the error is said in words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from coaching.connectors import calling, spool
from coaching.connectors.models import Connection, SyncRun
from coaching.interactions.models import Interaction
from tests.coaching.connectors import fakes
from tests.coaching.connectors.fakes import GOOD_TOKEN, Clock, FakeHelpdesk

State = SyncRun.State
COUNT = 23
SYSTEMS = ("zendesk", "freshdesk", "intercom", "chatwoot", "zammad")

# Faults that pass by themselves: one of them in the middle, and the run ends well all the same.
PASSING = {
    "500": fakes.status(500),
    "502": fakes.status(502),
    "503 with Retry-After": fakes.status(503, Retry_After="4"),
    "429 in seconds": fakes.status(429, Retry_After="30"),
    "429 as a date": fakes.status(429, Retry_After="Mon, 15 Jun 2026 09:01:00 GMT"),
    "429 without a word": fakes.status(429),
    "429 with nonsense": fakes.status(429, Retry_After="soon"),
    "cut JSON": fakes.cut,
    "hung up": fakes.hung_up,
    "no JSON": fakes.damaged,
    "not a number": fakes.not_a_number,
    "too deep": fakes.deep,
    "slow": fakes.slow,
}
# Faults that stay until somebody does something: the run fails and says what.
STAYING = {
    "500 for ever": (fakes.status(500), "trouble of its own"),
    "expired token": (fakes.status(401), "does not accept the credentials"),
    "no right": (fakes.status(403), "may not read this"),
    "gone": (fakes.status(404), "nothing at this address"),
    "a text": (fakes.instead("tickets"), "something else than it documents"),
    "a number": (fakes.instead(7), "something else than it documents"),
    "an empty object": (fakes.instead({}), "something else than it documents"),
    "lists that are none": (
        fakes.instead({"tickets": {"id": 1}, "conversations": 5, "data": [], "end_of_stream": "no"}),
        "something else than it documents",
    ),
    "a web page": (fakes.html, "web page instead of data"),
    "too much": (fakes.huge, "sends more at once than is read"),
    "private address": (fakes.redirect("http://169.254.169.254/latest/meta-data/"), "sends us on to 169.254.169.254"),
    "another host": (fakes.redirect("https://elsewhere.example/api"), "sends us on to elsewhere.example"),
    "in a circle": (fakes.redirect("/api/v2/again"), "round in a circle"),
    "a teapot": (fakes.status(418), "did not take our request"),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.5)


def small_pages(fake: FakeHelpdesk) -> None:
    if hasattr(fake, "page_size"):
        fake.page_size = 5


def stored() -> set[str]:
    return set(Interaction.objects.values_list("external_id", flat=True))


def everything() -> set[str]:
    return {str(number) for number in range(1, COUNT + 1)}


def assert_cursor_behind_rows(connection: Connection, fake: FakeHelpdesk) -> None:
    """Whatever changed before the stored cursor is stored: read from there on, nothing would be missing."""
    entry = connection.cursors.get("tickets") or connection.cursors.get("conversations")
    if entry is None:
        return
    cursor = entry["cursor"]
    items = getattr(fake, "tickets", None) or fake.conversations
    if "newest" in cursor:  # newest first: only the beginning of the pass counts
        return
    started = fakes.iso(fakes.datetime.fromtimestamp(cursor.get("start", 0), fakes.UTC))
    mark = cursor.get("after", "").partition("|")[0] or cursor.get("since", started)
    for pk, item in items.items():
        changed = item.get("updated_at") or item["last_activity_at"]
        at = str(changed) if mark.isdigit() else fakes.iso(changed) if not isinstance(changed, (int, str)) else changed
        if isinstance(at, int):
            at = fakes.iso(fakes.datetime.fromtimestamp(at, fakes.UTC))
        if at < mark:
            assert str(pk) in stored(), f"{pk} changed at {at}, before the cursor {mark}, and is not here"


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("place", [0, 2])
def test_a_fault_that_passes_is_ridden_out(serve, connect, run, cast, fault, place):
    fake = serve("zendesk")
    small_pages(fake)
    fake.add(COUNT)
    fake.faults.extend([*[None] * place, PASSING[fault]])
    connection = connect(fake, "zendesk")
    result = run(connection)
    assert (result.state, result.error) == (State.DONE, "")
    assert not fake.faults
    assert stored() == everything()
    assert Interaction.objects.count() == COUNT


@pytest.mark.parametrize(("system", "place"), [*((system, 1) for system in SYSTEMS), ("zendesk", 0), ("zendesk", 3)])
@pytest.mark.parametrize("fault", STAYING)
def test_a_fault_that_stays_is_said_and_the_next_run_completes(serve, connect, run, cast, clock, system, place, fault):
    fake = serve(system)
    small_pages(fake)
    fake.add(COUNT)
    broken, words = STAYING[fault]
    fake.faults.extend([None] * place)
    fake.always = broken
    connection = connect(fake, system)
    result = run(connection)
    optional = fault in {"no right", "gone"} and result.state == State.DONE
    assert result.state == State.FAILED or optional
    if not optional:
        assert words in result.error
        assert words in connection.last_error
        assert connection.failures == 1
        assert connection.next_run_at is not None
        assert connection.next_run_at - clock.now <= timedelta(hours=1)
        assert connection.last_success_at is None
    assert_cursor_behind_rows(connection, fake)
    fake.always = None
    fake.faults.clear()
    clock.sleep(3600)
    result = run(connection)
    assert (result.state, result.error) == (State.DONE, "")
    assert stored() == everything()
    assert connection.failures == 0
    assert connection.last_error == ""


def test_a_redirect_to_a_private_address_is_never_followed(serve, connect, run, cast, clock, settings):
    """The second server listens on this machine and hears nothing."""
    fake, inside = serve("zendesk"), serve("zammad")
    settings.OUTGOING_ALLOWED_HOSTS = [fake.url.removeprefix("http://")]
    fake.add(3)
    fake.always = fakes.redirect(f"{inside.url}/api/v1/users/me")
    assert run(connect(fake, "zendesk")).state == State.FAILED
    assert inside.requests == []


def test_credentials_do_not_leave_the_host_even_where_it_is_allowed(serve, connect, run, cast):
    fake, other = serve("chatwoot"), serve("chatwoot")
    fake.always = fakes.redirect(other.url)
    run(connect(fake, "chatwoot"))
    assert other.requests == []


def test_a_private_address_is_refused_at_once(serve, connect, run, cast, settings):
    fake = serve("zendesk")
    settings.OUTGOING_ALLOWED_HOSTS = []
    result = run(connect(fake, "zendesk"))
    assert result.state == State.FAILED
    assert fake.requests == []
    assert "OUTGOING_ALLOWED_HOSTS" in result.error or "private network" in result.error


def test_a_long_pause_is_left_to_the_next_run(serve, connect, run, cast, clock):
    fake = serve("freshdesk")
    fake.add(3)
    fake.faults.append(fakes.status(429, Retry_After="1500"))
    connection = connect(fake, "freshdesk")
    result = run(connection)
    assert result.state == State.LATER
    assert "slow down" in result.error
    assert connection.failures == 0
    assert abs(connection.next_run_at - clock.now - timedelta(seconds=1500)) < timedelta(seconds=5)
    assert max(clock.slept, default=0) <= 60


def test_nobody_is_left_alone_for_more_than_an_hour(serve, connect, run, cast, clock):
    fake = serve("freshdesk")
    fake.faults.append(fakes.status(429, Retry_After="86400"))
    connection = connect(fake, "freshdesk")
    run(connection)
    assert connection.next_run_at - clock.now <= timedelta(hours=1)
    fake.always = fakes.status(500)
    pauses = []
    for _time in range(12):
        run(connection)
        pauses.append(connection.next_run_at - clock.now)
    assert pauses[0] < pauses[1] < pauses[2]
    assert max(pauses) <= timedelta(hours=1)


def test_waits_double_with_jitter(serve, connect, run, cast, clock):
    fake = serve("freshdesk")
    fake.always = fakes.status(500)
    run(connect(fake, "freshdesk"))
    # Half of each wait by chance (here always half of that half): 1, 2, 4, 8, 16 s.
    assert clock.slept == [0.75, 1.5, 3.0, 6.0, 12.0]


def test_no_request_is_left_in_this_minute(serve, connect, run, cast, clock):
    fake = serve("freshdesk")
    fake.remaining = "0"
    run(connect(fake, "freshdesk"))
    assert clock.slept
    assert max(clock.slept) <= 60


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_page_for_ever_ends_the_run_and_loses_nothing(serve, connect, run, cast, clock, system):
    fake = serve(system)
    small_pages(fake)
    fake.add(60)
    first: dict[str, bytes] = {}

    def repeated(reply):
        key = fake.requests[-1].path
        first.setdefault(key, json.dumps(reply.payload).encode())
        return fakes.Reply(raw=first[key])

    fake.always = repeated
    connection = connect(fake, system)
    result = run(connection)
    calls = len(fake.requests)
    assert calls < 400
    fake.always = None
    clock.sleep(3600)
    result = run(connection)
    assert result.state == State.DONE
    assert len(stored()) == 60


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_page_repeated_once_changes_nothing(serve, connect, run, cast, system):
    fake = serve(system)
    small_pages(fake)
    fake.add(60)
    last: dict[str, bytes] = {}
    counter = {"n": 0}

    def now_and_then(reply):
        counter["n"] += 1
        key = fake.requests[-1].path
        current = json.dumps(reply.payload).encode()
        sent = last.get(key, current) if counter["n"] % 3 == 0 else current
        last[key] = current
        return fakes.Reply(raw=sent)

    fake.always = now_and_then
    connection = connect(fake, system)
    for _time in range(3):
        run(connection)
    fake.always = None
    run(connection)
    assert len(stored()) == 60


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
@pytest.mark.parametrize("system", SYSTEMS)
def test_clocks_that_disagree_lose_nothing(serve, connect, run, cast, clock, system, hours):
    """The helpdesk's clock is `hours` off ours, in its answers and in its rows alike."""
    fake = serve(system)
    fake.skew = timedelta(hours=hours)
    fake.add(COUNT, since=clock.now + fake.skew - timedelta(days=1))
    connection = connect(fake, system)
    run(connection)
    for number in range(3):
        clock.sleep(1800)
        fake.touch(100 + number, clock.now + fake.skew - timedelta(minutes=10))
        run(connection)
    clock.sleep(abs(hours) * 3600 + 120)
    run(connection)
    assert stored() == everything() | {"100", "101", "102"}


@pytest.mark.parametrize("system", ["freshdesk", "intercom", "chatwoot", "zammad"])
def test_a_row_from_the_future_hides_nothing(serve, connect, run, cast, clock, system):
    fake = serve(system)
    fake.add(3)
    fake.touch(99, clock.now + timedelta(days=3000))
    connection = connect(fake, system)
    run(connection)
    clock.sleep(3600)
    fake.touch(50, clock.now - timedelta(minutes=30))
    run(connection)
    assert {"50", "1", "2", "3"} <= stored()


def test_an_empty_page_in_the_middle_is_no_end(serve, connect, run, cast):
    fake = serve("zendesk")
    small_pages(fake)
    fake.add(COUNT)

    def emptied(reply):
        return fakes.Reply({**reply.payload, "tickets": [], "after_cursor": "0000|0", "end_of_stream": False})

    fake.faults.append(emptied)
    assert run(connect(fake, "zendesk")).state == State.DONE
    assert stored() == everything()


def test_empty_pages_for_ever_end_the_run(serve, connect, run, cast):
    fake = serve("zendesk")
    counter = iter(range(10_000))
    fake.always = lambda reply: fakes.Reply({"tickets": [], "after_cursor": f"0|{next(counter)}", "end_of_stream": False})
    result = run(connect(fake, "zendesk"))
    assert result.state == State.FAILED
    assert len(fake.requests) < 80


def test_a_token_that_expires_in_the_middle(serve, connect, run, cast, clock):
    fake = serve("zendesk")
    small_pages(fake)
    fake.add(COUNT)
    fake.on_request = lambda request: setattr(fake, "token", "another" if len(fake.requests) > 4 else GOOD_TOKEN)
    connection = connect(fake, "zendesk")
    result = run(connection)
    assert result.state == State.FAILED
    assert "expired" in result.error
    # What had come before it expired is there, and the helpdesk was not asked five times more.
    assert 0 < len(stored()) < COUNT
    fake.on_request, fake.token = (lambda request: None), GOOD_TOKEN
    run(connection)
    assert stored() == everything()


def test_a_cursor_that_zendesk_forgot_begins_again_where_it_was(serve, connect, run, cast, clock):
    fake = serve("zendesk")
    fake.add(COUNT)
    connection = connect(fake, "zendesk")
    run(connection)
    clock.sleep(7200)
    fake.touch(77, clock.now - timedelta(minutes=10))
    fake.known_cursors = set()
    original = fake.serve

    def forgetful(request):
        reply = original(request)
        if "incremental" in request.path and reply.status == 200 and reply.payload["after_cursor"]:
            fake.known_cursors.add(reply.payload["after_cursor"])
        return reply

    fake.serve = forgetful
    assert run(connection).state == State.DONE
    assert "77" in stored()


def test_a_place_that_intercom_forgot_begins_again_where_it_was(serve, connect, run, cast):
    fake = serve("intercom")
    fake.add(COUNT)
    fake.known_places = set()
    assert run(connect(fake, "intercom")).state in {State.DONE, State.FAILED}


def test_entries_that_are_no_objects_are_counted_and_left_out(serve, connect, run, cast):
    fake = serve("zendesk")
    fake.page_size = 100
    fake.add(4)

    def spoiled(reply):
        odd = [None, "x", 7, [1], {"id": None}, {"id": 3.5, "created_at": 5}, {"id": 9999, "created_at": "yesterday"}]
        return fakes.Reply({**reply.payload, "tickets": [*reply.payload["tickets"], *odd]})

    fake.faults.append(spoiled)
    result = run(connect(fake, "zendesk"))
    assert result.state == State.DONE
    assert result.rejected >= 5
    assert {"1", "2", "3", "4"} <= stored()


def test_what_no_database_stores_is_taken_out(serve, connect, run, cast):
    fake = serve("zendesk")
    fake.add(2)
    fake.touch(2, fake.clock.now - timedelta(hours=3), subject="half \ud83d and NUL \x00 end")
    assert run(connect(fake, "zendesk")).state == State.DONE
    assert Interaction.objects.get(external_id="2").subject.startswith("half")


def test_an_answer_that_is_too_large_is_asked_for_in_smaller_pages(serve, connect, run, cast):
    fake = serve("freshdesk")
    fake.add(30)

    def grown(reply):
        many = isinstance(reply.payload, list) and len(reply.payload) > 12
        return fakes.huge(reply) if many else reply

    fake.always = grown
    assert run(connect(fake, "freshdesk")).state == State.DONE
    assert len(stored()) == 30


def test_a_helpdesk_that_ignores_the_order_is_not_believed(serve, connect, run, cast):
    fake = serve("zammad")
    fake.add(20)
    fake.always = lambda reply: (
        fakes.Reply(reply.payload[::-1])
        if isinstance(reply.payload, list) and "updated_at" in (reply.payload or [{}])[0]
        else reply
    )
    result = run(connect(fake, "zammad"))
    assert result.state == State.FAILED
    assert "order" in result.error


def test_the_spool_goes_after_success_and_after_a_format_that_is_refused(serve, connect, run, cast, clock):
    fake = serve("zendesk")
    fake.add(3)
    connection = connect(fake, "zendesk")
    fake.faults.append(lambda reply: fakes.Reply({**reply.payload, "tickets": [{"no": "id"}], "end_of_stream": True}))
    result = run(connection)
    assert result.state in {State.FAILED, State.DONE}
    fake.touch(1, clock.now - timedelta(minutes=5))
    fake.touch(2, clock.now - timedelta(minutes=5))
    fake.touch(3, clock.now - timedelta(minutes=5))
    run(connection)
    assert stored() == {"1", "2", "3"}
    assert [path.name for path in spool.folder_of(connection.pk).iterdir()] == ["lock"]


def test_clock_of_the_fakes_moves_only_by_sleeping():
    clock = Clock()
    before = clock.now
    clock.sleep(60)
    assert timedelta(seconds=60) <= clock.now - before < timedelta(seconds=61)
