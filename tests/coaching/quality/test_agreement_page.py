"""How far reviewers agree: counted from what was scored twice, as agreement.py says, stored, and read fast."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from coaching.quality import services as quality
from coaching.quality.agreement import DOUBLES_TO_JUDGE, Level, agreement
from coaching.quality.calibration import services
from coaching.quality.calibration.counting import (
    NA,
    Reading,
    agreement_figures,
    count_agreement_of_all,
    count_quarter,
    doubled_readings,
)
from coaching.quality.calibration.days import months_before, next_quarter, quarter_of, quarters_up_to
from coaching.quality.calibration.queries import agreement_in
from coaching.quality.disputes import services as disputes
from coaching.quality.models import AgreementSummary, Answer, CalibrationSession, Criterion, Review, ReviewDraw, Scorecard
from tests.factories.calibration import agree, fill, make_session, scoring_of
from tests.factories.quality import answers, make_published

QUARTER = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def again(review, reviewer, now, **choices):
    """The same conversation, published by a second reviewer."""
    draw = ReviewDraw.objects.create(
        interaction=review.interaction, reviewer=reviewer, reviewee=review.reviewee, method="hand_picked", reason="Both of us",
        drawn_at=now, due_on=now.date(),
    )  # fmt: skip
    second = quality.start_review(actor=reviewer, draw=draw, now=now)
    quality.save_draft(actor=reviewer, review=second, ratings=answers(second, **choices), comment="", now=now)
    return quality.publish_review(actor=reviewer, review=second, now=now)


def test_counted_from_reviews_sessions_and_second_readings(cast, now):
    first = make_published(cast.vera, cast.rita, number=1, now=now, warm_greeting=0.5)
    again(first, cast.viktor, now)
    make_published(cast.vera, cast.rita, number=2, now=now)  # only once: says nothing
    session = make_session(cast.hana, [cast.vera, cast.viktor, cast.lena], rep=cast.rita, now=now)
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now, warm_greeting=0, calm_with_upset="na")
    fill(scoring_of(session, cast.lena), now=now, warm_greeting=0)
    read = make_published(cast.vera, cast.ravi, number=3, now=now, protect_customer_data=0)
    reading = services.ask_grader_review(actor=cast.hana, review=read, grader=cast.viktor, now=now)
    fill(reading.scoring, now=now)
    summary = count_quarter(Scorecard.objects.get(), QUARTER, now)
    assert summary.doubles == 3
    [found] = agreement_in(QUARTER)
    by_key = {line.key: line for line in found.criteria}
    # Three conversations: 0.5 against 1, then 1 against 0 and 0, then twice 1.
    expected = agreement([[0.5, 1], [1, 0, 0], [1, 1]], [0, 0.5, 1], Level.ORDINAL)
    line = by_key["warm-greeting"]
    assert (line.doubles, line.level) == (3, "ordinal")
    assert line.percent.value == pytest.approx(expected.percent.value) == pytest.approx((0 + 1 / 3 + 1) / 3)
    assert line.ac.value == pytest.approx(expected.ac.value)
    assert line.alpha.value == pytest.approx(expected.alpha.value)
    assert line.ac.low <= line.ac.value <= line.ac.high
    # Ordinal: "does not apply" is left out; two found that it applies.
    assert (by_key["calm-with-upset"].doubles, by_key["calm-with-upset"].percent.value) == (3, 1)
    # Two answers: nominal.
    scale = sorted(Answer.objects.filter(criterion__key="protect-customer-data").values_list("value", flat=True))
    assert by_key["protect-customer-data"].level == ("nominal" if len(scale) == 2 else "ordinal")
    assert by_key["protect-customer-data"].percent.value == pytest.approx(2 / 3)
    assert found.whole.doubles == 3
    assert not found.whole.enough


def test_na_is_an_answer_beside_two_others():
    readings = [
        Reading(number, person, "yes-no", value, 0.5)
        for number, pair in enumerate([(1.0, None), (None, None), (1.0, 1.0), (0.0, 1.0)])
        for person, value in enumerate(pair)
    ]

    class Yes:
        label, values, allow_na = "Yes or no", {0.0, 1.0}, True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coaching.quality.calibration.counting._asked", lambda _scorecard: {"yes-no": Yes})
        doubles, figures = agreement_figures(None, readings)
    expected = agreement([[1, NA], [NA, NA], [1, 1], [0, 1]], [0, 1, NA], Level.NOMINAL)
    assert doubles == 4
    assert figures[1]["percent"][0] == expected.percent.value == 0.5
    assert figures[1]["ac"][0] == pytest.approx(expected.ac.value)
    # The whole scorecard asks who passed: one pair did, one did not.
    assert figures[0]["percent"][0] == 0.5


def test_a_disputed_review_counts_as_its_reviewer_gave_it(cast, now):
    first = make_published(cast.vera, cast.rita, number=1, now=now, warm_greeting=0)
    again(first, cast.viktor, now)
    greeting = Criterion.objects.get(section__version=first.scorecard_version, key="warm-greeting")
    best = Answer.objects.get(criterion=greeting, value=1)
    point = disputes.PointInput(criterion_id=greeting.pk, reason="I greeted.")
    dispute = disputes.raise_dispute(actor=cast.rita, review=first, points=[point], now=now)
    wish = [disputes.OutcomeInput(criterion_id=greeting.pk, accepted=True, answer_id=best.pk)]
    disputes.decide_dispute(actor=cast.hana, dispute=dispute, outcomes=wish, comment="Yes.", grader_error=True, now=now)
    found = {(r.scorer, r.value) for r in doubled_readings(Scorecard.objects.get(), QUARTER) if r.key == "warm-greeting"}
    assert found == {(cast.vera.pk, 0.0), (cast.viktor.pk, 1.0)}
    # The corrected one taken back, too: nothing of it stands.
    corrected = Review.objects.get(corrects=first)
    quality.withdraw_review(actor=cast.vera, review=corrected, reason="The wrong case.", now=now)
    assert doubled_readings(Scorecard.objects.get(), QUARTER) == []


def test_what_another_system_did_twice_is_no_double(cast, now):
    first = make_published(cast.vera, cast.rita, number=1, now=now)
    again(first, cast.viktor, now)
    assert doubled_readings(Scorecard.objects.get(), QUARTER)
    ReviewDraw.objects.update(method="imported")
    assert doubled_readings(Scorecard.objects.get(), QUARTER) == []


def test_a_bonus_is_nothing_that_two_people_passed(cast, now):
    first = make_published(cast.vera, cast.rita, number=1, now=now, warm_greeting=0)
    again(first, cast.viktor, now)
    Criterion.objects.filter(key="warm-greeting").update(is_bonus=True)
    whole, *criteria = agreement_figures(Scorecard.objects.get(), doubled_readings(Scorecard.objects.get(), QUARTER))[1]
    assert whole["percent"][0] == 1
    assert next(line for line in criteria if line["key"] == "warm-greeting")["percent"][0] == 0


def test_the_quarter_of_the_last_scoring(cast, now):
    before = now - timedelta(days=100)
    first = make_published(cast.vera, cast.rita, number=1, now=before)
    scorecard = Scorecard.objects.get()
    again(first, cast.viktor, now)
    assert doubled_readings(scorecard, date(2026, 1, 1)) == []
    assert len({r.scorer for r in doubled_readings(scorecard, QUARTER)}) == 2
    assert doubled_readings(scorecard, date(2026, 7, 1)) == []
    # Withdrawn without a correction: gone.
    quality.withdraw_review(actor=cast.vera, review=first, reason="The wrong case.", now=now)
    assert doubled_readings(scorecard, QUARTER) == []


def test_quarters():
    assert quarter_of(date(2026, 6, 30)) == QUARTER
    assert next_quarter(date(2026, 10, 1)) == date(2027, 1, 1)
    assert months_before(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert quarters_up_to(date(2026, 2, 3), 3) == [date(2026, 1, 1), date(2025, 10, 1), date(2025, 7, 1)]


def test_words_only_from_fifty_doubles_on(client, cast, now):
    quality.ensure_starter_scorecard(actor=None, now=now)
    known = [0.92, 0.85, 0.97]
    line = {
        "key": "warm-greeting",
        "label": "Warm greeting",
        "level": "ordinal",
        "percent": known,
        "ac": [0.88, 0.8, 0.95],
        "alpha": [0.3, 0.1, 0.5],
    }
    figures = [
        line | {"key": "", "label": "", "doubles": DOUBLES_TO_JUDGE},
        line | {"doubles": 12},
        line | {"key": "a", "label": "Second", "doubles": 60, "ac": [0.7, 0.6, 0.8]},
        line | {"key": "b", "label": "Third", "doubles": 60, "ac": [0.5, 0.4, 0.6]},
        line | {"key": "c", "label": "Fourth", "doubles": 60, "ac": [None, None, None], "alpha": [None, None, None]},
    ]
    AgreementSummary.objects.create(scorecard=Scorecard.objects.get(), quarter=QUARTER, as_of=now, doubles=60, figures=figures)
    client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("agreement")).content.decode()
    assert "Two reviewers give the same answer 92 times in 100. After allowing for luck: good." in page
    assert "Not enough doubles yet: 12 of 50." in page
    assert "After allowing for luck: fair." in page
    assert "After allowing for luck: low." in page
    assert "Cannot be computed from these answers." in page
    assert "85 %–97 %" in page
    assert "Nothing counted for this quarter yet" in client.get(reverse("agreement") + "?quarter=2020-01-01").content.decode()
    assert client.get(reverse("agreement") + "?quarter=nonsense").status_code == 200


def test_the_page_reads_what_stands_and_closing_counts_anew(
    client, cast, now, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    assert count_agreement_of_all(now) == 4  # the quarters before are counted once
    assert count_agreement_of_all(now) == 2
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now)
    agree(CalibrationSession.objects.get(), cast.hana, now=now)
    services.resolve_session(actor=cast.hana, session=session, now=now)
    assert set(AgreementSummary.objects.values_list("doubles", flat=True)) == {0}
    with django_capture_on_commit_callbacks(execute=True):
        services.close_session(actor=cast.hana, session=session, now=now)
    assert AgreementSummary.objects.get(quarter=QUARTER).doubles == 1
    client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(reverse("agreement"))
    with django_assert_max_num_queries(14):
        client.get(reverse("agreement"))
