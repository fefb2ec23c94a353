"""The local learner: off until there are 200 reviews, tried on the newest, used only where it beats chance, never a score."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone
from sklearn.metrics import roc_auc_score

from coaching.quality.models import Criterion, Review
from coaching.quality.services import QualityError
from coaching.quality.suggestions.learner import features, predicting, reading, store, training, validation
from coaching.quality.suggestions.learner.queries import learner_state, messages_to_look_at, run_that_orders
from coaching.quality.suggestions.learner.services import ask_for_training, give_up_dead, look_at_conversations
from coaching.quality.suggestions.models import LearnerRun, Likelihood, Suggestion
from tests.factories.quality import make_draft
from tests.factories.reviewed import make_reviewed
from tests.rules.source import product_python


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def moment():
    return timezone.now()


def some(count: int, share: float = 0.3, seed: int = 1) -> list[bool]:
    rng = Random(seed)
    return [rng.random() < share for _ in range(count)]


def trained(cast, moment, **wish) -> LearnerRun:
    ask_for_training(actor=cast.hana, now=moment)
    training.train_waiting(timezone.now)
    return LearnerRun.objects.order_by("-pk")[0]


def test_it_is_off_until_there_are_200_random_reviews(cast, sign_in, moment):
    make_reviewed(cast.rita, cast.vera, 183, now=moment, poor=some(183), criteria_rated=1)
    make_reviewed(cast.ravi, cast.vera, 30, now=moment, poor=some(30), method="targeted", criteria_rated=1)
    page = sign_in(cast.hana).get(reverse("helper_list")).content.decode()
    assert "183 of 200 reviews" in page
    assert reverse("learner_train") not in page
    answer = sign_in(cast.hana).post(reverse("learner_train"), follow=True)
    assert "There are 183 of 200 random reviews" in answer.content.decode()
    assert not LearnerRun.objects.exists()


def test_it_learns_from_its_own_reviews_orders_marks_and_sets_no_score(cast, sign_in, moment, django_capture_on_commit_callbacks):
    poor = some(240)
    make_reviewed(cast.rita, cast.vera, 240, now=moment, poor=poor, criteria_rated=1)
    before = list(Review.objects.order_by("pk").values_list("score_shown", "score_raw", "state"))
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.hana).post(reverse("learner_train"))
    run = LearnerRun.objects.get()
    assert (run.state, run.problem, run.reviews, run.orders, run.marks) == ("done", "", 240, True, True)
    assert run.library.startswith("scikit-learn 1.")
    assert run.conversations["n"] == 48
    assert run.conversations["positive"] == sum(poor[-48:])
    assert run.conversations["by_failure"]
    page = sign_in(cast.vera).get(reverse("helper_list")).content.decode()
    chance = round(16 * sum(poor[-48:]) / 48)
    words = f"Of the 16 conversations it would put first, {run.conversations['hits']} had something to talk about; at random it would be {chance}."
    assert words in page
    assert run.conversations["hits"] > chance

    # Like the poor ones, and like the good ones, with names and numbers never seen.
    cases = [each.interaction for each in (make_draft(cast.vera, cast.otto, number=n, now=moment) for n in (1, 2))]
    for case, text in zip(cases, (("As I said before this is not possible, Zoe.", "Please read our terms again.")), strict=True):
        case.messages.filter(position=2).update(body=text)
    cases[1].messages.filter(position=2).update(body="I have looked into it myself, Zoe, and the refund is on its way.")
    learned = store.load(run.file_name, run.sha256)
    low, high = (predicting.likelihood(learned, c) for c in reversed(list(reading.conversations([c.pk for c in cases]))))
    assert low < high
    draft = Review.objects.get(interaction=cases[0], state="draft")
    assert cases[0].messages.get(position=2).pk in messages_to_look_at(draft)
    assert len(messages_to_look_at(draft)) <= 3

    vera = sign_in(cast.vera)
    page = vera.get(reverse("review_edit", args=[draft.pk])).content.decode()
    assert page.count("look-here pill") == len(messages_to_look_at(draft))
    assert not re.search(r'type="radio"[^>]* checked', page)  # a mark chooses nothing
    back = reverse("review_edit", args=[draft.pk])
    assert vera.post(reverse("helpers_choose"), {"show_proposals": "on", "back": back}).url == back
    page = vera.get(back).content.decode()
    assert "look-here pill" not in page
    assert "Show marks" in page

    Suggestion.objects.create(interaction=cases[1], day=moment.date(), found_at=moment)
    assert look_at_conversations(now=moment) == 1  # what is drawn at random is not looked at
    assert look_at_conversations(now=moment) == 0
    assert Likelihood.objects.get().interaction == cases[1]
    assert list(Review.objects.exclude(state="draft").order_by("pk").values_list("score_shown", "score_raw", "state")) == before

    again = trained(cast, moment)
    assert again.pk != run.pk
    assert (again.sha256, again.conversations) == (run.sha256, run.conversations)  # the same reviews teach the same

    path = store.folder() / run.file_name
    path.write_bytes(path.read_bytes() + b"x")
    store._load.cache_clear()
    assert messages_to_look_at(draft) == []
    assert look_at_conversations(now=moment) == 0
    assert "missing or was changed" in vera.get(reverse("helper_list")).content.decode()


def test_what_does_not_beat_chance_is_used_for_nothing(cast, sign_in, moment):
    reviews = make_reviewed(cast.rita, cast.vera, 220, now=moment, poor=some(220), criteria_rated=1)
    luck = Random(9)  # scores that have nothing to do with the words
    ratings = {}
    for review in reviews:
        rating = ratings.setdefault(review.pk, review.ratings.order_by("pk")[0])
        answers = list(rating.criterion.answers.order_by("value"))
        rating.answer = answers[0] if luck.random() < 0.3 else answers[-1]
        rating.save()
    run = trained(cast, moment)
    assert run.state == "done"
    assert run.conversations["low"] <= 0.5
    assert not run.orders
    assert run_that_orders() is None
    assert "Not used: it does not beat chance" in sign_in(cast.hana).get(reverse("helper_list")).content.decode()


def test_a_bonus_that_was_not_earned_is_no_failure_to_learn(cast, moment):
    reviews = make_reviewed(cast.rita, cast.vera, 4, now=moment, poor=[True, False, True, False], criteria_rated=1)
    assert [example.failed for example in reading.examples()] == [True, False, True, False]
    Criterion.objects.filter(pk=reviews[0].ratings.get().criterion_id).update(is_bonus=True)
    assert [example.failed for example in reading.examples()] == [False] * 4


def test_reviews_that_are_all_alike_teach_nothing_and_say_so(cast, moment):
    make_reviewed(cast.rita, cast.vera, 210, now=moment, poor=[False] * 210, criteria_rated=1)
    run = trained(cast, moment)
    assert (run.state, run.problem) == ("failed", "The reviews are too much alike: there is nothing to tell apart.")
    ask_for_training(actor=cast.hana, now=moment)
    with pytest.raises(QualityError, match="under way"):
        ask_for_training(actor=cast.hana, now=moment)
    assert give_up_dead(now=moment + timedelta(hours=1)) == 1  # its worker was killed
    assert learner_state().pending is None


def test_the_area_is_that_of_a_reference_and_a_draw_is_a_weighted_area():
    rng = np.random.default_rng(4)
    for _round in range(20):
        labels = rng.integers(0, 2, 60).astype(float)
        labels[:2] = 0, 1
        scores = np.round(rng.normal(size=60) + labels, 1)  # ties
        times = rng.integers(0, 3, 60)
        times[:2] = 1
        weights = np.stack([np.ones(60), times.astype(float)])
        found = validation.weighted_auc(scores, labels, weights)
        assert found[0] == pytest.approx(roc_auc_score(labels, scores))
        assert found[1] == pytest.approx(roc_auc_score(np.repeat(labels, times), np.repeat(scores, times)))
    assert np.isnan(validation.weighted_auc(scores, np.ones(60), weights)).all()


def test_the_interval_covers_and_knows_that_messages_of_a_conversation_hang_together():
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, 80).astype(float)
    found = validation.check(rng.normal(size=80), labels, range(80), seed=1)
    assert not found.beats_chance
    better = validation.check(rng.normal(size=80) + 2 * labels, labels, range(80), seed=1)
    assert better.beats_chance
    assert better.low < better.auc < better.high
    assert sum(part.n for part in better.classes) == 80
    tenfold = np.repeat(rng.normal(size=30) + np.tile([0, 0.7], 15), 10)
    marks = np.repeat(np.tile([0.0, 1.0], 15), 10)
    alone = validation.auc_interval(tenfold, marks, range(300), seed=1)
    together = validation.auc_interval(tenfold, marks, np.repeat(range(30), 10), seed=1)
    assert together[2] - together[1] > 2 * (alone[2] - alone[1])


def test_names_and_numbers_are_not_learned():
    assert features.without_names("Dear Kim, Rita Example here.", ["Kim", "Rita Example"]) == "Dear  ,     here."
    assert features.counts("order 4711") == features.counts("order 99")
    assert all(place < features.TEXT_PLACES for place in features.counts("ÄÖ ß 你好 " * 50))


def test_a_file_that_holds_anything_but_numbers_is_refused(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    sizes = store._sizes()
    for bad in (
        {**{name: np.zeros(size) for name, size in sizes.items()}, "case_text": np.array([Trap()], dtype=object)},
        {name: np.zeros(size) for name, size in sizes.items() if name != "case_text"},
        {name: np.zeros(size + 1) for name, size in sizes.items()},
        {name: np.full(size, np.nan) for name, size in sizes.items()},
    ):
        buffer = io.BytesIO()
        np.savez(buffer, **bad)
        with pytest.raises(store.ModelUnreadable):
            store.read(buffer.getvalue())
    for content in (b"", b"PK\x03\x04 no archive"):
        with pytest.raises(store.ModelUnreadable):
            store.read(content)
    with pytest.raises(store.ModelUnreadable):
        store.load("../../secret-key", "0" * 64)


def test_only_the_training_loads_scikit_learn_and_only_by_its_path():
    sources = [s for s in product_python() if s.path.startswith("coaching/quality/")]
    assert [s.path for s in sources if re.search(r"^(from|import) sklearn", s.text, re.M)] == [
        "coaching/quality/suggestions/learner/training.py"
    ]
    assert [
        s.path for s in sources if re.search(r"^(from|import) \S*(learner\.training|learner import .*training)", s.text, re.M)
    ] == []
