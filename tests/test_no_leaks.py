"""What belongs to team Meadow shows nowhere else: not in a page, an export, a count, a chooser or a mail.

Two looks at every GET of the access table, as everybody who may not see Meadow's work: one before Meadow
has any, one after. First, none of the strings planted in Meadow's work may appear. Second, the pages must be
the same, byte for byte (tokens aside): so a count, a page number or a fuller list tells nothing either.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Callable

import pytest
import time_machine
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from coaching.interactions.models import Interaction, Source
from coaching.metrics.services import recount_changed_days
from coaching.quality import services as quality
from coaching.quality.models import Criterion, Review, ScorecardVersion
from learning.assignments.models import Assignment
from learning.assignments.services import assign_module, withdraw_assignment
from people.models import Person
from tests.access_table import Room, rooms, routes, scrubbed
from tests.factories import interactions as make
from tests.factories.learning import give, learn_all, make_module
from tests.factories.quality import answers, make_draft, make_draw, make_interaction, make_published
from tests.test_access_table import NO_SUCH_ID, client_of

ROLES = ("rep", "lead", "reviewer", "editor", "admin")
SEARCHED = "zebrafish"  # stands in every planted text; searching for it must find nothing

# Names of people, teams and cases. An administrator keeps accounts and reads the audit log, so may see them.
NAMES = {"person": "canary-otto", "team": "canary-meadow", "case": "canary-case"}
# What customers and colleagues wrote. For nobody but Meadow's own people, their lead and the head.
TEXTS = {
    key: f"canary-{key} {SEARCHED}"
    for key in (
        "handler",
        "subject",
        "topic",
        "customer",
        "message",
        "note",
        "rating",
        "draw",
        "review",
        "criterion",
        "acknowledgement",
        "withdrawal",
        "draft",
        "because",
        "quote",
        "assignment-withdrawal",
    )
}

# Sampling plans draw from the whole company: who makes them chooses among its people, teams and topics, and is told how many
# conversations fit. Nothing of what was written, and no score.
PLANS = "/quality/plans/"
ON_PLANS = {"person", "team", "topic"}


@pytest.fixture
def frozen(now):
    """Both looks happen at the same moment."""
    with time_machine.travel(now, tick=False):
        yield now


def plant(cast, now, capture: Callable) -> None:
    """Cases, ratings, reviews and learning of Otto, whose team is Meadow; Viktor reviews him."""
    Person.objects.filter(pk=cast.otto.pk).update(display_name=f"{NAMES['person']} Example")
    cast.otto.refresh_from_db()
    type(cast.meadow).objects.filter(pk=cast.meadow.pk).update(name=NAMES["team"])
    case = make_interaction(cast.otto, number=91, now=now, subject=TEXTS["subject"])
    Interaction.objects.filter(pk=case.pk).update(customer=TEXTS["customer"], external_id=NAMES["case"], topic=TEXTS["topic"])
    type(case.handler).objects.filter(pk=case.handler_id).update(name=TEXTS["handler"])
    make.message(case, TEXTS["message"], position=8, author_name=TEXTS["customer"])
    make.message(case, TEXTS["note"], position=9, is_private=True, author_name=TEXTS["handler"])
    make.rating(cast.otto, now.date(), case=case, polarity=-1, comment=TEXTS["rating"])
    make.interaction(cast.otto, now.date(), reopens=3, subject=TEXTS["subject"])
    recount_changed_days(now)
    rules = list(ScorecardVersion.objects.values("pk", "approval", "hold"))
    ScorecardVersion.objects.update(approval="none", hold="none")  # what is planted goes out at once
    with capture(execute=True):
        _plant_reviews(cast, now)
        _plant_learning(cast, now)
    for rule in rules:
        ScorecardVersion.objects.filter(pk=rule.pop("pk")).update(**rule)


def _plant_reviews(cast, now) -> None:
    reviewed = make_draft(cast.viktor, cast.otto, number=92, now=now)
    message = make.message(reviewed.interaction, TEXTS["quote"], position=8)
    sheet = answers(reviewed, own_the_mistake=0)
    sheet = [s if not s.comment else quality.RatingInput(**vars(s) | {"comment": TEXTS["criterion"]}) for s in sheet]
    quality.save_draft(actor=cast.viktor, review=reviewed, ratings=sheet, comment=TEXTS["review"], now=now)
    failed = Criterion.objects.get(section__version=reviewed.scorecard_version, key="own-the-mistake")
    quality.add_quote(actor=cast.viktor, review=reviewed, criterion_id=failed.pk, message_id=message.pk, now=now)
    quality.publish_review(actor=cast.viktor, review=reviewed, now=now)
    quality.acknowledge_review(actor=cast.otto, review=reviewed, comment=TEXTS["acknowledgement"], now=now)
    withdrawn = make_published(cast.viktor, cast.otto, number=93, now=now)
    quality.withdraw_review(actor=cast.viktor, review=withdrawn, reason=TEXTS["withdrawal"], now=now)
    drafted = make_draft(cast.viktor, cast.otto, number=94, now=now)
    quality.save_draft(actor=cast.viktor, review=drafted, ratings=[], comment=TEXTS["draft"], now=now)
    draw = make_draw(cast.viktor, cast.otto, number=95, now=now)
    type(draw).objects.filter(pk=draw.pk).update(reason=TEXTS["draw"])
    Interaction.objects.filter(handler__person=cast.otto).update(subject=TEXTS["subject"])


def _plant_learning(cast, now) -> None:
    module = cast.planted_module
    first = give(cast.otto, module, now, actor=cast.lars, because=TEXTS["because"], because_quote=TEXTS["quote"])
    client = Client()
    client.force_login(cast.otto, backend="allauth.account.auth_backends.AuthenticationBackend")
    learn_all(client, first)
    again = assign_module(
        actor=cast.lars,
        person=cast.otto,
        module=module,
        due_on=None,
        source=Assignment.Source.LEAD,
        because=TEXTS["because"],
        now=now,
    )
    withdraw_assignment(actor=cast.lars, assignment=again, reason=TEXTS["assignment-withdrawal"], now=now)
    give(cast.otto, module, now, actor=cast.lars, because=TEXTS["because"])


@pytest.fixture
def world_of(cast, now, frozen):
    """A room's world, with what everybody shares (scorecard, module) already there before the first look."""

    def made(room: Room):
        world = room.world(cast, now)
        quality.ensure_starter_scorecard(actor=None, now=now)
        for key in ("desk", "helpdesk"):  # where the planted cases come from
            Source.objects.get_or_create(key=key, defaults={"name": key})
        cast.planted_module = make_module(now, title="For everybody")
        return world

    return made


