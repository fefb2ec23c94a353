"""How strict reviewers are: counted at night from random draws, refused in plain words, and shown without shaming anybody."""

from __future__ import annotations

import numpy as np
import pytest
from django.urls import reverse

from coaching.interactions.models import Interaction
from coaching.quality import services as quality
from coaching.quality.calibration.counting import count_severity
from coaching.quality.calibration.queries import FEWEST_OTHERS, SeverityFigure, severity_of, severity_page
from coaching.quality.models import Review, ReviewDraw, ReviewerSeverity, ScorecardVersion
from coaching.quality.severity import severity
from people.models import Person
from tests.factories.quality import handler_of


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def write(rows, now, method="random"):
    """Published reviews of (rep, reviewer, score), in few statements."""
    quality.ensure_starter_scorecard(actor=None, now=now)
    version = ScorecardVersion.objects.get(state="published")
    start = Interaction.objects.count()
    handlers = {rep: handler_of(rep) for rep, _by, _score in rows}
    cases = Interaction.objects.bulk_create(
        Interaction(
            source=handlers[rep].source, external_id=f"s-{start + n}", handler=handlers[rep], opened_at=now, opened_on=now.date()
        )
        for n, (rep, _by, _score) in enumerate(rows)
    )  # fmt: skip
    draws = ReviewDraw.objects.bulk_create(
        ReviewDraw(interaction=case, reviewer=by, reviewee=rep, method=method, reason="x", drawn_at=now, due_on=now.date())
        for case, (rep, by, _score) in zip(cases, rows, strict=True)
    )
    Review.objects.bulk_create(
        Review(
            draw=draw, interaction=case, scorecard_version=version, reviewer=by, reviewee=rep, state="published", score_raw=score,
            score_shown=0, started_at=now, saved_at=now, published_at=now,
        )
        for case, draw, (rep, by, score) in zip(cases, draws, rows, strict=True)
    )  # fmt: skip


def floor(reps, severities, each, seed=3):
    rng = np.random.default_rng(seed)
    return [
        (rep, by, float(np.clip(75 + shift + rng.normal(0, 6), 0, 100)))
        for by, shift in severities.items()
        for rep in reps
        for _case in range(each)
    ]


def page(client, person, query=""):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse("severity") + query).content.decode()


def test_a_strict_and_a_lenient_reviewer(client, cast, now, django_assert_max_num_queries):
    reps = [cast.rita, cast.ravi, cast.otto]
    rows = floor(reps, {cast.vera: 7, cast.viktor: -7, cast.lena: 0}, 10)
    write(rows, now)
    write([(cast.rita, cast.hana, 5.0)] * 30, now, method="hand_picked")  # says nothing about anybody
    write([(cast.rita, cast.lars, 75.0)], now)
    summary = count_severity(12, now)
    expected = severity([(rep.pk, by.pk, score) for rep, by, score in [*rows, (cast.rita, cast.lars, 75.0)]])
    figures = severity_of([cast.vera, cast.viktor, cast.lena, cast.lars, cast.hana])
    assert set(figures) == {cast.vera.pk, cast.viktor.pk, cast.lena.pk}  # Lars has one review, Hana none at random
    assert figures[cast.vera.pk].points == pytest.approx(expected.reviewers[cast.vera.pk])
    assert figures[cast.vera.pk].correction == pytest.approx(expected.correction(cast.vera.pk))
    assert figures[cast.viktor.pk].points < -3 < 3 < figures[cast.vera.pk].points
    assert figures[cast.vera.pk].outside == pytest.approx(1 / 3)  # two of three reps are of one team
    assert summary.outside == pytest.approx(expected.outside)
    # Nothing was overwritten, and adjusted means are nearer to each other.
    assert abs(figures[cast.vera.pk].adjusted - figures[cast.viktor.pk].adjusted) < abs(
        figures[cast.vera.pk].original - figures[cast.viktor.pk].original
    )
    assert set(Review.objects.values_list("score_shown", flat=True)) == {0}
    everything = page(client, cast.hana)
    for part in ("Vera Example", "Viktor Example", "points lenient", "points strict", "not enough reviews yet: 1 of 20"):
        assert part in everything
    with django_assert_max_num_queries(14):
        page(client, cast.hana)
    assert "Nothing counted yet" in page(client, cast.hana, "?months=6")


def test_a_reviewer_sees_themselves_by_name_and_nobody_else(client, cast, now):
    reps = [cast.rita, cast.ravi, cast.otto]
    write(floor(reps, {cast.vera: 6, cast.viktor: -6, cast.lena: 1}, 8), now)
    count_severity(12, now)
    own = page(client, cast.vera)
    assert "Viktor Example" not in own
    assert "Lena Example" not in own
    assert "points lenient" in own
    assert "among so few, a value without a name is no secret" in own
    found = severity_page(cast.vera, 12, names=False)
    assert (found.others, found.hidden) == ([], True)
    write(floor(reps, {cast.lars: 2}, 8), now)
    count_severity(12, now)
    assert len(severity_page(cast.vera, 12, names=False).others) == FEWEST_OTHERS
    own = page(client, cast.vera)
    assert "Other reviewers, without names" in own
    assert not any(name in own for name in ("Viktor Example", "Lena Example", "Lars Example"))


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("apart", "Some reviewers and reps share nobody with the others"),
        ("one", "Only one person has reviewed"),
        ("few", "There are too few reviews: a reviewer needs 20"),
    ],
)
def test_refused_in_plain_words_with_what_to_do(client, cast, now, who, words):
    rows = {
        "apart": [(cast.rita, cast.vera, 80.0)] * 25 + [(cast.otto, cast.viktor, 60.0)] * 25,
        "one": [(cast.rita, cast.vera, 80.0)] * 25,
        "few": [(cast.rita, cast.vera, 80.0), (cast.rita, cast.viktor, 60.0)] * 5,
    }[who]
    write(rows, now)
    count_severity(12, now)
    assert severity_of(Person.objects.all()) == {}
    assert not ReviewerSeverity.objects.filter(points__isnull=False).exists()
    read = page(client, cast.hana)
    assert words in read
    assert "route at least 20 % of reviews outside the home team, or double-score one shared set per month" in read
    assert "points strict" not in read


def test_corrections_stop_at_ten_points():
    figure = SeverityFigure(reviewer_id=1, reviews=40, original=95, points=-14, low=-18, high=-10, outside=0.4)
    assert (figure.correction, figure.adjusted, figure.capped, figure.is_clear) == (10, 100, True, True)
    assert not SeverityFigure(1, 40, 95, -1, -3, 1, 0.4).is_clear
