"""The score: published vectors, properties, and a slow reference written another way."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.quality.scoring import CAP, NONE, REVIEW, SECTION, UNCHANGED, ZERO, Condition, Item, even_scale, score
from foundation.statistics import mean_interval


def item(key, weight, value=None, *, na=False, criticality=NONE, section="", **more):
    return Item(key=key, weight=weight, value=value, is_na=na, criticality=criticality, section=section, **more)


@pytest.mark.parametrize(
    ("steps", "percents"),
    [(2, [0, 100]), (3, [0, 50, 100]), (4, [0, 33.3, 66.7, 100]), (5, [0, 25, 50, 75, 100])],
)
def test_scale_to_percent(steps, percents):
    assert [round(100 * value, 1) for value in even_scale(steps)] == percents


def test_mean_of_review_scores():
    assert round(mean_interval([100, 9.91, 63.96, 90.99, 0])[0], 2) == 52.97


def test_groups_by_points():
    result = score([item("a", 40, 1), item("b", 40, 0), item("c", 20, 1)])
    assert result.raw == 60


def test_not_applicable_leaves_both_sides():
    result = score([item("a", 3, 1), item("b", 2, 0.5), item("c", 1, na=True)])
    assert (result.shown, result.applicable_weight) == (80, 5)


@pytest.mark.parametrize(("policy", "shown"), [(ZERO, 0), (CAP, 50), (UNCHANGED, 70)])
def test_review_critical(policy, shown):
    result = score([item("a", 3, 1), item("b", 2, 0.25, criticality=REVIEW)], auto_fail=policy, cap=50)
    assert (result.raw, result.shown, result.critical_failed) == (70, shown, ("b",))


def test_cap_never_raises_a_score():
    assert score([item("a", 1, 0.1, criticality=REVIEW)], auto_fail=CAP, cap=50).shown == 10


def test_section_critical_zeroes_its_section_only():
    items = [item("a", 2, 0, criticality=SECTION, section="x"), item("b", 3, 1, section="x"), item("c", 5, 1, section="y")]
    result = score(items, auto_fail=ZERO)
    assert (result.raw, result.shown, result.review_failed) == (80, 50, False)
    assert [line.points for line in result.lines] == [0, 0, 50]


def test_nothing_applies():
    result = score([item("a", 3, na=True), item("b", 2, na=True)])
    assert (result.raw, result.shown, result.applicable_weight, result.complete) == (None, None, 0, True)


def test_blank_is_not_na():
    blank, na = score([item("a", 3, 1), item("b", 2)]), score([item("a", 3, 1), item("b", 2, na=True)])
    assert (blank.complete, na.complete) == (False, True)


def test_keeping_the_weight_of_a_section():
    items = [item("a", 30, 1, section="x"), item("b", 20, na=True, section="x"), item("c", 50, 0, section="y")]
    assert score(items).raw == 37.5
    assert score(items, keep_section_weight=True).raw == 50


def test_a_group_by_half_and_whole():
    """Genesys: 1 of 2 at weight 40 and 1 of 1 at weight 20 make 60 of 100."""
    assert score([item("a", 80, 0.5), item("b", 20, 1)]).raw == 60


def test_the_critical_score_is_that_of_the_critical_criteria():
    items = [item("a", 60, 1), item("b", 30, 0, criticality=SECTION), item("c", 10, 1, criticality=REVIEW)]
    assert score(items).critical == 25
    assert score(items[:1]).critical is None
    assert score([*items[:1], item("c", 10, na=True, criticality=REVIEW)]).critical is None


def test_a_bonus_lifts_a_score_to_100_at_most():
    base = [item("a", 60, 0.5), item("b", 40, 1)]
    lifted = score([*base, item("extra", 10, 1, is_bonus=True)])
    assert (lifted.raw, lifted.shown, lifted.bonus, lifted.applicable_weight) == (80, 80, 10, 100)
    assert score([*base, item("extra", 10, 0, is_bonus=True)]).raw == score(base).raw == 70
    assert score([*base, item("extra", 10, na=True, is_bonus=True)]).raw == 70
    much = score([*base, item("extra", 100, 1, is_bonus=True)])
    assert (much.shown, much.bonus) == (100, 100)
    assert score([item("extra", 10, 1, is_bonus=True)]).shown is None


def test_a_bonus_goes_down_with_its_section():
    items = [item("a", 50, 0, criticality=SECTION, section="x"), item("b", 50, 1), item("c", 20, 1, section="x", is_bonus=True)]
    assert (score(items).shown, score(items).raw, score(items).bonus) == (50, 70, 0)


def test_what_is_asked_follows_from_another_answer():
    refund = item("refund", 10, 0, asked_if=Condition(key="solved", at_most=0.4))
    asked = score([item("solved", 30, 0), refund])
    assert (asked.raw, asked.total, asked.lines[1].asked) == (0, 2, True)
    passed_over = score([item("solved", 30, 1), refund])
    assert (passed_over.raw, passed_over.total, passed_over.complete) == (100, 1, True)
    assert (passed_over.lines[1].asked, passed_over.lines[1].share, passed_over.critical_failed) == (False, 0, ())
    for open_one in (item("solved", 30), item("solved", 30, na=True)):
        assert score([open_one, refund]).total == 1


def test_conditions_make_chains_and_no_circles():
    chain = [
        item("a", 1, 1),
        item("b", 1, 0, asked_if=Condition(key="a", at_least=1)),
        item("c", 1, 0, asked_if=Condition(key="b", at_most=0)),
    ]
    assert score(chain).total == 3
    assert score([replace(chain[0], value=0), *chain[1:]]).total == 1
    with pytest.raises(ValueError, match="depends on itself"):
        score([item("a", 1, asked_if=Condition(key="b")), item("b", 1, asked_if=Condition(key="a"))])
    with pytest.raises(ValueError, match="depends on itself"):
        score([item("a", 1, asked_if=Condition(key="a"))])
    with pytest.raises(ValueError, match="a is asked depending on z, which is not on the scorecard"):
        score([item("a", 1, asked_if=Condition(key="z"))])


def test_a_section_shares_its_weight_among_its_criteria():
    items = [item("a", 30, 1, section="x"), item("b", 10, 0, section="x"), item("c", 60, 0.5, section="y")]
    result = score(items, section_weights={"x": 80, "y": 20})
    assert (result.raw, result.applicable_weight) == (70, 100)
    assert [line.counts for line in result.lines] == [60, 20, 20]
    # Only x has a weight of its own: y weighs what its criteria weigh together.
    assert [line.counts for line in score(items, section_weights={"x": 60}).lines] == [45, 15, 60]
    # b does not apply: its part leaves both sides, or stays in its section.
    without = [items[0], replace(items[1], is_na=True), items[2]]
    assert score(without, section_weights={"x": 80, "y": 20}).raw == 87.5
    assert score(without, section_weights={"x": 80, "y": 20}, keep_section_weight=True).raw == 90
    assert score(items, section_weights={"x": 0}).raw == 50
    assert score(items, section_weights={"x": 0, "y": 0}).raw is None
    bonus = [*items, item("extra", 20, 1, section="x", is_bonus=True)]
    assert score(bonus, section_weights={"x": 80, "y": 20}).bonus == 40
    critical = [replace(items[1], criticality=REVIEW), replace(items[2], criticality=SECTION)]
    assert score(critical, section_weights={"x": 30, "y": 10}).critical == 12.5
    with pytest.raises(ValueError, match="never negative"):
        score(items, section_weights={"x": -1})


def test_a_worth_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        score([item("a", 1, 1.5)])


ITEMS = st.lists(
    st.builds(
        Item,
        key=st.just(""),
        section=st.sampled_from("xyz"),
        weight=st.integers(0, 100),
        value=st.sampled_from([None, 0, 0.25, 1 / 3, 0.5, 0.75, 1]),
        is_na=st.booleans(),
        criticality=st.sampled_from([NONE, NONE, SECTION, REVIEW]),
        fail_below=st.sampled_from([0.5, 0.25, 1]),
        is_bonus=st.sampled_from([False, False, False, True]),
    ),
    max_size=12,
).map(lambda items: [replace(item, key=str(number)) for number, item in enumerate(items)])
POLICY = st.sampled_from([ZERO, CAP, UNCHANGED])
# How fast a busy machine makes examples says nothing about a formula.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


SECTION_WEIGHTS = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 100))


def base_weight(i, items, of_sections):
    """What a criterion weighs once its section has shared out its own weight."""
    together = sum(j.weight for j in items if j.section == i.section and not j.is_bonus)
    wanted = of_sections.get(i.section)
    return Fraction(i.weight) if wanted is None or not together else Fraction(i.weight) * wanted / together


def slow_reference(items, policy, cap, keep, of_sections=None):
    """The formula read aloud, in exact fractions, one criterion after the other."""
    parts = []
    for i in items:
        if i.is_na or i.value is None:
            continue
        weight = base_weight(i, items, of_sections or {})
        if keep:
            of_section = [j for j in items if j.section == i.section and not j.is_bonus]
            whole = sum(j.weight for j in of_section)
            applies = sum(j.weight for j in of_section if not j.is_na and j.value is not None)
            if not i.is_bonus:
                weight = weight * whole / applies if applies else Fraction(0)
        parts.append((i, weight))
    total = sum(w for i, w in parts if not i.is_bonus)
    if total == 0:
        return None, None
    dead = {i.section for i, _w in parts if i.value < i.fail_below and i.criticality == SECTION}
    raw = min(Fraction(100), sum(100 * w * Fraction(i.value) for i, w in parts) / total)
    shown = min(Fraction(100), sum(100 * w * Fraction(i.value) for i, w in parts if i.section not in dead) / total)
    if any(i.value < i.fail_below and i.criticality == REVIEW for i, _w in parts):
        shown = {ZERO: Fraction(0), CAP: min(shown, Fraction(cap)), UNCHANGED: shown}[policy]
    return float(raw), float(shown)


@UNHURRIED
@given(ITEMS, POLICY, st.integers(0, 100), st.booleans())
def test_agrees_with_the_slow_reference(items, policy, cap, keep):
    result = score(items, auto_fail=policy, cap=cap, keep_section_weight=keep)
    raw, shown = slow_reference(items, policy, cap, keep)
    assert result.raw == (None if raw is None else pytest.approx(raw, abs=1e-9))
    assert result.shown == (None if shown is None else pytest.approx(shown, abs=1e-9))


@UNHURRIED
@given(ITEMS, POLICY, st.booleans())
def test_always_from_0_to_100_and_the_working_adds_up(items, policy, keep):
    result = score(items, auto_fail=policy, keep_section_weight=keep)
    if result.raw is None:
        assert result.shown is None
        return
    assert 0 <= result.shown <= result.raw <= 100 or policy == CAP
    assert 0 <= result.shown <= 100
    assert sum(line.share for line in result.lines) == pytest.approx(1)
    assert min(100, sum(line.points for line in result.lines)) == pytest.approx(result.after_sections)


@UNHURRIED
@given(ITEMS, st.randoms(use_true_random=False), POLICY)
def test_order_never_matters(items, rng, policy):
    shuffled = items[:]
    rng.shuffle(shuffled)
    one, two = score(items, auto_fail=policy), score(shuffled, auto_fail=policy)
    assert (one.raw, one.shown, set(one.critical_failed)) == (two.raw, two.shown, set(two.critical_failed))


@UNHURRIED
@given(ITEMS, st.data())
def test_not_applicable_keeps_the_other_shares_in_proportion(items, data):
    if len(items) < 3:
        return
    gone = data.draw(st.integers(0, len(items) - 1))
    without = [replace(i, is_na=True) if n == gone else i for n, i in enumerate(items)]
    before, after = score(items).lines, score(without).lines
    others = [n for n in range(len(items)) if n != gone]
    for a in others:
        for b in others:
            assert before[a].share * after[b].share == pytest.approx(before[b].share * after[a].share, abs=1e-12)


@UNHURRIED
@given(ITEMS)
def test_all_not_applicable_gives_no_score(items):
    assert score([replace(i, is_na=True) for i in items]).shown is None


@UNHURRIED
@given(ITEMS, POLICY, st.integers(0, 100), st.booleans(), SECTION_WEIGHTS)
def test_agrees_with_the_slow_reference_where_sections_have_weights(items, policy, cap, keep, of_sections):
    result = score(items, auto_fail=policy, cap=cap, keep_section_weight=keep, section_weights=of_sections)
    raw, shown = slow_reference(items, policy, cap, keep, of_sections)
    assert result.raw == (None if raw is None else pytest.approx(raw, abs=1e-9))
    assert result.shown == (None if shown is None else pytest.approx(shown, abs=1e-9))


@UNHURRIED
@given(ITEMS, POLICY, st.booleans())
def test_the_weight_a_section_has_anyway_changes_nothing(items, policy, keep):
    together = {s: sum(i.weight for i in items if i.section == s and not i.is_bonus) for s in "xyz"}
    plain = score(items, auto_fail=policy, keep_section_weight=keep)
    named = score(items, auto_fail=policy, keep_section_weight=keep, section_weights=together)
    for one, two in ((plain.raw, named.raw), (plain.shown, named.shown), (plain.critical, named.critical)):
        assert two == (None if one is None else pytest.approx(one, abs=1e-9))
    assert plain.applicable_weight == named.applicable_weight == sum(i.weight for i in items if i.applies and not i.is_bonus)


def with_conditions(items, data):
    """Some criteria asked only where an earlier one has a worth in some range."""
    made = []
    for number, one in enumerate(items):
        before = data.draw(st.integers(-number - 2, number - 1))
        low, high = sorted([data.draw(st.sampled_from([0, 0.25, 0.5, 1])), data.draw(st.sampled_from([0, 0.5, 0.75, 1]))])
        condition = Condition(key=str(before), at_least=low, at_most=high) if before >= 0 else None
        made.append(replace(one, asked_if=condition))
    return made


@UNHURRIED
@given(ITEMS, st.data(), POLICY, st.booleans(), SECTION_WEIGHTS)
def test_what_is_not_asked_is_as_if_it_did_not_apply(items, data, policy, keep, of_sections):
    asking = with_conditions(items, data)
    asked = {}
    for i in asking:  # read downwards: what comes before is known
        before = next((j for j in asking if i.asked_if and j.key == i.asked_if.key), None)
        asked[i.key] = before is None or (
            asked[before.key] and before.applies and i.asked_if.at_least <= before.value <= i.asked_if.at_most
        )
    plain = [replace(i, asked_if=None, is_na=i.is_na or not asked[i.key]) for i in asking]
    rules = {"auto_fail": policy, "keep_section_weight": keep, "section_weights": of_sections}
    one, two = score(asking, **rules), score(plain, **rules)
    assert (one.raw, one.shown, one.critical, one.critical_failed) == (two.raw, two.shown, two.critical, two.critical_failed)
    assert {line.key: line.asked for line in one.lines} == asked
    assert one.total == sum(asked.values())
    assert one.complete == all(i.applies or i.is_na for i in asking if asked[i.key])


@UNHURRIED
@given(ITEMS, st.data(), st.randoms(use_true_random=False), SECTION_WEIGHTS)
def test_order_never_matters_with_conditions_and_weights_of_sections(items, data, rng, of_sections):
    asking = with_conditions(items, data)
    shuffled = asking[:]
    rng.shuffle(shuffled)
    one, two = score(asking, section_weights=of_sections), score(shuffled, section_weights=of_sections)
    for a, b in ((one.raw, two.raw), (one.shown, two.shown), (one.critical, two.critical), (one.bonus, two.bonus)):
        assert a == b
    assert (one.applicable_weight, one.total, one.answered) == (two.applicable_weight, two.total, two.answered)
    by_key = {line.key: line for line in two.lines}
    assert all(line == by_key[line.key] for line in one.lines)


@UNHURRIED
@given(ITEMS, st.data(), SECTION_WEIGHTS)
def test_not_applicable_keeps_the_other_shares_also_where_sections_have_weights(items, data, of_sections):
    if len(items) < 3:
        return
    gone = data.draw(st.integers(0, len(items) - 1))
    without = [replace(i, is_na=True) if n == gone else i for n, i in enumerate(items)]
    before = score(items, section_weights=of_sections).lines
    after = score(without, section_weights=of_sections).lines
    others = [n for n in range(len(items)) if n != gone]
    assert all(
        before[a].share * after[b].share == pytest.approx(before[b].share * after[a].share, abs=1e-12)
        for a in others
        for b in others
    )


@UNHURRIED
@given(ITEMS)
def test_the_critical_score_is_the_score_of_the_critical_criteria_alone(items):
    alone = [replace(i, criticality=NONE) for i in items if i.criticality != NONE and not i.is_bonus]
    expected = score(alone).raw
    assert score(items).critical == (None if expected is None else pytest.approx(expected, abs=1e-9))
    lines = score(items).critical_lines
    weight = sum(line.counts for line in lines)
    if weight:
        assert score(items).critical == pytest.approx(100 * sum(line.value * line.counts for line in lines) / weight)
