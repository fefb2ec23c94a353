"""Small modules for tests, published through the service like real ones."""

import json
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Revision

from learning.assignments.models import Assignment
from learning.assignments.services import assign_module
from learning.modules.content import from_revision
from learning.modules.models import Module
from learning.modules.questions.kinds import Question
from learning.modules.services import publish_module
from people.models import Person


def lesson(title: str, html: str = "<p>Listen first.</p>", *, id: str = "") -> dict[str, Any]:
    block_id = id or f"lesson-{title}"
    body = [{"type": "text", "value": html, "id": f"{block_id}-text"}]
    return {"type": "lesson", "id": block_id, "value": {"title": title, "body": body}}


def question(prompt: str, answers: list[tuple[str, bool]], *, multiple: bool = False) -> dict[str, Any]:
    items = [
        {
            "type": "item",
            "id": f"{prompt}-{text}",
            "value": {"text": text, "correct": right, "feedback": f"Feedback on {text}"},
        }
        for text, right in answers
    ]
    value = {"prompt": prompt, "answers": items, "explanation": f"The reason behind {prompt}"}
    return {"type": "multiple_choice" if multiple else "single_choice", "id": prompt, "value": value}


def free_text(prompt: str, guidance: str = "A name.") -> dict[str, Any]:
    return {"type": "free_text", "id": prompt, "value": {"prompt": prompt, "guidance": guidance, "explanation": ""}}


def build_module(title: str = "Listening", **changes: Any) -> Module:
    """Unsaved: two lessons and two questions, pass mark 80 %."""
    lessons = changes.pop("lessons", [lesson("First"), lesson("Second")])
    quiz = changes.pop(
        "quiz",
        [
            question("Q1", [("yes", True), ("no", False)]),
            question("Q2", [("red", True), ("green", True), ("blue", False)], multiple=True),
        ],
    )
    fields = {"summary": "What it gives you.", "estimated_minutes": 9, **changes}
    return Module(title=title, lessons=json.dumps(lessons), quiz=json.dumps(quiz), **fields)


def make_module(now: datetime, title: str = "Listening", **changes: Any) -> Module:
    return publish_module(actor=None, module=build_module(title, **changes), now=now)


def questions_of(source: Module | Revision) -> tuple[Question, ...]:
    return from_revision(source if isinstance(source, Revision) else source.live_revision).questions


def quiz_form(source: Module | Revision, *, number: int = 1, wrong: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the browser posts: all right, except the questions whose prompt is in `wrong`."""
    data: dict[str, Any] = {"number": number}
    for q in questions_of(source):
        right = [a.id for a in q.answers if a.correct]
        not_right = [a.id for a in q.answers if not a.correct]
        data[f"question-{q.id}"] = not_right if q.prompt in wrong else right
    return data


def learn_all(client: Client, assignment: Assignment) -> None:
    """Start, read every lesson and pass the quiz, by the pages."""
    client.post(reverse("start_attempt", args=[assignment.pk]))
    content = from_revision(assignment.attempts.last().revision)
    for number in range(1, len(content.lessons) + 1):
        client.post(reverse("finish_lesson", args=[assignment.pk, number]))
    client.post(reverse("quiz", args=[assignment.pk]), quiz_form(assignment.attempts.last().revision))


def give(person: Person, module: Module, now: datetime, **changes: Any) -> Assignment:
    fields = {"actor": None, "due_on": None, "source": Assignment.Source.LEAD, "because": "It helps."} | changes
    return assign_module(person=person, module=module, now=now, **fields)
