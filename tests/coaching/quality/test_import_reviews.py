"""Reviews of Zendesk QA (Klaus) come in by command: as history, once, with their own scores."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from coaching.interactions.models import Interaction, Source
from coaching.quality.exchange.importing.documents import records
from coaching.quality.exchange.importing.reviews import ReviewWriter
from coaching.quality.exchange.importing.running import import_reviews
from coaching.quality.exchange.importing.scales import Scale, find_scale, read_scale, snapped
from coaching.quality.exchange.models import ImportedDispute, ImportedReview
from coaching.quality.models import (
    Acknowledgement,
    Answer,
    Criterion,
    Dispute,
    DisputedRating,
    Rating,
    Review,
    ReviewDraw,
    Scorecard,
    ScorecardVersion,
    Section,
)
from coaching.quality.queries import criterion_results, load_card, mean_score, reviews_to_acknowledge
from coaching.quality.services import withdraw_review
from people.models import AuditEntry, Person
from tests.coaching.interactions.test_killed_import import Killed, Killer
from tests.factories import review_export as given
from tests.factories.quality import make_interaction

WRITTEN = (
    ImportedDispute, ImportedReview, DisputedRating, Dispute, Rating, Review, ReviewDraw, Interaction, Answer, Criterion, Section,
    ScorecardVersion, Scorecard, Source,
)  # fmt: skip


def run(path, **options):
    """(counts of the last line, everything printed, everything warned of)."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_reviews", path, json=True, stdout=out, stderr=err, **options)
    return json.loads(out.getvalue().splitlines()[-1]), out.getvalue(), err.getvalue()


def counts(read, created=0, updated=0, unchanged=0, rejected=0, warnings=0):
    return {
        "read": read, "created": created, "updated": updated, "unchanged": unchanged, "rejected": rejected, "warnings": warnings,
    }  # fmt: skip


@pytest.fixture
def desk(cast):
    return Source.objects.create(key="zendesk", name="Zendesk", system="zendesk")


@pytest.fixture
def export(tmp_path):
    """Two reviews of one conversation by percent, one with a cause, a reply and a tag."""
    first = given.review(
        1,
        75,
        [given.rating(1, 100), given.rating(2, 50, causes=["No greeting"]), given.rating(3, None)],
        comment="Warm and clear.",
        tags=[{"tag": "praise"}],
        thread=[{"id": "5", "owner": {"name": "Rita Example"}, "comment": "Thank you!", "createdISO": given.AT}],
    )
    second = given.review(2, 0, [given.rating(1, 0, critical=True, weight=20), given.rating(2, 100)], at="2026-04-02T23:30:00Z")
    return given.write(tmp_path / "export.json", given.page(given.conversation(881, first, second)))


def test_the_mean_of_the_published_vector_comes_through(cast, desk, tmp_path):
    """IQS of 100, 9.91, 63.96, 90.99, 0 is 52.97 (reference, §1.3)."""
    reviews = [given.review(n, score) for n, score in enumerate((100, 9.91, 63.96, 90.99, 0), 1)]
    path = given.write(tmp_path / "r.json", given.page(*(given.conversation(n, each) for n, each in enumerate(reviews))))
    _counts, out, _err = run(path)
    assert "Mean of the reviews' own scores: 52.97 (n = 5)." in out
    stored = Review.objects.values_list("score_shown", flat=True)
    assert round(sum(stored) / 5, 2) == 52.97


