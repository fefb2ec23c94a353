"""Importing reviews through the pages: look, confirm, result; and what people see of the history."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coaching.interactions.models import Source
from coaching.quality.exchange import files, jobs
from coaching.quality.exchange.models import ReviewImport
from coaching.quality.models import Dispute, Review
from tests.factories import review_export as given
from tests.factories.quality import make_published


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path, time_machine, now):
    time_machine.move_to(now, tick=False)
    settings.IMPORT_ROOT = tmp_path


def signed(client, person):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def body(*reviews, **more):
    return json.dumps(given.page(given.conversation(881, *reviews)) | more).encode()


REVIEWS = (
    given.review(
        1, 75, [given.rating(1, 100), given.rating(2, 50, causes=["No greeting"])], tags=[{"tag": "praise"}], comment="Warm."
    ),
    given.review(2, 90, [given.rating(1, 100)], reviewee="nobody@elsewhere.example"),
    given.review(3, 40, [given.rating(1, 50)], at="2026-04-02T10:00:00Z", reviewee="otto@example.com"),
)


def upload(client, content, **more):
    file = SimpleUploadedFile("../klaus.json", content, content_type="application/json")
    answer = client.post(reverse("review_import_upload"), {"file": file} | more)
    assert answer.status_code == 302, answer.content.decode()
    return ReviewImport.objects.latest("pk")


def shown(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_look_confirm_result(client, cast):
    signed(client, cast.hana)
    job = upload(client, body(*REVIEWS))
    assert job.file_name == "klaus.json"
    assert job.stored_name != "klaus.json"
    page = shown(client, "review_import_detail", job.pk)
    assert "Reviews: 3. Disputes: 0. Versions of scorecards that would be added: 1." in page
    assert "nobody@elsewhere.example" in page
    assert not Review.objects.exists()
    client.post(reverse("review_import_start", args=[job.pk]))
    assert Review.objects.count() == 2
    page = shown(client, "review_import_detail", job.pk)
    assert "Import it" not in page
    assert "Download all rejected rows" in page
    rejected = b"".join(client.get(reverse("review_import_errors", args=[job.pk])).streaming_content).decode("utf-8-sig")
    assert "nobody@elsewhere.example" in rejected
    client.post(reverse("review_import_start", args=[job.pk]))  # clicked twice
    assert Review.objects.count() == 2
    client.post(reverse("review_import_discard", args=[job.pk]))
    assert ReviewImport.objects.filter(pk=job.pk).exists()  # what was imported is no upload to throw away
    again = upload(client, body(*REVIEWS))
    client.post(reverse("review_import_discard", args=[again.pk]))
    assert not ReviewImport.objects.filter(pk=again.pk).exists()


def test_what_cannot_be_read_says_why_and_keeps_nothing(client, cast):
    signed(client, cast.adam)
    job = upload(client, b"id,score\n1,100\n")
    page = shown(client, "review_import_detail", job.pk)
    assert "is not JSON" in page
    assert "Import it" not in page
    answer = client.post(reverse("review_import_upload"), {"file": SimpleUploadedFile("x.json", b"{}"), "scale": "five"})
    assert "is not a scale" in answer.content.decode()


def test_a_large_file_is_a_task_with_progress_and_can_go_on(client, cast, now, monkeypatch):
    monkeypatch.setattr("coaching.quality.exchange.services.SMALL_BYTES", 10)
    signed(client, cast.hana)
    job = upload(client, body(*REVIEWS))
    assert "Looking at the file" in shown(client, "review_import_detail", job.pk)
    jobs.run_review_import(pk=job.pk, clock=lambda: now)
    client.post(reverse("review_import_start", args=[job.pk]))
    assert "You may close this page" in shown(client, "review_import_detail", job.pk)

    def dies(*args, **kwargs):
        raise RuntimeError("the worker died")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "import_reviews", dies)
        with pytest.raises(RuntimeError):
            jobs.run_review_import(pk=job.pk, clock=lambda: now)
    assert "It stopped unexpectedly" in shown(client, "review_import_detail", job.pk)
    client.post(reverse("review_import_resume", args=[job.pk]))
    jobs.run_review_import(pk=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.counts["created"], job.position, job.total) == ("done", 2, 3, 3)
    assert files.path_of(job).exists()


def test_the_rep_reads_it_as_history(client, cast, now):
    Source.objects.create(key="zendesk", name="Zendesk", system="zendesk")
    own = make_published(cast.vera, cast.rita, number=9, now=now)
    disputes = [given.dispute(5, 1, "OPEN")]
    signed(client, cast.hana)
    job = upload(client, body(*REVIEWS, disputes=disputes))
    client.post(reverse("review_import_start", args=[job.pk]))
    review = Review.objects.get(imported__external_id="1")
    signed(client, cast.rita)
    page = shown(client, "review_detail", review.pk)
    for words in ("From Zendesk QA (Klaus)", "only its number is known", "praise", "Cause: No greeting", "was not decided there"):
        assert words in page, words
    assert "I have read this" not in page
    assert "dispute it" not in page
    listed = shown(client, "my_reviews")
    assert "Imported" in listed
    assert "n = 1" in listed
    # Apart from our figures, month by month; of nobody else.
    history = shown(client, "imported_history")
    assert "March 2026" in history
    assert "75.0" in history
    assert "April 2026" not in history
    assert client.get(reverse("imported_history"), {"person": cast.otto.pk}).status_code == 403
    assert "April 2026" in shown(signed(client, cast.hana), "imported_history")
    assert own.pk not in [r.pk for r in Review.objects.filter(draw__method="imported")]
    assert not Dispute.objects.exists()
    # Imported anew after a change: the earlier one says so.
    changed = (REVIEWS[0] | {"score": 80}, *REVIEWS[1:])
    again = upload(client, body(*changed))
    client.post(reverse("review_import_start", args=[again.pk]))
    assert "it was imported anew" in shown(signed(client, cast.rita), "review_detail", review.pk)
    new = Review.objects.get(imported__external_id="1")
    assert "Imported anew on" in shown(client, "review_detail", new.pk)
