"""The assistant: off by default, measured before it proposes, accepted by a person, and nothing breaks where it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from coaching.quality import services as quality
from coaching.quality.assessments.services import ask_for_assessment
from coaching.quality.models import Quote, Rating, ScorecardVersion
from coaching.quality.services import QualityError
from coaching.quality.suggestions.assistant import client, prompt, queries, services
from coaching.quality.suggestions.assistant.endpoint import endpoint
from coaching.quality.suggestions.assistant.redaction import redact
from coaching.quality.suggestions.assistant.working import MOST_ATTEMPTS, ask_waiting
from coaching.quality.suggestions.models import AssistantRequest, AssistantSwitch, AssistantTrial, Proposal
from coaching.quality.suggestions.services import choose_helpers
from foundation.outgoing import OutgoingRefused, check_url, guarded_client
from people.models import AuditEntry
from tests.factories.quality import answers, make_draft, make_interaction
from tests.factories.reviewed import make_reviewed


class FakeAssistant:
    """An endpoint on 127.0.0.1 that answers by `reply(asked)`: a (status, headers, body) or the list of answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.reply: Callable[[dict[str, Any]], Any] = lambda asked: [
            {"criterion": c["key"], "answer": c["answers"][0]["key"]} for c in asked["criteria"]
        ]
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.bodies.append(body)
                fake.keys.append(self.headers.get("Authorization", ""))
                asked = json.loads(body["messages"][1]["content"])
                fake.asked.append(asked)
                found = fake.reply(asked)
                if not isinstance(found, tuple):
                    content = found if isinstance(found, str) else json.dumps({"answers": found})
                    found = (200, {}, json.dumps({"choices": [{"message": {"content": content}}]}))
                status, headers, text = found
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@pytest.fixture
def fake(settings):
    """Configured as an operator would; not in OUTGOING_ALLOWED_HOSTS."""
    found = FakeAssistant()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    settings.ASSISTANT_URL, settings.ASSISTANT_MODEL, settings.ASSISTANT_KEY = found.url, "small", "canary-key-77"
    settings.OUTGOING_ALLOWED_HOSTS = []
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def moment():
    return timezone.now()