def test_a_review_becomes_history(cast, desk, export):
    made, out, err = run(export)
    assert made == counts(2, created=2, warnings=1)
    assert "2 reviews, 0 disputes, 2 new versions of scorecards." in out
    assert "only their number and day are kept" in err
    review = Review.objects.get(imported__external_id="1")
    assert (review.state, review.score_shown, review.score_raw) == ("published", 75, 75)
    assert (review.reviewer, review.reviewee, review.comment) == (cast.vera, cast.rita, "Warm and clear.")
    assert review.published_at == review.started_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (review.draw.method, review.draw.state, review.draw.inclusion) == ("imported", "done", None)
    rows = {r.criterion.key: r for r in Rating.objects.filter(review=review).select_related("criterion", "answer")}
    assert (rows["zqa-1"].answer.value, rows["zqa-2"].answer.value, rows["zqa-3"].is_na) == (1, 0.5, True)
    assert rows["zqa-2"].comment == "Cause: No greeting"
    details = review.imported.details
    assert (details["tags"], details["replies"][0]["text"], details["review_time"]) == (["praise"], "Thank you!", "120")
    assert load_card(review).score.shown == 75
    # Another weight, and critical: another version. A critical category below half makes the review 0.
    other = Review.objects.get(imported__external_id="2")
    assert other.scorecard_version_id != review.scorecard_version_id
    assert (other.score_shown, other.critical_failed, round(other.score_raw, 2)) == (0, ["zqa-1"], 33.33)
    assert (review.score_critical, other.score_critical) == (None, 0)
    assert {v.state for v in ScorecardVersion.objects.all()} == {"archived"}
    assert AuditEntry.objects.get(verb="import.reviews").after["created"] == 2


