"""What makes the list of modules lively: one in another language, and what learners say of those they completed."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cms.models import Standard
from demo.company import Company
from demo.seeding.content import Content
from demo.seeding.people import Cast
from learning.assignments.models import Completion
from learning.feedback.services import answer_feedback, give_feedback, mark_read
from learning.modules.services import module_from, publish_module

SAYING, HELPED = 0.6, 0.8
READ_WITHIN = timedelta(days=14)
WORDS = {
    True: (
        "The sentence to start with is on a note at my screen now.",
        "Short enough for the time between two calls.",
        "I used the second example the same afternoon.",
    ),
    False: (
        "The examples are all about parcels. We answer questions about invoices.",
        "I knew most of it. A harder quiz would tell me more.",
    ),
}
ANSWER = "You are right. The next version gets an example about an invoice; I will send you the draft."


def seed_more_modules(company: Company, cast: Cast, content: Content, *, now: datetime) -> int:
    """Two short exercises, and one of the starter modules in German, published by the editor; how many that are."""
    german, exercises = _read("german.toml"), _read("exercises.toml")["modules"]
    for data in [german, *exercises]:
        module = module_from(data)
        if data is german:
            module.translation_of = next(one for one in content.modules if one.starter_key == "a-warm-start")
        module.standards.set(Standard.objects.filter(key__in=data["standards"]))
        publish_module(actor=cast.account(company.editor), module=module, now=now)
    return 1 + len(exercises)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def seed_feedback(company: Company, cast: Cast, *, seed: int, now: datetime) -> int:
    """Most who completed a module say whether it helped, some why; the editor has answered one. The number who said something."""
    editor = cast.account(company.editor)
    said = 0
    asked_for_more = None
    for completion in Completion.objects.select_related("person", "module", "revision").order_by("pk"):
        rng = Random(f"{seed}:feedback:{completion.pk}")
        if rng.random() > SAYING:
            continue
        helped = rng.random() < HELPED
        words = rng.choice(WORDS[helped]) if rng.random() < (0.25 if helped else 0.9) else ""
        feedback = give_feedback(
            actor=completion.person,
            module=completion.module,
            revision=completion.revision,
            content_digest=completion.content_digest,
            helped=helped,
            comment=words,
            now=min(now, completion.completed_at + timedelta(minutes=2)),
        )
        said += 1
        if words and feedback.given_at < now - READ_WITHIN:
            mark_read(actor=editor, feedback=feedback, now=feedback.given_at + READ_WITHIN)
        if words == WORDS[False][0] and completion.person.is_active:
            asked_for_more = feedback
    if asked_for_more is not None:
        answer_feedback(actor=editor, feedback=asked_for_more, answer=ANSWER, now=now)
    return said