def as_stored(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Answers as the reviewers of `make_reviewed` did, with the words of the agent: the first criterion fails where they are poor."""
    agent = next(turn for turn in asked["conversation"] if turn["by"] == "agent")
    poor = "not possible" in agent["text"]
    return [
        {"criterion": c["key"], "answer": [a["key"] for a in c["answers"] if a["key"] != "na"][-1 if poor and n == 0 else 0],
         "message": agent["message"], "quote": agent["text"][-20:]}
        for n, c in enumerate(asked["criteria"])
    ]  # fmt: skip


def measured(cast, moment) -> ScorecardVersion:
    make_reviewed(cast.rita, cast.vera, 52, now=moment, poor=[n % 3 == 0 for n in range(52)])
    version = ScorecardVersion.objects.get(state="published")
    services.measure_assistant(actor=cast.hana, version=version, now=moment)
    ask_waiting(timezone.now)
    return version


def test_off_by_default_nothing_is_asked_or_shown(cast, sign_in, moment):
    draft = make_draft(cast.vera, cast.rita, now=moment)
    assert endpoint() is None
    assert not AssistantRequest.objects.exists()
    assert ask_waiting(timezone.now) == "no assistant is configured"
    assert "None is configured, and nothing leaves this system" in sign_in(cast.hana).get(reverse("helper_list")).content.decode()
    page = sign_in(cast.vera).get(reverse("review_edit", args=[draft.pk])).content.decode()
    assert "Proposed:" not in page
    assert "helper-panel" not in page
    with pytest.raises(QualityError, match="No assistant is configured"):
        services.measure_assistant(actor=cast.hana, version=draft.scorecard_version, now=moment)


def test_from_the_trial_to_an_accepted_proposal(cast, sign_in, moment, fake, django_capture_on_commit_callbacks):
    make_reviewed(cast.rita, cast.vera, 49, now=moment, poor=[n % 3 == 0 for n in range(49)])
    version = ScorecardVersion.objects.get(state="published")
    page = reverse("assistant_detail", args=[version.pk])
    hana = sign_in(cast.hana)
    assert "49 of 50 published random reviews" in hana.get(page).content.decode()
    assert "There are 49 of 50" in hana.post(reverse("assistant_measure", args=[version.pk]), follow=True).content.decode()
    refused = hana.post(reverse("assistant_turn_on", args=[version.pk]), {"confirmed": "yes"}, follow=True)
    assert "Measure the assistant on at least 50 reviewed conversations first." in refused.content.decode()
    make_reviewed(cast.ravi, cast.vera, 3, now=moment, poor=[True, False, False])

    def reply(asked):
        found = as_stored(asked)
        if "order 3?" in asked["conversation"][0]["text"]:
            found[1]["answer"] = "a2"  # one disagreement
        return [entry for entry in found if entry["criterion"] != asked["criteria"][-1]["key"]]

    fake.reply = reply
    with django_capture_on_commit_callbacks(execute=True):
        hana.post(reverse("assistant_measure", args=[version.pk]))
    trial = AssistantTrial.objects.get()
    assert (trial.state, trial.problem) == ("done", "")
    assert len(fake.asked) == 52
    assert set(fake.keys) == {"Bearer canary-key-77"}
    sent = json.dumps(fake.asked)
    assert "Rita" not in sent
    assert "Kim" not in sent
    assert "Depot informed" not in sent  # an internal note
    rows = queries.trial_agreement(trial)
    assert (rows[0].n, rows[0].measures.percent.value, rows[0].measures.alpha.value) == (52, 1.0, 1.0)
    assert rows[1].measures.percent.value == pytest.approx(51 / 52)
    assert (rows[-1].n, rows[-1].silent, rows[-1].measures) == (0, 52, None)
    text = hana.get(page).content.decode()
    assert "52 of 52 conversations answered" in text
    assert "not enough data" in text

    assert (
        "Confirm that you have read" in hana.post(reverse("assistant_turn_on", args=[version.pk]), follow=True).content.decode()
    )
    assert not AssistantSwitch.objects.exists()
    assert sign_in(cast.vera).post(reverse("assistant_turn_on", args=[version.pk]), {"confirmed": "yes"}).status_code == 403
    hana.post(reverse("assistant_turn_on", args=[version.pk]), {"confirmed": "yes"})
    assert AssistantSwitch.objects.get().is_on

    with django_capture_on_commit_callbacks(execute=True):
        draft = make_draft(cast.vera, cast.otto, number=1, now=moment)
    own = ask_for_assessment(
        actor=cast.otto, interaction=make_interaction(cast.otto, number=2, now=moment), reason="", now=moment
    )
    quality.start_review(actor=cast.otto, draw=own, now=moment)  # what somebody thinks of their own work is asked of nobody else
    assert AssistantRequest.objects.get(trial=None).state == "answered"
    vera, address = sign_in(cast.vera), reverse("review_edit", args=[draft.pk])
    text = vera.get(address).content.decode()
    assert text.count("Proposed:") == len(rows) - 1
    assert "checked>" not in text.partition("sheet__body")[2].partition("sheet__foot")[0]  # nothing is filled in
    assert not Rating.objects.filter(review=draft).exists()

    first = Proposal.objects.filter(request__review=draft).order_by("pk")[0]
    answer = vera.post(address, {"action": f"accept:{first.pk}", "overall": "Kept"})
    assert answer.url == f"{address}#criterion-{first.criterion_id}"
    draft.refresh_from_db()
    assert draft.comment == "Kept"  # what was written and not saved yet is not lost by accepting
    rating = Rating.objects.get(review=draft, criterion=first.criterion)
    assert rating.answer_id == first.answer_id
    assert Quote.objects.get(rating=rating).excerpt == first.excerpt
    assert first.excerpt in first.message.body
    assert "Your answer is the same." in vera.get(address).content.decode()
    assert AuditEntry.objects.filter(verb="review.accept_proposal", subject=cast.otto).count() == 1
    stranger = Proposal.objects.exclude(request__review=draft)[0]  # of the trial
    vera.post(address, {"action": f"accept:{stranger.pk}"})
    assert Rating.objects.filter(review=draft).count() == 1

    choose_helpers(actor=cast.vera, likely_first=False, look_here_first=True, show_proposals=False, now=moment)
    text = vera.get(address).content.decode()
    assert "Proposed:" not in text
    assert "Show proposals" in text

    second = Proposal.objects.filter(request__review=draft).order_by("pk")[1]
    given = answers(draft)
    worse = second.criterion.answers.order_by("value")[0]
    wishes = [
        g if g.criterion_id != second.criterion_id else type(g)(criterion_id=g.criterion_id, answer_id=worse.pk, comment="No.")
        for g in given
    ]
    quality.save_draft(actor=cast.vera, review=draft, ratings=wishes, comment="", now=moment)
    quality.publish_review(actor=cast.vera, review=draft, now=moment)
    live = {row.criterion.pk: row for row in queries.live_agreement(version)}
    assert (live[first.criterion_id].n, live[first.criterion_id].same, live[first.criterion_id].accepted) == (1, 1, 1)
    assert (live[second.criterion_id].same, live[second.criterion_id].changed) == (0, 1)
    assert "Since it is on" in hana.get(page).content.decode()


def test_another_model_or_version_needs_a_trial_of_its_own(cast, moment, fake, settings, sign_in):
    fake.reply = as_stored
    version = measured(cast, moment)
    services.turn_on_assistant(actor=cast.hana, version=version, now=moment)
    settings.ASSISTANT_MODEL = "large"
    state = queries.assistant_state(version)
    assert (state.is_on, state.needs_new_trial, state.measured) == (False, True, None)
    make_draft(cast.vera, cast.otto, number=1, now=moment)
    assert not AssistantRequest.objects.filter(trial=None).exists()
    with pytest.raises(QualityError, match="Measure the assistant"):
        services.turn_on_assistant(actor=cast.hana, version=version, now=moment)
    settings.ASSISTANT_MODEL = "small"
    other = ScorecardVersion.objects.create(scorecard=version.scorecard, number=99, state="archived", created_at=moment)
    with pytest.raises(QualityError, match="Measure the assistant"):
        services.turn_on_assistant(actor=cast.hana, version=other, now=moment)
    assert sign_in(cast.hana).get(reverse("assistant_detail", args=[other.pk])).status_code == 404
    services.turn_off_assistant(actor=cast.hana, version=version, now=moment)
    assert not queries.assistant_state(version).is_on


FAULTS = [
    ((429, {"Retry-After": "700"}, "{}"), "The assistant is busy.", 700),
    ((503, {}, "oops"), "has a fault of its own (status 503)", 30),
    ("I think it was fine!", "did not answer in the form", 30),
    ((200, {}, '{"choices": []}'), "in a form that is not known", 30),
    ((200, {}, "x" * (client.MAX_BYTES + 10)), "cannot be reached", 30),
]


def test_a_fault_is_told_calmly_and_asked_again_within_limits(cast, sign_in, moment, fake):
    draft = make_draft(cast.vera, cast.rita, now=moment)
    version = draft.scorecard_version
    trial = AssistantTrial.objects.create(version=version, model="small", state="done", started_by=cast.hana, started_at=moment)
    AssistantSwitch.objects.create(version=version, is_on=True, trial=trial, changed_by=cast.hana, changed_at=moment)
    vera, address = sign_in(cast.vera), reverse("review_edit", args=[draft.pk])
    for reply, text, seconds in FAULTS:
        AssistantRequest.objects.all().delete()
        request = AssistantRequest.objects.create(review=draft, model="small", next_try_at=moment)
        fake.reply = lambda asked, reply=reply: reply
        ask_waiting(lambda: moment)
        request.refresh_from_db()
        assert text in request.problem
        assert "canary-key-77" not in request.problem
        assert (request.state, request.next_try_at) == ("waiting", moment + timedelta(seconds=seconds))
    assert "The assistant is being asked. Go on" in vera.get(address).content.decode()
    asked = len(fake.asked)
    for attempt in range(2, MOST_ATTEMPTS + 1):
        ask_waiting(lambda: request.next_try_at - timedelta(seconds=1))  # not due yet
        ask_waiting(lambda: request.next_try_at)
        request.refresh_from_db()
        assert (request.attempts, len(fake.asked)) == (attempt, asked + attempt - 1)
    assert request.state == "failed"
    assert "No proposals for this one. Nothing is missing" in vera.get(address).content.decode()


def test_what_cannot_get_better_by_asking_again_stops_the_trial(cast, moment, fake):
    fake.reply = lambda asked: (401, {}, "{}")
    version = measured(cast, moment)
    trial = AssistantTrial.objects.get()
    assert (trial.state, len(fake.asked)) == ("stopped", 1)
    assert "ASSISTANT_KEY" in trial.problem
    fake.reply = as_stored
    services.measure_assistant(actor=cast.hana, version=version, now=moment)
    with pytest.raises(QualityError, match="running already"):
        services.measure_assistant(actor=cast.hana, version=version, now=moment)
    services.stop_measuring(actor=cast.hana, version=version, now=moment)
    ask_waiting(timezone.now)
    assert len(fake.asked) == 1  # nothing more is asked
    assert queries.measured_trial(version, "small") is None

    fake.reply = lambda asked: (503, {}, "")  # it is not this question: the others are not asked in vain
    last = services.measure_assistant(actor=cast.hana, version=version, now=moment)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        due = last.requests.order_by("next_try_at")[0].next_try_at
        assert last.requests.filter(next_try_at__lt=due).count() == 0
        ask_waiting(lambda due=due: due)
        assert len(fake.asked) == 1 + attempt
    last.refresh_from_db()
    assert (last.state, last.problem) == ("stopped", "The assistant has a fault of its own (status 503).")


def test_an_endpoint_that_knows_no_schema_is_asked_without(fake):
    fake.reply = lambda asked: (400, {}, "{}") if "response_format" in fake.bodies[-1] else "[]"
    messages = [{"role": "system", "content": ""}, {"role": "user", "content": "{}"}]
    assert client.complete(endpoint(), messages, prompt.SCHEMA) == "[]"
    assert ["response_format" in body for body in fake.bodies] == [True, False]


def test_the_guard_opens_for_the_configured_host_alone(fake):
    to = endpoint()
    assert "canary-key-77" not in repr(to)
    other = to.url.replace(to.allowed, "127.0.0.1:9")
    with guarded_client(also_allowed=[to.allowed]) as allowed, pytest.raises(OutgoingRefused):
        allowed.post(other, json={})
    with guarded_client() as plain, pytest.raises(OutgoingRefused):
        plain.post(to.url, json={})
    with pytest.raises(OutgoingRefused):
        check_url(to.url)
    assert fake.asked == []
    fake.reply = lambda asked: (302, {"Location": fake.url + "/elsewhere"}, "")
    with pytest.raises(client.NoAnswer):  # a redirect would carry the key along
        client.complete(to, [{"role": "system", "content": ""}, {"role": "user", "content": "{}"}], prompt.SCHEMA)
    assert len(fake.asked) == 1


def test_only_what_fits_the_scorecard_and_stands_in_the_message_is_believed(cast, moment):
    review = make_draft(cast.vera, cast.rita, now=moment)
    criteria = list(review.scorecard_version.sections.first().criteria.prefetch_related("answers"))
    messages = list(review.interaction.messages.filter(is_private=False))
    key = criteria[0].key
    best = {"criterion": key, "answer": "a1"}

    def found(*entries, whole=None):
        text = whole if whole is not None else json.dumps({"answers": list(entries)})
        return [(f.criterion.key, f.answer, f.message, f.excerpt) for f in prompt.understand(text, criteria, messages)]

    answer = criteria[0].answers.all()[0]
    words = "nine days is far   too long"  # as it stands there, but for the spaces
    assert found({**best, "message": 2, "quote": words}) == [(key, answer, messages[1], "nine days is far too long")]
    assert found(whole="```json\n" + json.dumps({"answers": [best]}) + "\n```") == [(key, answer, None, "")]
    for quote, message in [("nobody wrote this", 2), ("nine days is far", 3), ("nine days is far", 99), ("", 2), ("nine", 0)]:
        assert found({**best, "message": message, "quote": quote}) == [(key, answer, None, "")]
    assert found({"criterion": "unknown", "answer": "a1"}, {"criterion": key, "answer": "a99"}, "text", {"answer": 1}) == []
    assert found(best, {**best, "answer": "a2"}) == [(key, answer, None, "")]  # the first counts
    if not criteria[0].allow_na:
        assert found({**best, "answer": "na"}) == []
    for whole in ("", "no JSON", "[]", '{"answers": 3}', '{"other": []}'):
        with pytest.raises(prompt.NotUnderstood):
            found(whole=whole)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to kim.lee+x@mail.example.co.uk.", "Write to [e-mail]."),
        ("Call +49 (0)30 123 45 67 or 030/1234567!", "Call [number] or [number]!"),
        ("Card 4111 1111 1111 1111, order 12345678", "Card [number], order [number]"),
        ("IBAN DE44 5001 0517 5407 3249 31 please", "IBAN [number] please"),
        ("My password is tulip77, the PIN: 4711.", "My password is •••••••, the PIN: ••••."),
        ("I paid 19.99 on 3 June, 2 pieces, room 1204.", "I paid 19.99 on 3 June, 2 pieces, room 1204."),
    ],
)
def test_what_can_be_told_by_its_form_is_masked(text, masked):
    assert redact(text) == masked


def test_an_assessment_gets_no_proposals_and_stops_nobodys(cast, sign_in, moment, fake):
    version = measured(cast, moment)
    services.turn_on_assistant(actor=cast.hana, version=version, now=moment)
    case = make_interaction(cast.rita, number=900, now=moment)
    draw = ask_for_assessment(actor=cast.rita, interaction=case, reason="", now=moment)
    own = quality.start_review(actor=cast.rita, draw=draw, now=moment)
    assert not AssistantRequest.objects.filter(trial=None).exists()
    draft = make_draft(cast.vera, cast.otto, number=901, now=moment)
    assert ask_waiting(timezone.now) == "1 reviews answered, 0 not"
    assert Proposal.objects.filter(request__review=draft).exists()
    assert "helpers" not in sign_in(cast.rita).get(reverse("review_edit", args=[own.pk])).content.decode().split("<main")[1]


def test_a_proposal_quotes_no_personal_data(cast, moment):
    review = make_draft(cast.vera, cast.rita, now=moment)
    message = review.interaction.messages.get(position=1)
    message.body = "Write to kim@example.com today."
    criterion = review.scorecard_version.sections.first().criteria.prefetch_related("answers")[0]
    entry = {"criterion": criterion.key, "answer": "a1", "message": 1, "quote": "Write to kim@example.com"}
    [found] = prompt.understand(json.dumps({"answers": [entry]}), [criterion], [message])
    assert found.excerpt == "Write to •••@•••••••.•••"
