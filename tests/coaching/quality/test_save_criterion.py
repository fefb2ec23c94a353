"""The editor of a criterion, without JavaScript: scales, conditions, bonus, root causes, the part of the guide, section weights."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from cms.models import GuideIndex, GuidelineModule, Standard
from cms.services import ensure_site
from coaching.quality import queries, services
from coaching.quality.causes.outline import OutlineError, flat, read_outline, write_outline
from coaching.quality.models import Criterion, Review, ScorecardVersion, Section
from coaching.quality.queries.guide import add_readings
from coaching.quality.scales import SCALES, scale_answers
from coaching.quality.services import AnswerInput, CriterionInput, QualityError, SectionInput
from tests.factories.quality import answers, make_draw

YES_NO = (AnswerInput(value=1, label="Yes", anchor="It is so."), AnswerInput(value=0, label="No", anchor="It is not."))


@pytest.fixture
def section(cast, now):
    services.create_scorecard(actor=cast.hana, name="Small", now=now)
    version = ScorecardVersion.objects.get()
    services.save_version(actor=cast.hana, version=version, sections=[SectionInput(title="All", order=1)], now=now)
    return Section.objects.select_related("version").get()


def add(cast, now, section, key, **more):
    fields = {"key": key, "label": key.title(), "question": f"{key}?", "answers": YES_NO, **more}
    criterion = fields.pop("criterion", None)
    return services.save_criterion(actor=cast.hana, section=section, wish=CriterionInput(**fields), criterion=criterion, now=now)


def post(section, **more):
    """The form as a browser posts it, with two answers."""
    data = {
        "section": section.pk,
        "label": "Told",
        "question": "Was it told?",
        "weight": "20",
        "order": "2",
        "criticality": "none",
        "fail_below": "0.5",
        "answers-TOTAL_FORMS": "2",
        "answers-INITIAL_FORMS": "2",
        "answers-0-value": "1",
        "answers-0-label": "Yes",
        "answers-0-anchor": "It is so.",
        "answers-1-value": "0",
        "answers-1-label": "No",
        "answers-1-anchor": "It is not.",
    }
    return data | more


# --- Scales ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("scale", [name for name, _label in SCALES])
def test_every_scale_is_even_and_ends_at_1_and_0(scale):
    found = scale_answers(scale)
    values = [value for value, _label in found]
    assert len(found) == (2 if scale == "yes-no" else int(scale))
    assert (values[0], values[-1]) == (1, 0)
    steps = {round(high - low, 3) for high, low in pairwise(values)}
    assert max(steps) - min(steps) < 0.002
    assert len({label for _value, label in found}) == len(found)


def test_a_scale_fills_in_the_answers_and_saves_nothing(cast, section, sign_in):
    client = sign_in(cast.hana)
    address = reverse("criterion_create", args=[section.pk])
    page = client.post(address, post(section, label="", question="Half written", scale="11", action="scale")).content.decode()
    assert "not saved yet" in page
    assert "Half written" in page
    assert "This field is required" not in page
    assert re.findall(r'name="answers-\d+-label" value="([^"]*)"', page) == [str(n) for n in range(10, -1, -1)]
    assert "It is so." in page, "what was written for an answer of the same worth stays"
    assert not Criterion.objects.exists()

    rows = scale_answers("11")
    data = post(section) | {"answers-TOTAL_FORMS": "11", "answers-INITIAL_FORMS": "11"}
    for n, (value, label) in enumerate(rows):
        data |= {f"answers-{n}-value": value, f"answers-{n}-label": label, f"answers-{n}-anchor": f"What earns {label}."}
    client.post(address, data)
    made = Criterion.objects.get()
    assert made.answers.count() == 11
    page = client.get(reverse("criterion_edit", args=[made.pk])).content.decode()
    assert len(re.findall(r"What earns \d+\.", page)) == 11
    answer = client.post(reverse("criterion_edit", args=[made.pk]), data)
    assert answer.status_code == 302, "eleven answers can be saved again"


# --- Conditions -----------------------------------------------------------------------------------
def test_a_criterion_is_asked_depending_on_an_earlier_one(cast, now, section, sign_in):
    solved = add(cast, now, section, "solved", order=1)
    client = sign_in(cast.hana)
    data = post(
        section, asked_if="solved", asked_at_most="0.4", causes="Knowledge\n- Product", require_root_cause="on", is_bonus="on"
    )
    assert client.post(reverse("criterion_create", args=[section.pk]), data).status_code == 302
    told = Criterion.objects.get(key="told")
    assert (told.asked_if, told.asked_at_least, told.asked_at_most, told.is_bonus) == ("solved", 0, 0.4, True)
    assert list(told.causes.values_list("key", "label")) == [("knowledge", "Knowledge"), ("knowledge/product", "Product")]
    page = client.get(reverse("criterion_edit", args=[told.pk])).content.decode()
    assert '<option value="solved" selected>Solved (Yes = 1, No = 0)</option>' in page
    assert "Knowledge\n- Product</textarea>" in page
    page = client.post(reverse("criterion_edit", args=[told.pk]), data | {"asked_at_least": "0.8"}).content.decode()
    assert "The lower worth comes first." in page

    # The key of the other one changes: the condition goes along. It is removed: the page says what to do.
    add(cast, now, section, "settled", criterion=solved, order=1)
    told.refresh_from_db()
    assert (told.asked_if, queries.version_problems(section.version)) == ("settled", [])
    client.post(reverse("criterion_remove", args=[solved.pk]))
    page = client.get(reverse("version_edit", args=[section.version_id])).content.decode()
    assert "“Told” is asked depending on “settled”, which is not on this scorecard." in page


def test_a_criterion_stays_the_same_question_over_versions(cast, now, section, sign_in):
    """Results are put together by key: it survives being cleared, and no new question takes over an old one's by its label."""
    add(cast, now, section, "told")
    services.publish_version(actor=cast.hana, version=section.version, now=now)
    draft = services.new_version(actor=cast.hana, scorecard=section.version.scorecard, now=now)
    copy, again = Criterion.objects.get(section__version=draft), draft.sections.get()
    client = sign_in(cast.hana)
    edit = reverse("criterion_edit", args=[copy.pk])
    assert "its results so far stay under the old one" in client.get(edit).content.decode()
    # Cleared, with another label: still the same question.
    client.post(edit, post(again, label="Told clearly", key=""))
    copy.refresh_from_db()
    assert (copy.key, copy.label) == ("told", "Told clearly")
    # Changed on purpose: possible, and said.
    page = client.post(edit, post(again, label="Told clearly", key="told-clearly"), follow=True).content.decode()
    assert "Results up to now stay under “told”; new ones begin under “told-clearly”." in page
    client.post(edit, post(again, label="Told clearly", key="told"))
    assert "Results up to now" not in client.post(edit, post(again, key="told"), follow=True).content.decode()
    # Taken out, and another question of the same label put in: it has a key of its own. Who wants the old one names it.
    client.post(reverse("criterion_remove", args=[copy.pk]))
    client.post(reverse("criterion_create", args=[again.pk]), post(again, question="Was the price told?"))
    other = Criterion.objects.get(section__version=draft)
    assert (other.label, other.key) == ("Told", "told-2")
    client.post(reverse("criterion_create", args=[again.pk]), post(again, key="told"))
    assert set(Criterion.objects.filter(section__version=draft).values_list("key", flat=True)) == {"told", "told-2"}


