"""Editors keep the bank: write, change, import, export, retire. Nothing that was asked ever changes."""

import io
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from learning.modules.questions.marking import mark_question
from learning.quizzes.bank.forms import KIND_FORMS
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.models import Question, QuestionVersion
from people.models import AuditEntry
from tests.factories.questions import right_answer

GIFT = """// [id:greet] [tag:care]
$CATEGORY: Tone/Chat

::Greeting::Say {=hello =hi ####Warm.}

Sorted?{T}
"""
ROWS: dict[str, list[dict[str, str]]] = {
    "single": [{"text": "yes", "correct": "on"}, {"text": "no", "feedback": "Think."}],
    "multiple": [{"text": "a", "weight": "50"}, {"text": "b", "weight": "50"}, {"text": "c", "weight": "-100"}],
    "true_false": [],
    "short": [{"text": "hello"}, {"text": "hi", "percent": "50"}],
    "numeric": [{"low": "1.5", "high": "2"}],
    "match": [{"left": "A", "right": "1"}, {"left": "B", "right": "2"}, {"right": "3"}],
    "order": [{"text": "first"}, {"text": "second"}],
    "free": [],
}


def filled(kind: str, rows: list[dict[str, str]] | None = None, **head: str) -> dict[str, str]:
    rows = ROWS[kind] if rows is None else rows
    data = {"prompt": f"About {kind}?", "is_true": "true", "explanation": "Why.", "label-category": "Tone / Chat", **head}
    data |= {"label-tags": "Care, care , New", "label-title": f"Title {kind}"}
    if KIND_FORMS[kind].row is not None:
        data |= {"rows-TOTAL_FORMS": str(len(rows) + 1), "rows-INITIAL_FORMS": "0"}
        data |= {f"rows-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return data


@pytest.fixture
def editor(cast, sign_in):
    return sign_in(cast.edda)


def new(editor, kind, data):
    return editor.post(f"{reverse('question_new')}?kind={kind}", data)


def test_a_question_of_every_kind_is_written_and_written_anew(editor):
    for kind in KIND_FORMS:
        assert editor.get(f"{reverse('question_new')}?kind={kind}").status_code == 200
        response = new(editor, kind, filled(kind))
        assert response.status_code == 302, (kind, response.context["editing"].head.errors)
        question = Question.objects.get(title=f"Title {kind}")
        assert (question.kind, question.category, [t.name for t in question.tags.all()]) == (kind, "Tone/Chat", ["care", "new"])
        asked = question.versions.get().question_as_asked
        assert mark_question(asked, right_answer(asked)).share == (None if kind == "free" else 1)
        page = editor.get(reverse("question_edit", args=[question.pk]))
        assert page.context["editing"].head.initial["prompt"] == f"About {kind}?"
        again = filled(kind) | {"rows-INITIAL_FORMS": str(len(ROWS[kind]))}
        assert editor.post(reverse("question_edit", args=[question.pk]), again).status_code == 302
        assert question.versions.count() == 1, f"{kind}: the same words are no new version"
        editor.post(reverse("question_edit", args=[question.pk]), again | {"prompt": "Other words?"})
        assert [v.number for v in question.versions.all()] == [1, 2]
        assert editor.get(reverse("question_detail", args=[question.pk])).status_code == 200
    first = QuestionVersion.objects.filter(number=1).first()
    with pytest.raises(TypeError, match="append-only"):
        first.save()
    with pytest.raises(TypeError, match="append-only"):
        QuestionVersion.objects.all().delete()


def test_what_cannot_be_answered_is_refused_and_nothing_typed_is_lost(editor):
    rows = [{"text": "yes"}, {"text": "no", "feedback": "Think twice."}]
    page = new(editor, "single", filled("single", rows)).content.decode()
    assert "Mark the answer that is right" in page
    assert "Think twice." in page
    more = new(editor, "single", filled("single", rows) | {"more": "1"})
    assert len(more.context["editing"].row_forms) >= 7
    assert "Think twice." in more.content.decode()
    assert not Question.objects.exists()


def test_lists_are_found_and_filtered_in_few_queries(editor, django_assert_max_num_queries):
    for kind in ("single", "short", "order"):
        new(editor, kind, filled(kind))
    new(editor, "free", filled("free") | {"label-category": "Other", "label-tags": ""})
    url = reverse("question_list")
    with django_assert_max_num_queries(16):
        assert len(editor.get(url).context["page"]) == 4
    for query, found in (("?q=order", 1), ("?category=Tone/Chat", 3), ("?kind=free", 1), ("?tag=care", 3), ("?q=nothing", 0)):
        assert len(editor.get(url + query).context["page"]) == found, query
    question = Question.objects.get(kind="free")
    editor.post(reverse("question_retire", args=[question.pk]))
    editor.post(reverse("question_retire", args=[question.pk]))
    assert len(editor.get(url).context["page"]) == 3
    assert len(editor.get(f"{url}?state=retired").context["page"]) == 1
    editor.post(reverse("question_revive", args=[question.pk]))
    verbs = list(AuditEntry.objects.filter(verb__in=["question.retire", "question.revive"]).values_list("verb", flat=True))
    assert sorted(verbs) == ["question.retire", "question.revive"]


def test_a_file_is_imported_twice_changed_and_exported(editor):
    def upload(text: str):
        file = SimpleUploadedFile("q.gift", text.encode())
        return editor.post(reverse("question_import"), {"format": "gift", "file": file})

    first = upload(GIFT + "\nOnly text.\n")
    assert "3 read: 2 new, 0 changed, 0 as before, 1 left out." in first.content.decode()
    assert "Only text." in first.content.decode()
    assert upload(GIFT).context["result"].unchanged == 2
    question = Question.objects.get(title="Greeting")
    assert (question.external_id, question.category, question.tags.get().name) == ("greet", "Tone/Chat", "care")
    changed = upload(GIFT.replace("=hi", "=hey")).context["result"]
    assert (changed.updated, changed.unchanged) == (1, 1)
    assert question.versions.count() == 2
    editor.post(reverse("question_retire", args=[question.pk]))
    assert "is retired and stays so" in upload(GIFT.replace("=hi", "=hey")).content.decode()
    export = editor.get(reverse("question_export") + "?state=all")
    assert "attachment" in export["Content-Disposition"]
    back = read_gift(export.content)
    assert {found.external_id for found in back.found} == set(Question.objects.values_list("external_id", flat=True))
    bad = SimpleUploadedFile("q.gift", b"a\0b")
    page = editor.post(reverse("question_import"), {"format": "gift", "file": bad}).content.decode()
    assert "not a text file" in page


def test_the_command_prints_the_standard_counts(db, tmp_path: Path):
    file = tmp_path / "q.gift"
    file.write_bytes(GIFT.encode() + b"\nBroken {=a\n")
    out, err = io.StringIO(), io.StringIO()
    errors = tmp_path / "left-out.csv"
    call_command("import_questions", file, format="gift", errors=errors, json=True, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    assert counts == {"read": 3, "created": 2, "updated": 0, "unchanged": 0, "rejected": 1, "warnings": 0}
    assert "never closed" in err.getvalue()
    assert errors.read_text().splitlines()[1].startswith("8,")
    with pytest.raises(CommandError) as refused:
        call_command("import_questions", file, format="moodle-xml")
    assert refused.value.returncode == 2