def test_history_asks_for_nothing_and_counts_nowhere(cast, desk, export, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as called:
        run(export)
    assert called == []  # nothing was announced, so nothing is told or assigned
    assert not reviews_to_acknowledge(cast.rita).exists()
    assert not Acknowledgement.objects.exists()
    since, until = date(2026, 1, 1), date(2026, 12, 31)
    assert mean_score([cast.rita], since, until) == {}
    assert criterion_results([cast.rita], since, until) == {}
    assert not Review.objects.get(imported__external_id="1").scorecard_version.may_be_disputed


def test_a_conversation_that_is_here_is_found_and_another_is_kept_bare(cast, desk, tmp_path, now):
    known = make_interaction(cast.rita, number=1, now=now)
    Interaction.objects.filter(pk=known.pk).update(source=desk, external_id="881")
    conversations = [given.conversation(n, given.review(n, 100)) for n in (881, 882)]
    _counts, _out, _err = run(given.write(tmp_path / "r.json", given.page(*conversations)))
    assert Review.objects.get(imported__external_id="881").interaction == known
    bare = Review.objects.get(imported__external_id="882").interaction
    assert (bare.source, bare.handler, bare.subject, bare.messages.count()) == (desk, None, "", 0)
    assert bare.extra == {"from_review_import": "Zendesk QA (Klaus)", "url": "https://desk.example/882"}
    assert bare.status == "resolved"


def test_importing_again_changes_nothing_and_a_changed_review_is_corrected(cast, desk, export, tmp_path):
    run(export)
    before = dump()
    assert run(export)[0] == counts(2, unchanged=2)
    assert dump() == before
    first = Review.objects.get(imported__external_id="1")
    changed = json.loads(export.read_text())
    changed["conversations"][0]["reviews"][0] |= {"score": 100, "ratings": [given.rating(1, 100), given.rating(2, 100)]}
    again = given.write(tmp_path / "again.json", changed)
    assert run(again)[0] == counts(2, updated=1, unchanged=1)
    first.refresh_from_db()
    new = Review.objects.get(imported__external_id="1")
    assert (first.state, first.withdrawn_reason, first.score_shown) == ("withdrawn", "Imported anew.", 75)
    assert (new.state, new.corrects, new.score_shown, new.published_at) == ("published", first, 100, first.published_at)
    assert new.draw == first.draw
    assert ReviewDraw.objects.count() == 2
    assert AuditEntry.objects.get(verb="review.import_anew").subject == cast.rita
    assert run(again)[0] == counts(2, unchanged=2)


def test_a_review_withdrawn_here_is_not_brought_back(cast, desk, export, tmp_path, now):
    run(export)
    Review.objects.filter(imported__external_id="1").update(state="withdrawn", withdrawn_reason="Not hers.", withdrawn_at=now)
    changed = json.loads(export.read_text())
    changed["conversations"][0]["reviews"][0]["comment"] = "Changed."
    made, _out, err = run(given.write(tmp_path / "again.json", changed))
    assert made == counts(2, unchanged=2, warnings=1)
    assert "they stay withdrawn" in err
    assert Review.objects.count() == 2


def test_a_review_withdrawn_while_its_file_is_read_stays_withdrawn(cast, desk, export, tmp_path, now, monkeypatch):
    run(export)
    cases = ReviewWriter._cases

    def withdraw_first(writer, wanted):
        review = Review.objects.get(imported__external_id="1")
        withdraw_review(actor=cast.vera, review=review, reason="Not hers.", now=now)
        return cases(writer, wanted)

    monkeypatch.setattr(ReviewWriter, "_cases", withdraw_first)
    changed = json.loads(export.read_text())
    changed["conversations"][0]["reviews"][0]["comment"] = "Changed."
    made, _out, err = run(given.write(tmp_path / "again.json", changed))
    assert made == counts(2, unchanged=2, warnings=1)
    assert "they stay withdrawn" in err
    review = Review.objects.get(imported__external_id="1")
    assert (review.state, review.withdrawn_reason) == ("withdrawn", "Not hers.")


def test_people_are_matched_by_e_mail_and_never_guessed(cast, desk, tmp_path):
    Person.objects.filter(pk=cast.ravi.pk).update(is_active=False)  # has left: exists, switched off
    reviews = [
        given.review(1, 90, reviewee="RAVI@example.com"),
        given.review(2, 90, reviewee="rita.example@elsewhere.example"),
        given.review(3, 90, reviewer=""),
        given.review(4, 90, reviewer="rita@example.com"),
        given.review(5, 140),
        given.review(6, 90, createdISO=None),
    ]
    path = given.write(tmp_path / "r.jsonl", *(given.conversation(n, each) for n, each in enumerate(reviews)), lines=True)
    errors = tmp_path / "errors.csv"
    made, _out, _err = run(path, errors=errors)
    assert made == counts(6, created=1, rejected=5, warnings=1)
    assert Review.objects.get().reviewee == cast.ravi
    rows = list(csv.DictReader(errors.open(encoding="utf-8-sig")))
    assert {(row["line"], row["field"]) for row in rows} == {
        ("2", "reviews.0.reviewee.email"), ("3", "reviews.0.reviewer.email"), ("4", "reviews.0.reviewer.email"),
        ("5", "reviews.0.score"), ("6", "reviews.0.createdISO"),
    }  # fmt: skip
    assert all(row["reason"] and row["remedy"] for row in rows)


def test_a_score_that_its_ratings_do_not_give_is_told_with_both_numbers(cast, desk, tmp_path):
    reviews = [given.review(1, 80, [given.rating(1, 100)]), given.review(2, 99.6, [given.rating(1, 100)])]
    path = given.write(tmp_path / "r.json", given.page(given.conversation(1, *reviews)))
    _counts, _out, err = run(path)
    assert "Line 1, review 1: the file’s score is 80.00, by its own ratings and weights it would be 100.00." in err
    assert "review 2" not in err
    assert Review.objects.get(imported__external_id="1").score_shown == 80  # the file's own score is what was shown


def test_steps_of_a_scale_are_known_from_the_scorecard_or_asked_for(cast, desk, tmp_path):
    conversation = given.conversation(1, given.review(1, 50, [given.rating(1, 3), given.rating(2, 1)]))
    alone = given.write(tmp_path / "r.json", given.page(conversation))
    with pytest.raises(CommandError, match="steps of a scale") as stopped:
        run(alone)
    assert stopped.value.returncode == 2
    assert not Review.objects.exists()
    folder = tmp_path / "export"
    folder.mkdir()
    given.write(folder / "b-reviews.json", given.page(conversation))
    given.write(folder / "c-scorecards.json", given.scorecard(given.category(1, 3), given.category(2, 5)))
    assert run(folder)[0] == counts(1, created=1, warnings=1)
    values = dict(Rating.objects.values_list("criterion__key", "answer__value"))
    assert values == {"zqa-1": 1, "zqa-2": 0}
    steps = Answer.objects.filter(criterion__key="zqa-2").order_by("value").values_list("value", "anchor")
    assert list(steps) == [(0, "Step 1"), (0.25, "Step 2"), (0.5, "Step 3"), (0.75, "Step 4"), (1, "Step 5")]
    assert Criterion.objects.get(key="zqa-2").help == "What category 2 asks"
    assert run(alone, scale="1-5")[0]["updated"] == 0  # read differently it is the same review: what stands here stays


@pytest.mark.parametrize("steps", [2, 3, 4, 5])
def test_scales_are_even(steps):
    """Reference, §1.3: 2-pt 0/100; 3-pt 0/50/100; 4-pt 0/33.3/66.6/100; 5-pt 0/25/50/75/100."""
    scale = find_scale({"a": {1}}, {"a": range(1, steps + 1)}, None)
    assert [scale.worth("a", step) for step in range(1, steps + 1)] == [round(k / (steps - 1), 6) for k in range(steps)]
    assert [scale.worth("a", 0), scale.worth("a", steps + 1)] == [None, None]
    assert Scale().worth("a", 66.6) == snapped(2 / 3) == 0.666667
    assert read_scale("1-5") == (1, 5)


def test_a_version_is_never_changed_by_a_later_file(cast, desk, tmp_path):
    def bring(number, *ratings):
        path = given.write(
            tmp_path / f"{number}.json", given.page(given.conversation(number, given.review(number, 100, [*ratings])))
        )
        run(path)
        return Review.objects.get(imported__external_id=str(number)).scorecard_version.number

    assert bring(1, given.rating(1, 100), given.rating(2, 100)) == 1
    assert bring(2, given.rating(2, 0)) == 1  # fewer categories: the rest did not apply
    assert bring(3, given.rating(1, 25)) == 2  # an answer that version 1 does not have
    assert bring(4, given.rating(1, 25), given.rating(2, 100)) == 2
    assert bring(5, given.rating(1, 100), given.rating(9, 100)) == 3  # another category
    assert bring(6, given.rating(1, 100, weight=40)) == 4  # another weight
    assert bring(7, given.rating(1, 25)) == 2
    assert ScorecardVersion.objects.count() == 4


def test_a_draft_to_continue_with(cast, desk, export):
    _counts, _out, err = run(export, drafts=True)
    assert "Drafts of scorecards made" in err
    draft = ScorecardVersion.objects.get(state="draft")
    assert (draft.scorecard.key, draft.acknowledgement, draft.auto_fail) == ("zqa-7", "dispute", "zero")


def test_disputes_come_with_their_outcome_and_open_ones_as_a_note(cast, desk, tmp_path):
    sheet = [given.rating(1, 100), given.rating(2, 0)]
    reviews = [given.review(n, 50, sheet) for n in (1, 2, 3, 4)]
    disputes = [
        given.dispute(21, 1, "ACCEPTED", categories=[{"id": "1", "expectedRating": 100, "comment": {"comment": "Look again."}}]),
        given.dispute(
            22, 2, "PARTIALLY_ACCEPTED", categories=[{"id": "1", "expectedRating": 100}, {"id": "2", "expectedRating": 100}]
        ),
        given.dispute(23, 3, "OPEN", resolvedAt=None),
        given.dispute(24, 4, "REJECTED", createdBy={"id": "99", "name": "Somebody"}),
        given.dispute(25, 77, "REJECTED"),
        given.dispute(26, 4, "SOMETHING"),
    ]
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("a/disputes.json", json.dumps({"disputes": disputes}))
        stream.writestr("b/reviews.json", json.dumps(given.page(given.conversation(1, *reviews))))
        stream.writestr("b/users.json", json.dumps(given.USERS))
        stream.writestr("readme.txt", "not read")
    assert run(archive, dry_run=True)[0] == counts(10, created=7, rejected=3, warnings=1)
    assert not Review.objects.exists()
    assert not Source.objects.exclude(key="zendesk").exists()
    made, _out, err = run(archive)
    assert made == counts(10, created=7, rejected=3, warnings=2)
    accepted = Dispute.objects.get(imported__external_id="21")
    assert (accepted.state, accepted.raised_by, accepted.decided_by) == ("accepted", cast.rita, cast.viktor)
    assert accepted.decided_at == datetime(2026, 3, 4, 10, tzinfo=UTC)
    point = accepted.points.get()
    assert (point.accepted, point.answer.value, point.reason) == (True, 1, "Look again.")
    partly = {p.criterion.key: p.accepted for p in Dispute.objects.get(imported__external_id="22").points.all()}
    assert partly == {"zqa-1": True, "zqa-2": False}
    note = ImportedDispute.objects.get(external_id="23")
    assert (note.dispute, note.details["status"]) == (None, "OPEN")
    assert "is not told who here that is" in err
    assert run(archive)[0] == counts(10, unchanged=7, rejected=3)
    # It is decided by now: the note becomes a dispute.
    later = given.write(
        tmp_path / "later.json",
        {
            "disputes": [
                given.dispute(
                    23,
                    3,
                    "REJECTED",
                    createdBy={"id": "", "name": "Rita Example"},
                    assignee=None,
                    rejectedBy={"id": "1", "name": "Vera Example"},
                )
            ]
        },
    )
    assert run(later)[0] == counts(1, updated=1)
    assert Dispute.objects.get(imported=note).state == "rejected"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"id,score\n1,100\n", "tables of reviews"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"[]", "There is no review"),
        (b'{"conversations": [{"externalId": "1", "reviews": [', "breaks off"),
        (b"\xff\xfe\x00", "not text|no review|not JSON|breaks off|tables"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(cast, tmp_path, content, why):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=why) as stopped:
        run(path)
    assert stopped.value.returncode == 2