def test_conditions_that_cannot_stand(cast, now, section):
    first = add(cast, now, section, "first", order=1)
    add(cast, now, section, "second", order=2, asked_if="first", asked_at_least=1)
    with pytest.raises(QualityError, match="depending on itself"):
        add(cast, now, section, "first", criterion=first, asked_if="first")
    with pytest.raises(QualityError, match="no criterion nowhere"):
        add(cast, now, section, "third", asked_if="nowhere")
    with pytest.raises(QualityError, match="lower worth first"):
        add(cast, now, section, "third", asked_if="first", asked_at_least=0.6, asked_at_most=0.4)
    add(cast, now, section, "first", criterion=first, order=1, asked_if="second")
    problems = [str(problem.message) for problem in queries.version_problems(section.version)]
    assert problems == ["“First” is asked depending on “Second”, which must come before it. Change the order."]
    add(cast, now, section, "first", criterion=first, order=1)
    add(cast, now, section, "third", order=3, asked_if="first", asked_at_least=0.3, asked_at_most=0.6)
    problems = [str(problem.message) for problem in queries.version_problems(section.version)]
    assert problems == ["“Third” would never be asked: no answer to “First” is worth that."]


def test_what_else_keeps_a_version_back(cast, now, section):
    add(cast, now, section, "only", is_bonus=True, criticality="review", require_root_cause=True)
    Section.objects.filter(pk=section.pk).update(weight=40)
    problems = " ".join(str(problem.message) for problem in queries.version_problems(section.version))
    for words in ("is a bonus and critical", "has none to pick", "no criterion to share it", "no bonus a weight"):
        assert words in problems


# --- Root causes as text --------------------------------------------------------------------------
def test_an_outline_is_a_tree():
    tree = read_outline("Knowledge\n- Product\n -- Billing \n\n-Policy\n– – Returns\nCare, honestly")
    found = [(cause.key, cause.parent, cause.label) for cause in flat(tree)]
    assert found == [
        ("knowledge", "", "Knowledge"),
        ("knowledge/product", "knowledge", "Product"),
        ("knowledge/product/billing", "knowledge/product", "Billing"),
        ("knowledge/policy", "knowledge", "Policy"),
        ("knowledge/policy/returns", "knowledge/policy", "Returns"),
        ("care-honestly", "", "Care, honestly"),
    ]
    text = write_outline((key.count("/") + 1, label) for key, _parent, label in found)
    assert flat(read_outline(text)) == flat(tree)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- Product", "Line 1"),
        ("Knowledge\n-- Billing", "Line 2, “Billing”, is more than one level below"),
        ("Care\nCare", "stands twice"),
        ("a\n- b\n-- c\n--- d\n---- e", "4 levels at most"),
        ("!?", "in words"),
        ("x" * 81, "80 signs"),
        ("\n".join(f"cause {n}" for n in range(61)), "60 root causes"),
    ],
)
def test_an_outline_that_is_no_tree(text, complaint):
    with pytest.raises(OutlineError, match=complaint):
        flat(read_outline(text))


