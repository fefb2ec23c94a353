"""Upload, look, correct, start, watch, download: the import as people meet it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coaching.interactions.models import ImportJob, Interaction, SavedMapping
from coaching.metrics.imports import queries
from people.models import AuditEntry

TEXT = (
    "Ticket ID,Agent,Created at,Solved at,Status,Mood\n"
    "7,rita@example.com,2026-05-04 09:00,2026-05-05 10:00,solved,fine\n"
    "8,ravi@example.com,2026-05-04 09:30,,open,=cmd\n"
    "9,ravi@example.com,2026-02-30 09:30,,open,\n"
)


def upload(client, text: str = TEXT, name: str = "may.csv", **more) -> ImportJob:
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    response = client.post(reverse("import_upload"), {"kind": "interactions", "file": file, **more})
    assert response.status_code == 302, response.content.decode()
    return ImportJob.objects.latest("pk")


def answers(job: ImportJob, **changes: str) -> dict[str, str]:
    columns = {
        "external_id": "Ticket ID",
        "opened_at": "Created at",
        "resolved_at": "Solved at",
        "handler": "Agent",
        "status": "Status",
    }
    data = {f"column_{field}": name for field, name in columns.items()}
    return data | {"source": "desk", "time_zone": "Europe/Berlin", "date_order": "", "action": "start"} | changes


@pytest.mark.django_db
def test_from_file_to_figures(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    job = upload(client)
    page = client.get(reverse("import_preview", args=[job.pk])).content.decode()
    assert "The first rows as understood" in page
    assert 'value="Ticket ID" selected' in page
    assert "2026-02-30 09:30" in page  # the row that would be left out, named before anything is stored
    assert "Mood" in page  # the column that is not used
    assert not Interaction.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("import_preview", args=[job.pk]), answers(job))
    assert response["Location"] == reverse("import_detail", args=[job.pk])
    job.refresh_from_db()
    assert (job.state, job.read, job.created, job.rejected) == ("done", 3, 2, 1)
    assert Interaction.objects.get(external_id="7").handler.person == cast.rita
    assert "Download the rejected rows" in client.get(reverse("import_detail", args=[job.pk])).content.decode()
    errors = b"".join(client.get(reverse("import_errors", args=[job.pk])).streaming_content).decode("utf-8-sig")
    assert errors.splitlines()[0] == "line,field,value,reason,remedy"
    assert errors.splitlines()[1].startswith("4,Created at,2026-02-30 09:30")
    assert set(AuditEntry.objects.filter(actor=cast.adam).values_list("verb", flat=True)) >= {
        "import.upload",
        "import.start",
        "import.interactions",
    }


@pytest.mark.django_db
def test_the_second_file_knows_the_mapping_and_the_same_file_says_so(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.hana)
    job = upload(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[job.pk]), answers(job, column_status=""))
    assert SavedMapping.objects.get().mapping["source"] == "desk"
    again = upload(client)
    page = client.get(reverse("import_preview", args=[again.pk])).content.decode()
    assert "This file was imported before" in page
    assert 'name="source" value="desk"' in page
    assert again.mapping["interaction"]["columns"].get("status") is None
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[again.pk]), answers(again, column_status=""))
    again.refresh_from_db()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


@pytest.mark.django_db
def test_looking_again_stores_nothing(cast, sign_in):
    client = sign_in(cast.adam)
    job = upload(client)
    page = client.post(
        reverse("import_preview", args=[job.pk]), answers(job, action="check", column_opened_at="Mood")
    ).content.decode()
    assert "not a date and time" in page
    job.refresh_from_db()
    assert job.state == "draft"


@pytest.mark.django_db
def test_dates_of_unknown_order_are_asked_for(cast, sign_in):
    client = sign_in(cast.adam)
    job = upload(client, "Ticket ID,Created at\n7,03/04/2026 09:00\n")
    response = client.post(
        reverse("import_preview", args=[job.pk]),
        {**answers(job), "column_resolved_at": "", "column_handler": "", "column_status": ""},
    )
    assert "can be read in two ways" in response.content.decode()
    job.refresh_from_db()
    assert job.state == "draft"


@pytest.mark.django_db
def test_what_is_no_table_is_refused_and_not_kept(cast, sign_in, settings):
    client = sign_in(cast.adam)
    before = set(settings.IMPORT_ROOT.glob("*")) if settings.IMPORT_ROOT.exists() else set()
    file = SimpleUploadedFile("a.csv", b"PK\x03\x04 nothing", content_type="text/csv")
    page = client.post(reverse("import_upload"), {"kind": "interactions", "file": file}).content.decode()
    assert "damaged" in page
    assert not ImportJob.objects.exists()
    assert set(settings.IMPORT_ROOT.glob("*")) == before


@pytest.mark.django_db
def test_too_large_a_file_is_refused(cast, sign_in, settings):
    settings.IMPORT_MAX_BYTES = 50
    file = SimpleUploadedFile("a.csv", TEXT.encode(), content_type="text/csv")
    page = sign_in(cast.adam).post(reverse("import_upload"), {"kind": "interactions", "file": file}).content.decode()
    assert "larger than" in page
    assert not ImportJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_run_is_resumed_where_it_stopped(cast, sign_in, settings):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [f"{n},rita@example.com,{'2026-05-04 09:00' if n != 1 else 'never'},,open," for n in range(7)]
    client = sign_in(cast.adam)
    job = upload(client, "\n".join(["Ticket ID,Agent,Created at,Solved at,Status,Mood", *rows]) + "\n")
    client.post(reverse("import_preview", args=[job.pk]), answers(job))
    job.refresh_from_db()
    assert (job.state, job.created, job.rejected) == ("done", 6, 1)
    whole = queries.errors_path(job).read_bytes()
    # As if the worker had died after the second chunk, having written more errors than it committed.
    Interaction.objects.filter(external_id__in=["4", "5", "6"]).delete()
    size = len(whole)
    ImportJob.objects.filter(pk=job.pk).update(
        state="running",
        position=4,
        read=4,
        created=3,
        rejected=1,
        errors_bytes=size,
        heartbeat_at=timezone.now() - timedelta(minutes=9),
    )
    queries.errors_path(job).write_bytes(whole + b"half a li")
    page = client.get(reverse("import_detail", args=[job.pk])).content.decode()
    assert "seems to have stopped" in page
    client.post(reverse("import_resume", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.read, job.created, job.rejected) == ("done", 7, 6, 1)
    assert queries.errors_path(job).read_bytes() == whole
    assert Interaction.objects.count() == 6


@pytest.mark.django_db
def test_a_running_import_shows_how_far_it_is_and_asks_again(cast, sign_in, now):
    job = ImportJob.objects.create(
        kind="interactions", state="running", file_name="a.csv", stored_name="a.upload", size=1, sha256="x", created_by=cast.adam,
        created_at=timezone.now(), heartbeat_at=timezone.now(), position=40, total=100, read=40,
    )  # fmt: skip
    page = sign_in(cast.hana).get(reverse("import_detail", args=[job.pk])).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "40 rows read" in page
    part = sign_in(cast.hana).get(reverse("import_detail", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


@pytest.mark.django_db
def test_an_upload_can_be_thrown_away(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    job = upload(client)
    path = queries.stored_path(job)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_discard", args=[job.pk]))
    assert not ImportJob.objects.exists()
    assert not path.exists()


@pytest.mark.django_db
def test_the_list_is_flat_in_queries(cast, sign_in, now, django_assert_max_num_queries):
    for number in range(40):
        ImportJob.objects.create(
            kind="interactions", state="done", file_name=f"file-{number}.csv", stored_name=f"{number}.upload", size=1, sha256="x",
            created_by=cast.adam, created_at=now,
        )  # fmt: skip
    client = sign_in(cast.adam)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("import_list")).content.decode()
    assert "file-39.csv" in page
    assert "file-1.csv" not in page
    assert "file-1.csv" in client.get(reverse("import_list"), {"q": "file-1.csv"}).content.decode()


@pytest.mark.django_db
def test_others_are_told_why(cast, sign_in):
    for person in (cast.rita, cast.lena, cast.vera, cast.edda):
        assert sign_in(person).get(reverse("import_list")).status_code == 403