def test_a_damaged_line_costs_that_line_only(cast, desk, tmp_path):
    path = given.write(
        tmp_path / "r.jsonl", given.conversation(1, given.review(1, 90)), given.conversation(2, given.review(2, 90)), lines=True
    )
    path.write_text(path.read_text() + '{"externalId": "3", "rev\n[]\n{"neither": 1}\n')
    made, _out, _err = run(path)
    assert made == counts(5, created=2, rejected=3, warnings=2)


def dump():
    """Everything the import writes, without ids and the moments of importing."""
    return [
        sorted(
            Review.objects.values_list(
                "interaction__external_id", "reviewee__email", "state", "score_shown", "scorecard_version__number"
            )
        ),
        sorted(ImportedReview.objects.values_list("external_id", "digest")),
        sorted(
            Rating.objects.values_list("review__imported__external_id", "criterion__key", "answer__value", "comment"), key=str
        ),
        sorted(Interaction.objects.values_list("source__key", "external_id")),
        sorted(
            Dispute.objects.values_list("imported__external_id", "state", "points__criterion__key", "points__accepted"), key=str
        ),
        sorted(Answer.objects.values_list("criterion__section__version__number", "criterion__key", "value")),
        ReviewDraw.objects.count(),
    ]


def test_killed_anywhere_and_run_again_it_is_as_if_undisturbed(cast, tmp_path, now):
    sheet = [given.rating(1, 100), given.rating(2, 0)]
    conversations = [given.conversation(n, given.review(n, 50, sheet), given.review(100 + n, 100, sheet[:1])) for n in range(2)]
    disputes = [given.dispute(1, 1, "ACCEPTED", categories=[{"id": "1"}])]
    path = given.write(tmp_path / "r.json", given.page(*conversations) | given.USERS | {"disputes": disputes})

    def bring():
        return import_reviews(actor=None, path=path, now=now, chunk=3)

    def forget():
        for model in WRITTEN:
            model.objects.all().delete()

    counter = Killer(-1)
    with connection.execute_wrapper(counter):
        bring()
    undisturbed = dump()
    for moment in range(1, counter.count, 17):
        forget()
        with pytest.raises(Killed), connection.execute_wrapper(Killer(moment)):
            bring()
        transaction.set_rollback(False)  # what is not in a chunk is one statement: the test's own transaction may go on
        bring()
        assert dump() == undisturbed, moment


def test_a_file_is_read_a_piece_at_a_time(tmp_path):
    """What the reader holds does not grow with the file: 10 MB in one document, less than 4 MB held."""
    path = tmp_path / "large.json"
    with path.open("w") as stream:
        stream.write('{"conversations": [')
        for number in range(2_000):
            review = given.review(number, 100, [given.rating(1, 100)], comment="x" * 5_000)
            stream.write(("," if number else "") + json.dumps(given.conversation(number, review)))
        stream.write("]}")
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    found = sum(1 for _found in records(path))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 2_000
    assert peak < 4_000_000, peak