# --- The part of the guide, and how it read -------------------------------------------------------
def test_a_criterion_rests_on_a_part_of_the_guide_as_it_read_that_day(cast, now, section, sign_in):
    index = ensure_site(now=now)
    assert isinstance(index, GuideIndex)
    standard = Standard(key="be-true", title="Be true", behaviour="Say what is.")
    standard.save()
    standard.save_revision().publish()
    body = [
        {"type": "section", "value": "One", "id": "b-one"},
        {"type": "text", "value": "<p>First <b>words</b>.</p>", "id": "b-text"},
        {"type": "section", "value": "Two", "id": "b-two"},
        {"type": "standards", "value": {"standards": [{"type": "item", "value": standard.pk, "id": "i"}]}, "id": "b-st"},
    ]
    module = GuidelineModule(title="Truth", slug="truth", intro="How.")
    module.body = GuidelineModule._meta.get_field("body").to_python(body)
    index.add_child(instance=module)
    module.save_revision().publish()

    client = sign_in(cast.hana)
    data = post(section, standard=standard.pk, guide_part="truth#section-one")
    client.post(reverse("criterion_create", args=[section.pk]), data)
    made = Criterion.objects.get()
    assert (made.guideline_id, made.paragraph) == (module.pk, "b-one")
    other = Standard.objects.create(key="other", title="Other", behaviour="Else.")
    page = client.post(reverse("criterion_edit", args=[made.pk]), data | {"standard": other.pk}).content.decode()
    assert "The standard does not stand in “Truth”." in page

    services.publish_version(actor=cast.hana, version=section.version, now=now)
    review = services.start_review(actor=cast.vera, draw=make_draw(cast.vera, cast.rita, now=now), now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    review = services.publish_review(actor=cast.vera, review=review, now=now)
    assert set(review.guide_revisions) == {"standard", "guideline"}
    rita, address = sign_in(cast.rita), reverse("review_detail", args=[review.pk])
    page = rita.get(address).content.decode()
    assert '/guide/truth/#section-one">Truth · One</a>' in page
    assert "The guide has changed since" not in page

    # The heading and the words change; the block stays: the link follows it, and the review keeps what was read then.
    body[0]["value"], body[1]["value"] = "First of all", "<p>Other words.</p>"
    module = GuidelineModule.objects.get()
    module.body = GuidelineModule._meta.get_field("body").to_python(body)
    module.save_revision().publish()
    standard.behaviour = "Say all that is."
    standard.save_revision().publish()
    page = rita.get(address).content.decode()
    assert '/guide/truth/#section-first-of-all">Truth · First of all</a>' in page
    for words in ("The guide has changed since", "Say what is.", "First words."):
        assert words in page
    card = queries.load_card(Review.objects.get())
    add_readings(card)
    assert [(was.title, was.text) for was in card.rows[0].readings] == [("Be true", "Say what is."), ("One", "First words.")]


def test_the_weight_of_a_section_is_saved_shown_and_compared(cast, now, section, sign_in):
    add(cast, now, section, "solved", order=1)
    version = section.version
    data = {
        "auto_fail": "cap",
        "cap": "50",
        "acknowledgement": "none",
        "dispute_days": "14",
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "1",
        "sections-0-section_id": section.pk,
        "sections-0-title": "All",
        "sections-0-order": "1",
        "sections-0-weight": "40",
    }
    client = sign_in(cast.hana)
    client.post(reverse("version_edit", args=[version.pk]), data)
    assert version.sections.get().weight == 40
    services.publish_version(actor=cast.hana, version=version, now=now)
    draft = services.new_version(actor=cast.hana, scorecard=version.scorecard, now=now)
    part = draft.sections.select_related("version").get()
    assert part.weight == 40
    services.save_version(
        actor=cast.hana, version=draft, sections=[SectionInput(title="All", order=1, section_id=part.pk)], now=now
    )
    twin = Criterion.objects.get(section=part)
    add(cast, now, part, "solved", criterion=twin, causes=read_outline("Knowledge\n- Product"), is_bonus=True)
    found = queries.compare_versions(version, draft)
    assert [(change.name, change.before, change.after) for change in found.rules if "weight" in change.name] == [
        ("weight of “All”", "40", "")
    ]
    changes = {change.name: (change.before, change.after) for change in found.criteria[0].changes}
    assert changes["root causes"] == ("", "Knowledge\n- Product")
    assert changes["bonus"] == ("no", "yes")