def body_of(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return scrubbed(unpacked(content) if content.startswith(b"PK") else content)


def unpacked(content: bytes) -> bytes:
    """What a workbook or a ZIP holds, without when it was written."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist() if not name.startswith("docProps/"))


def pages(room: Room, world, role: str) -> dict[str, str]:
    """Every GET of the room as this role, and each list again as a search; without what changes by itself."""
    client = client_of(role, world)
    found = {}
    for entry in room.entries:
        if entry.get is None:
            continue
        address = entry.url(world)
        text = found[address] = body_of(client.get(address))
        if re.search(r'name="q"', text) and "?" not in address:
            found[f"{address}?q={SEARCHED}"] = body_of(client.get(f"{address}?q={SEARCHED}"))
    return found


def leaks(before: dict[str, str], after: dict[str, str], role: str) -> list[str]:
    forbidden = list(TEXTS) if role == "admin" else list(TEXTS) + list(NAMES)
    found = []
    for address, text in after.items():
        plans = role == "reviewer" and address.startswith(PLANS)
        kept = [key for key in forbidden if not (plans and key in ON_PLANS)]
        found += [f"{address} shows {key}" for key in kept if (TEXTS | NAMES)[key].partition(" ")[0] in text]
        # Accounts, teams, the audit log and how many events a webhook was sent are an administrator's work; there only the
        # texts must stay away.
        if plans or (role == "admin" and address.startswith(("/people/", "/metrics/feeds/out/"))):
            continue
        if role == "admin":
            # What they keep for each team names it; that is all that may differ.
            text = text.replace(NAMES["team"], "Meadow")
        if text != before[address]:
            lines = difflib.unified_diff(before[address].splitlines(), text.splitlines(), lineterm="", n=0)
            changed = [line.strip()[:300] for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}]
            found.append(f"{address} changes with Meadow's work: {changed[:4]}")
    return found


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_no_page_tells_of_another_teams_work(room, world_of, cast, now, django_capture_on_commit_callbacks):
    world = world_of(room)
    before = {role: pages(room, world, role) for role in ROLES}
    plant(cast, now, django_capture_on_commit_callbacks)
    found = {role: leaks(before[role], pages(room, world, role), role) for role in ROLES}
    assert {role: faults for role, faults in found.items() if faults} == {}


@pytest.fixture
def quality_room() -> Room:
    return next(room for room in rooms() if room.name == "quality")


def test_a_leak_is_noticed(quality_room, world_of, cast, now, django_capture_on_commit_callbacks, monkeypatch):
    """Planted fault: the quality room believes that a lead leads everybody."""
    world = world_of(quality_room)
    monkeypatch.setattr("coaching.quality.access.people_led_by", lambda person, on: Person.objects.all())
    before = pages(quality_room, world, "lead")
    plant(cast, now, django_capture_on_commit_callbacks)
    found = leaks(before, pages(quality_room, world, "lead"), "lead")
    assert "/quality/reviews/ shows subject" in found
    assert "/quality/reviews/ shows person" in found
    assert any(line.startswith(f"/quality/reviews/?q={SEARCHED} changes with Meadow's work") for line in found)


def test_meadows_own_lead_and_the_head_see_it(world_of, cast, now, django_capture_on_commit_callbacks):
    """The strings do reach pages: where they may."""
    seen = {}
    for name in ("quality", "learning", "dashboards"):
        room = next(room for room in rooms() if room.name == name)
        world = world_of(room)
        if name == "quality":
            plant(cast, now, django_capture_on_commit_callbacks)
        for role in ("other_lead", "head"):
            seen[role, name] = " ".join(pages(room, world, role).values())
    for role in ("other_lead", "head"):
        assert TEXTS["subject"] in seen[role, "quality"]
        assert NAMES["person"] in seen[role, "learning"]
    client = client_of("other_lead", cast)
    case = Interaction.objects.get(external_id=NAMES["case"])
    body = client.get(reverse("metrics_case", args=[case.pk])).content.decode()
    for key in ("subject", "message", "note", "rating"):
        assert TEXTS[key] in body


# --- Choosers: what can be picked, and what a wrong pick tells --------------------------------------


@pytest.fixture
def planted(world_of, quality_room, cast, now, django_capture_on_commit_callbacks):
    world = world_of(quality_room)
    plant(cast, now, django_capture_on_commit_callbacks)
    return world


def options(client: Client, name: str, field: str) -> set[str]:
    form = client.get(reverse(name)).context["filter" if name == "review_list" else "form"]
    return {str(value) for value, _label in form.fields[field].choices if str(value)}


def test_a_lead_chooses_among_their_own_people(planted, cast):
    client = client_of("lead", planted)
    own = {str(cast.rita.pk), str(cast.ravi.pk)}
    assert options(client, "assign_module", "people") == own
    assert options(client, "learn_team", "person") == own
    assert options(client, "review_list", "person") == own
    assert options(client, "draw_one", "reviewer") == {str(p.pk) for p in (cast.vera, cast.viktor, cast.lena)}


def test_picking_a_stranger_tells_no_more_than_picking_nobody(planted, cast):
    client = client_of("lead", planted)

    def answer(name: str, field: str, value: object, **others: object) -> str:
        response = client.post(reverse(name), {field: value, **others})
        assert response.status_code == 200
        return scrubbed(response.content).replace(f" {value} is not one", "").replace(f'value="{value}"', "")

    assign = {"module": cast.planted_module.pk, "due_on": "2100-01-01", "because": "It helps."}
    assert answer("assign_module", "people", cast.otto.pk, **assign) == answer("assign_module", "people", NO_SUCH_ID, **assign)
    draw = {"reviewer": cast.viktor.pk, "reason": "To learn from."}
    assert answer("draw_one", "case", NAMES["case"], **draw) == answer("draw_one", "case", "no-such-case", **draw)
    for name in ("learn_team", "review_list"):
        stranger = client.get(reverse(name), {"person": cast.otto.pk}).content.decode()
        assert SEARCHED not in stranger
        assert NAMES["person"] not in stranger


@pytest.mark.parametrize("role", ROLES)
def test_a_strangers_case_and_review_are_as_if_they_were_not_there(planted, cast, role):
    client = client_of(role, planted)
    case = Interaction.objects.get(external_id=NAMES["case"])
    assignment = Assignment.objects.filter(person=cast.otto).first()
    review = quality_reviews(cast.otto)[0]
    for name, pk in (
        ("metrics_case", case.pk),
        ("metrics_person", cast.otto.pk),
        ("metrics_person_csv", cast.otto.pk),
        ("review_detail", review),
        ("review_edit", review),
        ("assignment_detail", assignment.pk),
    ):
        real, missing = client.get(reverse(name, args=[pk])), client.get(reverse(name, args=[NO_SUCH_ID]))
        assert (real.status_code, scrubbed(real.content)) == (missing.status_code, scrubbed(missing.content)), name
        assert real.status_code in {403, 404}


def quality_reviews(person: Person) -> list[int]:
    return list(Review.objects.filter(reviewee=person).values_list("pk", flat=True))


# --- Side paths ------------------------------------------------------------------------------------


def test_mails_about_meadow_go_to_meadow(planted, cast):
    about = [m for m in mail.outbox if "canary" in m.subject + m.body]
    assert about, "an assignment writes to its learner"
    assert {address for message in about for address in message.recipients()} == {cast.otto.email}
    # A customer's words never travel by mail.
    assert not [m for m in mail.outbox if f"canary-quote {SEARCHED}" in m.body]


def test_the_editors_admin_shows_nobodys_work(planted, cast):
    """History, usage and reports of a module that Otto has learnt, and of the standards he was reviewed by."""
    client = client_of("editor", planted)
    client.raise_request_exception = False  # Wagtail has a page that fails on purpose
    seen, shown = 0, {}
    for route, pattern in routes():
        if not route.startswith("cms/") or re.search(r"[\^$(]", route) or pattern.name is None:
            continue
        address = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: str(cast.planted_module.pk), route)
        response = client.get(address)
        if response.status_code == 200 and not response.streaming:
            seen += 1
            text = response.content.decode(errors="replace")
            found = [key for key, words in (TEXTS | NAMES).items() if words in text] + (
                ["otto"] if cast.otto.email in text else []
            )
            if found:
                shown[address] = found
    assert seen > 20
    assert shown == {}
