"""What is recommended: by one's own reviews and the playbook's weights, by lot within what is known; the same all day."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from cms.models import Standard
from coaching.playbook.models import SuggestionDismissal
from coaching.playbook.recommending.arithmetic import PRIOR, believe, drawn, value
from coaching.playbook.recommending.queries import recommend
from coaching.playbook.services import add_remedy, change_remedy
from coaching.quality.models import Criterion
from coaching.quality.services import ensure_starter_scorecard
from learning.assignments.models import Assignment
from learning.assignments.training.services import complete_by_hand
from learning.modules import effects
from learning.modules.effects import MeasuredEffect
from learning.modules.services import publish_module
from people import services as people_services
from people.models import Role
from tests.factories.learning import build_module, give, make_module
from tests.factories.quality_scores import scored

SCORECARD = "written-conversation"


def main_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split("<main")[1].split())


# --- Arithmetic -----------------------------------------------------------------------------------------------------------


def test_the_published_vector():
    belief = believe(MeasuredEffect(points=1.8, error=0.9, people=34))
    assert (round(belief.mean, 3), round(belief.sd, 3)) == (1.588, 0.772)
    assert believe(None) == PRIOR


@hypothesis_given(st.floats(-20, 20), st.floats(0.05, 20))
def test_a_measured_effect_is_drawn_towards_what_is_expected(points, error):
    belief = believe(MeasuredEffect(points, error, 5))
    low, high = sorted((points, PRIOR.mean))
    assert low - 1e-9 <= belief.mean <= high + 1e-9
    assert belief.sd < min(error, PRIOR.sd) + 1e-9
    assert belief.low < belief.mean < belief.high


def test_draws_are_the_days_and_follow_what_is_believed():
    day = date(2026, 6, 15)
    assert drawn(PRIOR, person_id=1, module_id=2, day=day) == drawn(PRIOR, person_id=1, module_id=2, day=day)
    draws = [drawn(PRIOR, person_id=1, module_id=2, day=day + timedelta(days=n)) for n in range(4000)]
    mean = sum(draws) / len(draws)
    sd = (sum((one - mean) ** 2 for one in draws) / len(draws)) ** 0.5
    assert mean == pytest.approx(1.0, abs=0.1)
    assert sd == pytest.approx(1.5, abs=0.08)
    assert value([(3, 0.5), (1, 0.2)], 2.0) == pytest.approx(3.4)


# --- Pages ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def usual(cast):
    """Eight people meet two criteria nearly always; Rita misses "plain language" in five of eight reviews."""
    now = timezone.now()
    ensure_starter_scorecard(actor=None, now=now)
    others = [
        people_services.create_person(
            actor=None, email=f"u{n}@example.com", display_name=f"U{n}", roles=[Role.REP], now=now - timedelta(days=300)
        )
        for n in range(7)
    ]
    for number, person in enumerate(others):
        scored(cast.vera, person, [95] * 12, now=now)
        scored(cast.vera, person, [70], now=now, missed="plain-language" if number % 2 else "warm-greeting")
    scored(cast.vera, cast.rita, [95] * 3, now=now)
    scored(cast.vera, cast.rita, [60] * 5, now=now, missed="plain-language")
    plain, warm = make_module(now, "Plain words"), make_module(now, "A warm start")
    remedies = {
        key: add_remedy(actor=cast.hana, scorecard_key=SCORECARD, criterion_key=key, module=module, due_in_days=14, now=now)
        for key, module in (("plain-language", plain), ("warm-greeting", warm))
    }
    cache.clear()
    return {"plain": plain, "warm": warm, "remedies": remedies, "others": others, "now": now}


def found(person, now):
    said = recommend(person, now)
    return None if said is None else [one.module.title for one in said.found]


def test_what_my_reviews_say_is_recommended_in_plain_words(cast, sign_in, usual):
    page = main_of(sign_in(cast.rita).get(reverse("learn_home")))
    assert "Recommended for you" in page
    assert "In 5 of your last 8 reviews" in page
    assert "is usual here" in page
    assert "not yet measured" in page
    assert "(−1.9 to +3.9)" in page
    assert page.count('href="/quality/reviews/') == 3, "the evidence, at most three"
    assert "A warm start" not in page
    assert found(usual["others"][0], usual["now"]) == [], "one of thirteen is nothing that stands out"
    assert found(cast.ravi, usual["now"]) is None, "without reviews nothing is said"
    assert "Recommended for you" not in main_of(sign_in(cast.ravi).get(reverse("learn_home")))


def test_taking_it_is_ones_own_choice_with_its_reason(cast, sign_in, usual):
    rita = sign_in(cast.rita)
    answer = rita.post(reverse("recommendation_take", args=[usual["plain"].pk]))
    assignment = Assignment.objects.get()
    assert answer.url == reverse("assignment_detail", args=[assignment.pk])
    assert (assignment.source, assignment.person, assignment.due_on) == ("own", cast.rita, None)
    assert "In 5 of your last 8 reviews" in assignment.because
    assert assignment.evidence_url.startswith("/quality/reviews/")
    assert "Why did I get this?" in main_of(rita.get(answer.url))
    assert found(cast.rita, usual["now"]) == [], "what is open is not recommended"


def test_put_aside_for_thirty_days(cast, sign_in, usual):
    rita = sign_in(cast.rita)
    page = rita.post(reverse("recommendation_dismiss", args=[usual["plain"].pk]), follow=True)
    assert "You put 1 module aside." in main_of(page)
    assert found(cast.rita, usual["now"]) == []
    assert found(cast.rita, usual["now"] + timedelta(days=29)) == []
    assert found(cast.rita, usual["now"] + timedelta(days=30)) == ["Plain words"]
    assert "Plain words" in main_of(rita.post(reverse("recommendations_again"), follow=True))
    assert not SuggestionDismissal.objects.exists()


def test_left_out_first(cast, usual):
    now, plain = usual["now"], usual["plain"]
    before = make_module(now, "Before")
    plain.prerequisites.set([before])
    publish_module(actor=None, module=plain, now=now)
    assert found(cast.rita, now) == [], "something comes before it"
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, before, now), reason="Seen.", now=now)
    assert found(cast.rita, now) == ["Plain words"]
    past = now - timedelta(days=40)
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, plain, past), reason="Seen.", now=past)
    assert found(cast.rita, now) == [], "completed forty days ago"
    assert found(cast.rita, now + timedelta(days=51)) == ["Plain words"]


def test_a_full_desk_is_recommended_nothing(cast, sign_in, usual):
    for number in range(5):
        give(cast.rita, make_module(usual["now"], f"M{number}"), usual["now"])
    assert "You have five modules or more to do" in main_of(sign_in(cast.rita).get(reverse("learn_home")))


def test_the_playbooks_weight_counts(cast, usual):
    remedy = usual["remedies"]["plain-language"]
    change_remedy(actor=cast.hana, remedy=remedy, module=usual["plain"], due_in_days=14, weight=0, now=usual["now"])
    assert found(cast.rita, usual["now"]) == []


def test_who_teaches_the_standard_of_a_criterion_is_for_it_too(cast, usual):
    now = usual["now"]
    give(cast.rita, usual["plain"], now)
    assert found(cast.rita, now) == []
    criterion = Criterion.objects.select_related("standard").get(section__version__state="published", key="plain-language")
    if criterion.standard is None:
        criterion.standard = Standard.objects.create(key="plain", title="Plain", behaviour="Plainly.")
        criterion.save()
    module = build_module("Exercise")
    module.standards.set([criterion.standard])
    publish_module(actor=None, module=module, now=now)
    assert found(cast.rita, now) == ["Exercise"]


def test_in_the_language_of_the_person(cast, usual):
    now, plain = usual["now"], usual["plain"]
    make_module(now, "Klare Worte", language="de", translation_of=plain)
    assert found(cast.rita, now) == ["Plain words"]
    cast.rita.locale = "de"
    cast.rita.save()
    assert found(cast.rita, now) == ["Klare Worte"]


def test_the_better_module_comes_first_on_most_days_but_not_on_all(cast, usual):
    now = usual["now"]
    scored(cast.vera, cast.rita, [60] * 5, now=now, missed="warm-greeting")
    scored(cast.vera, cast.rita, [60] * 2, now=now, missed="plain-language")
    cache.clear()
    measured = effects.register(lambda ids: {usual["warm"].pk: MeasuredEffect(4.0, 0.8, 50)})
    try:
        firsts = [found(cast.rita, now + timedelta(days=day))[0] for day in range(60)]
        assert found(cast.rita, now) == found(cast.rita, now + timedelta(minutes=1))
        page = recommend(cast.rita, now)
    finally:
        effects.unregister(measured)
    assert 35 < firsts.count("A warm start") < 60, "and what is not known yet is tried now and then"
    effect = next(one.effect for one in page.found if one.module == usual["warm"])
    assert effect == "Tried with 50 people: +3.3 points (+2.0 to +4.7)."


def test_the_head_gives_weights(cast, sign_in, usual):
    remedy = usual["remedies"]["plain-language"]
    hana = sign_in(cast.hana)
    data = {"module": usual["plain"].pk, "due_in_days": "14", "weight": "3"}
    hana.post(reverse("remedy_edit", args=[remedy.pk]), data)
    remedy.refresh_from_db()
    assert remedy.weight == 3
    assert "3 of 3" in main_of(hana.get(reverse("remedy_list")))
    assert hana.post(reverse("remedy_edit", args=[remedy.pk]), data | {"weight": "4"}).status_code == 200
    remedy.refresh_from_db()
    assert remedy.weight == 3
