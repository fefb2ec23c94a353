"""The API against its own description, for every kind of caller: no server error, nothing undocumented (R-70).

Good and bad requests are made up from the description and sent through the WSGI door.
"""

from __future__ import annotations

from functools import lru_cache

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from coaching.feeds import api, services
from coaching.feeds.services import tokens
from coaching.interactions.models import Interaction
from tests.coaching.feeds.conftest import case

# How many good and how many bad requests are made up; who never gets past the door needs few.
EXAMPLES = {"every scope": 8, "one source": 3, "reads only": 3, "nobody": 2, "revoked": 2}
REFUSING = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
CONFIG = {
    "checks": {
        # 207 is how a batch with a bad row is answered: the row is refused, the others are not.
        "negative_data_rejection": {"expected-statuses": [*REFUSING, "207"]},
        # The one rule that JSON Schema cannot say: a scale's lowest value lies below its highest.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]},
    }
}
OPERATIONS = ["send_interactions", "send_messages", "send_surveys", "read_interaction", "take_webhook"]


@pytest.fixture(autouse=True)
def _as_before():
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def application():
    """The site's WSGI door. A request ends with its connection closed; here that is the test's own, with all its data."""
    door = get_wsgi_application()

    def on_one_connection(environ, start_response):
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        return door(environ, start_response)

    return on_one_connection


@pytest.fixture
def header(make_caller, monkeypatch):
    monkeypatch.setattr(tokens, "CALLS_PER_MINUTE", 10**6)

    def of(who):
        if who == "nobody":
            return {}
        made = (
            make_caller("interactions:read")
            if who == "reads only"
            else make_caller(source="zendesk" if who == "one source" else "")
        )
        if who == "revoked":
            services.revoke_token(actor=made.token.owner, token=made.token, now=made.token.created_at)
        return {"Authorization": f"Bearer {made.secret}"}

    return of


@lru_cache(maxsize=1)
def described():
    schema = schemathesis.openapi.from_dict(api.description(), config=SchemathesisConfig.from_dict(CONFIG))
    schema.app = application()
    return schema


@pytest.mark.parametrize("who", list(EXAMPLES))
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_api_keeps_what_it_promises(name, who, header, caller):
    caller.post("interactions", {"source": "zendesk", "rows": [case("4711")]})
    operation = described().find_operation_by_id(name)
    headers = header(who)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(
            max_examples=EXAMPLES[who],
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(made=operation.as_strategy(generation_mode=mode))
        def talk(made):
            made.call_and_validate(headers=headers, excluded_checks=[schemathesis.checks.CHECKS.get_one("ignored_auth")])

        talk()


def test_the_description_knows_every_operation():
    told = {method["operationId"] for path in api.description()["paths"].values() for method in path.values()}
    assert told == set(OPERATIONS)


def test_every_operation_has_an_example_and_words_for_each_answer():
    for path in api.description()["paths"].values():
        for method, told in path.items():
            assert told["summary"]
            assert told["description"]
            assert all(answer["description"] for answer in told["responses"].values())
            if method == "post":
                assert told["requestBody"]["content"]["application/json"]["example"]


def test_the_examples_work(caller):
    for name, told in ((p.rsplit("/", 1)[-1], m["post"]) for p, m in api.description()["paths"].items() if "post" in m):
        if name in {"interactions", "messages", "surveys"}:
            response = caller.post(name, told["requestBody"]["content"]["application/json"]["example"])
            assert response.status_code == 200, (name, response.content)
    assert Interaction.objects.count() == 1


def test_an_undocumented_answer_is_noticed(header, monkeypatch):
    told = api.description()
    del told["paths"]["/api/v1/interactions"]["post"]["responses"][401]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = application()
    made = schema.find_operation_by_id("send_interactions").Case(body={"source": "z", "rows": []}, media_type="application/json")
    with pytest.raises(schemathesis.core.failures.FailureGroup, match="Undocumented"):
        made.call_and_validate()
