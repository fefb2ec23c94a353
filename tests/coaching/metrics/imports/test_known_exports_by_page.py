"""A known export by page: it is named, its columns are filled in and can be corrected, and next time it knows."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coaching.interactions.models import ImportJob, Interaction, Message, SavedMapping, Source, SurveyResponse
from tests.coaching.interactions.formats.exports import Export, freshdesk_ratings, zendesk_csv, zendesk_tickets
from tests.coaching.interactions.formats.more_exports import (
    chatwoot_csat_csv,
    intercom_conversations,
    intercom_csv,
    servicenow_csv,
    zammad_xlsx,
)

pytestmark = pytest.mark.django_db


def upload(client, export: Export, tmp_path, kind: str = "", **more) -> tuple[ImportJob | None, str]:
    path = export.write(tmp_path / "export")
    file = SimpleUploadedFile(path.name, path.read_bytes())
    response = client.post(reverse("import_upload"), {"kind": kind or export.kind, "file": file, **more})
    if response.status_code != 302:
        return None, response.content.decode()
    job = ImportJob.objects.latest("pk")
    return job, client.get(reverse("import_preview", args=[job.pk])).content.decode()


def as_shown(client, job: ImportJob, **changes: str) -> dict[str, str]:
    """What the browser would send back: every field as it was filled in."""
    form = client.get(reverse("import_preview", args=[job.pk])).context["form"]
    data = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value is not False:
            data[name] = "" if value is None else value
    return data | {"action": "start"} | changes


@pytest.mark.parametrize(
    ("export", "title"),
    [
        (zendesk_csv("interactions"), "Zendesk: tickets (CSV)"),
        (zendesk_csv("surveys"), "Zendesk: tickets (CSV)"),
        (zendesk_tickets(), "Zendesk: tickets (API)"),
        (freshdesk_ratings(), "Freshdesk: satisfaction ratings (API)"),
        (intercom_conversations("messages"), "Intercom: conversations (API)"),
        (intercom_csv("interactions"), "Intercom: messages (CSV)"),
        (chatwoot_csat_csv(german=True), "Chatwoot: CSAT answers (CSV)"),
        (zammad_xlsx(), "Zammad: tickets (XLSX)"),
        (servicenow_csv(), "ServiceNow: incidents"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_named_filled_in_and_started(cast, sign_in, tmp_path, django_capture_on_commit_callbacks, export, title):
    client = sign_in(cast.adam)
    job, page = upload(client, export, tmp_path)
    assert job is not None, page
    assert "Recognised" in page
    assert title in page
    assert "The first rows as understood" in page
    assert "It cannot be imported like this yet" not in page
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("import_preview", args=[job.pk]), as_shown(client, job))
    assert response.status_code == 302, response.context["form"].errors
    job.refresh_from_db()
    assert (job.state, job.rejected, job.error) == ("done", 0, "")
    model = {"interactions": Interaction, "messages": Message, "surveys": SurveyResponse}[export.kind]
    assert model.objects.count() == len(export.expected)
    assert Source.objects.get().system == export.system
    assert SavedMapping.objects.get().mapping["variant"] == export.key


def test_corrected_and_remembered(cast, sign_in, tmp_path, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    job, _page = upload(client, zendesk_csv("interactions"), tmp_path)
    answers = as_shown(client, job, column_topic="Kettle model [list]", source="north-desk")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[job.pk]), answers)
    case = Interaction.objects.get(external_id="101")
    assert case.topic == "K-2"
    assert case.channel == "email"  # what the format knows of values stays where the column is the same
    assert "Ticket type" in case.extra
    assert case.first_reply_at is not None
    again, page = upload(client, zendesk_csv("interactions"), tmp_path)
    assert "Exactly this file" in page or "imported exactly this file" in page
    assert again.mapping["source"] == "north-desk"
    assert again.mapping["interaction"]["columns"]["topic"] == "Kettle model [list]"


def test_the_wrong_kind_is_said_before_anything_is_kept(cast, sign_in, tmp_path):
    client = sign_in(cast.adam)
    job, page = upload(client, freshdesk_ratings(), tmp_path, kind="interactions")
    assert job is None
    assert "import_surveys" in page or "Survey answers" in page
    assert not ImportJob.objects.exists()


def test_two_readings_of_a_date_are_asked_on_the_page(cast, sign_in, tmp_path, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    export = servicenow_csv()
    for row in export.table:
        row |= {"opened_at": "2/3/2024 01:16", "sys_updated_at": "3/4/2024 01:16", "resolved_at": "?"}
    job, page = upload(client, export, tmp_path)
    assert "can be read in two ways" in page
    response = client.post(reverse("import_preview", args=[job.pk]), as_shown(client, job))
    assert response.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[job.pk]), as_shown(client, job, date_order="month-first"))
    assert Interaction.objects.get(external_id="INC02").opened_at.month == 2


def test_an_unknown_json_is_mapped_by_hand(cast, sign_in, tmp_path, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    export = zendesk_tickets()
    export.objects = [{"ref": "A1", "when": {"made": "2026-01-06T09:00:00Z"}, "agent": "rita@example.com"}] * 1
    export.objects.append({"ref": "A2", "when": {"made": "2026-01-06T10:00:00Z"}, "agent": None})
    job, page = upload(client, export, tmp_path)
    assert "Recognised" not in page
    answers = as_shown(client, job, source="own", column_external_id="ref", column_opened_at="when.made")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[job.pk]), answers)
    assert Interaction.objects.get(external_id="A1").handler.person == cast.rita
    assert json.dumps(SavedMapping.objects.get().mapping)
