"""Editors write modules in the Wagtail admin; what breaks a rule is refused with a message at its place."""

from typing import Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from learning.modules.content import content_digest, from_revision
from learning.modules.models import Module, ModuleIndex
from learning.modules.questions.marking import mark_question
from learning.modules.services import create_learning_page
from tests.factories.questions import right_answer


@pytest.fixture
def editor(cast, sign_in, now):
    create_learning_page(actor=None, now=now)
    return sign_in(cast.edda)


def one(*items: Any) -> dict[str, Any]:
    """Form data of a list block."""
    rows = {str(i): {"value": item, "id": "", "deleted": "", "order": str(i)} for i, item in enumerate(items)}
    return {"count": str(len(items)), **rows}


def answer(text: str, *, right: bool) -> dict[str, str]:
    return {"text": text, "feedback": "", **({"correct": "on"} if right else {})}


def form(lessons: list[Any] | None = None, questions: list[Any] = ()) -> dict[str, str]:
    if lessons is None:
        lessons = [("lesson", {"title": "One", "body": streamfield([("text", rich_text("<p>Hello</p>"))])})]
    return nested_form_data(
        {
            "title": "Edited",
            "slug": "edited",
            "summary": "Short.",
            "estimated_minutes": "5",
            "pass_mark": "80",
            "quiz_attempts": "0",
            "quiz_cooldown_minutes": "0",
            "quiz_time_limit_minutes": "0",
            "quiz_grace_seconds": "30",
            "quiz_review": "passed",
            "lessons": streamfield(lessons),
            "quiz": streamfield(list(questions)),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-publish": "1",
        }
    )


def question(kind: str, *answers: dict[str, str]) -> tuple[str, dict[str, Any]]:
    return kind, {"prompt": "Which?", "answers": one(*answers), "explanation": "Because."}


def add(editor, data):
    index = ModuleIndex.objects.get()
    return editor.post(reverse("wagtailadmin_pages:add", args=["learning_modules", "module", index.pk]), data)


def test_a_good_module_is_published_with_stable_ids(editor):
    quiz = [
        question("single_choice", answer("a", right=True), answer("b", right=False)),
        question("multiple_choice", answer("c", right=True), answer("d", right=True)),
    ]
    response = add(editor, form(questions=quiz))
    assert response.status_code == 302, response.context["form"].errors
    module = Module.objects.get()
    assert module.live
    ids = [child.id for child in module.quiz] + [child.id for child in module.lessons]
    assert all(ids)
    module.save_revision().publish()
    module.refresh_from_db()
    assert [child.id for child in module.quiz] + [child.id for child in module.lessons] == ids


@pytest.mark.parametrize(
    ("quiz", "message"),
    [
        ([question("single_choice", answer("a", right=True), answer("b", right=True))], "Mark exactly one answer"),
        ([question("single_choice", answer("a", right=False), answer("b", right=False))], "Mark exactly one answer"),
        ([question("multiple_choice", answer("a", right=False), answer("b", right=False))], "Mark at least one answer"),
        ([question("single_choice", answer("a", right=True), answer("A ", right=False))], "Two answers read the same"),
        ([question("single_choice", answer("a", right=True))], "The minimum number of items is 2"),
    ],
)
def test_a_question_that_cannot_be_answered_fairly_is_refused(editor, quiz, message):
    response = add(editor, form(questions=quiz))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Module.objects.exists()


def test_a_module_needs_a_lesson(editor):
    response = add(editor, form(lessons=[]))
    assert response.status_code == 200
    assert not Module.objects.exists()


def test_editors_see_the_preview_with_answers(editor, now, cast):
    quiz = [question("single_choice", answer("the right one", right=True), answer("b", right=False))]
    add(editor, form(questions=quiz))
    module = Module.objects.get()
    page = editor.get(reverse("wagtailadmin_pages:view_draft", args=[module.pk]))
    assert page.status_code == 200
    assert "the right one" in page.content.decode()
    assert editor.get(reverse("module_with_answers", args=[module.pk])).status_code == 200


def test_editors_preview_it_as_a_learner(editor, now):
    add(editor, form(questions=[question("single_choice", answer("one", right=True), answer("two", right=False))]))
    module = Module.objects.get()
    seen = {mode: module.make_preview_request(preview_mode=mode).content.decode() for mode, _label in module.preview_modes}
    assert "Right:" in seen["answers"]
    assert "Because." in seen["answers"]
    for hidden in ("Right:", "Because."):
        assert hidden not in seen["learner"]
    assert seen["learner"].index("one</span>") < seen["learner"].index("two</span>")


EVERY_KIND = [
    ("true_false", {"prompt": "TF?", "is_true": "true", "feedback_true": "", "feedback_false": "No.", "explanation": "Why TF."}),
    ("short_text", {"prompt": "Short?", "accepted": one("*order number*", "order no."), "explanation": "Why short."}),
    ("numeric", {"prompt": "Number?", "number": "3.5", "tolerance": "0.5", "wrong_feedback": "", "explanation": "Why number."}),
    ("match", {"prompt": "Match?", "pairs": one({"left": "A", "right": "1"}, {"left": "B", "right": "2"}), "extra": one("3"), "explanation": "Why match."}),
    ("order", {"prompt": "Order?", "items": one("first", "second"), "explanation": "Why order."}),
    ("free_text", {"prompt": "Free?", "guidance": "Looks for a name.", "explanation": ""}),
    ("draw", {"number": "2", "category": "Tone / E-mail", "tags": "Greeting, greeting"}),
]  # fmt: skip


def test_every_kind_of_question_and_the_rules_are_published_and_frozen(editor):
    data = form(questions=EVERY_KIND) | {"quiz_attempts": "2", "quiz_time_limit_minutes": "10", "quiz_shuffle": "on"}
    response = add(editor, data)
    assert response.status_code == 302, response.context["form"].errors
    module = Module.objects.get()
    content = from_revision(module.live_revision)
    assert [question.kind for question in content.questions] == ["true_false", "short", "numeric", "match", "order", "free"]
    assert (content.draws[0].category, content.draws[0].tags, content.quiz_length) == ("Tone/E-mail", ("greeting",), 8)
    assert (content.rules.attempts, content.rules.time_limit_minutes, content.rules.shuffle) == (2, 10, True)
    for question in content.questions:
        marked = mark_question(question, right_answer(question))
        assert marked.share == (None if question.kind == "free" else 1), question
    page = editor.get(reverse("module_with_answers", args=[module.pk])).content.decode()
    for words in ("3 to 4", "A → 1", "2. second", "Looks for a name.", "*order number*", "2 questions drawn", "Tone/E-mail"):
        assert words in page
    before = content_digest(module.live_revision)
    module.quiz_attempts = 3
    assert content_digest(module.save_revision()) != before, "the rules are part of what was learnt by"


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (3, {"pairs": one({"left": "A", "right": "1"}, {"left": "a ", "right": "2"})}, "Two answers read the same"),
        (4, {"items": one("same", "Same")}, "Two answers read the same"),
    ],
)
def test_other_kinds_that_cannot_be_answered_fairly_are_refused(editor, kind, change, message):
    name, value = EVERY_KIND[kind]
    response = add(editor, form(questions=[(name, value | change)]))
    assert response.status_code == 200
    assert message in response.content.decode()
