"""What editors do with questions. A change of words is a new version; nothing that was asked ever changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cms.models import Standard
from foundation.row_problems import Problem
from learning.modules.content import clean_prompt, plain_prompt
from learning.modules.questions import kinds
from learning.modules.questions.from_blocks import tidy_category, tidy_tags
from learning.modules.questions.serial import digest, fault_of, to_json
from learning.quizzes.exchange.found import Found, Reading
from learning.quizzes.models import Question, QuestionTag, QuestionVersion
from people.audit import record
from people.models import Person


class BankError(Exception):
    """The bank cannot take this; the message says why and what to do."""


@dataclass(frozen=True)
class Label:
    """What a question is filed under. `tags` as a set of lower-case words."""

    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    standard: Standard | None = None


@dataclass
class Imported:
    """What an import did. `summary` has the counts every import prints."""

    reading: Reading
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return self.reading.problems

    def summary(self) -> dict[str, int]:
        return {
            "read": self.reading.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": len(self.problems),
            "warnings": len(self.warnings),
        }


@transaction.atomic
def add_question(
    *,
    actor: Person | None,
    content: kinds.Question,
    label: Label,
    source: str = "",
    external_id: str = "",
    now: datetime,
) -> Question:
    """A new question with its first version. Raises BankError where nobody could answer it fairly."""
    data = _checked(content)
    prompt = plain_prompt(content)
    question = Question.objects.create(
        key=_free_key(label.title or prompt),
        title=label.title.strip(),
        category=tidy_category(label.category),
        standard=label.standard,
        kind=content.kind,
        prompt=prompt,
        source=source,
        external_id=external_id,
        created_at=now,
    )
    _set_tags(question, label.tags)
    version = _add_version(actor, question, 1, data, now)
    record(actor=actor, verb="question.add", target=question, after={"version": version.number}, now=now)
    return question


@transaction.atomic
def change_question(*, actor: Person | None, question: Question, content: kinds.Question, now: datetime) -> QuestionVersion:
    """Write a new version; where nothing is different the newest one is returned. Tries made before keep what they asked."""
    data = _checked(content)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    newest = question.versions.order_by("number").last()
    if newest is not None and newest.digest == digest(data):
        return newest
    version = _add_version(actor, question, newest.number + 1 if newest else 1, data, now)
    question.kind, question.prompt = content.kind, plain_prompt(content)
    question.save(update_fields=["kind", "prompt"])
    record(
        actor=actor,
        verb="question.change",
        target=question,
        before={"version": version.number - 1},
        after={"version": version.number},
        now=now,
    )
    return version


@transaction.atomic
def label_question(*, actor: Person | None, question: Question, label: Label, now: datetime) -> bool:
    """File a question elsewhere: title, category, tags, standard. Did anything change?"""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    before = _label_of(question)
    category, tags = tidy_category(label.category), tuple(sorted(label.tags))
    after = {"category": category, "tags": ", ".join(tags), "standard": label.standard.pk if label.standard else None}
    if before == after and question.title == label.title.strip():
        return False
    question.title, question.category, question.standard = label.title.strip(), category, label.standard
    question.save(update_fields=["title", "category", "standard"])
    _set_tags(question, tags)
    record(actor=actor, verb="question.label", target=question, before=before, after=after, now=now)
    return True


@transaction.atomic
def edit_question(*, actor: Person | None, question: Question, content: kinds.Question, label: Label, now: datetime) -> bool:
    """What the editor's page saves: words and filing together. Did anything change?"""
    before = question.versions.count()
    change_question(actor=actor, question=question, content=content, now=now)
    labelled = label_question(actor=actor, question=question, label=label, now=now)
    return labelled or question.versions.count() > before


@transaction.atomic
def retire_question(*, actor: Person, question: Question, now: datetime) -> Question:
    """No quiz draws it any more; tries that asked it keep it. Doing it twice changes nothing."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.retired_at is None:
        question.retired_at = now
        question.save(update_fields=["retired_at"])
        record(actor=actor, verb="question.retire", target=question, now=now)
    return question


@transaction.atomic
def revive_question(*, actor: Person, question: Question, now: datetime) -> Question:
    """A retired question is drawn again."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.retired_at is not None:
        question.retired_at = None
        question.save(update_fields=["retired_at"])
        record(actor=actor, verb="question.revive", target=question, now=now)
    return question


@transaction.atomic
def import_questions(*, actor: Person | None, reading: Reading, source: str, now: datetime) -> Imported:
    """Take over what a file holds: new questions, new versions of those known by (source, id). Twice changes nothing."""
    result = Imported(reading, warnings=list(reading.warnings))
    ids = [found.external_id for found in reading.found]
    known = {q.external_id: q for q in Question.objects.filter(source=source, external_id__in=ids)}
    for found in reading.found:
        question = known.get(found.external_id)
        if question is None:
            label = Label(found.title, found.category, found.tags)
            add_question(actor=actor, content=found.question, label=label, source=source, external_id=found.external_id, now=now)
            result.created += 1
        elif _take_over(actor, question, found, now):
            result.updated += 1
        else:
            result.unchanged += 1
        if question is not None and question.retired_at is not None:
            result.warnings.append(
                _("Line %(line)s: “%(question)s” is retired and stays so.") % {"line": found.line, "question": question}
            )
    summary = result.summary()
    record(actor=actor, verb="question.import", after={key: summary[key] for key in ("created", "updated", "rejected")}, now=now)
    return result


def _take_over(actor: Person | None, question: Question, found: Found, now: datetime) -> bool:
    label = Label(found.title, found.category or question.category, found.tags or _tags(question), question.standard)
    return edit_question(actor=actor, question=question, content=found.question, label=label, now=now)


def _checked(content: kinds.Question) -> dict[str, Any]:
    fault = fault_of(content)
    if fault:
        raise BankError(fault)
    data = to_json(content)
    if content.html:
        data["prompt"] = clean_prompt(content.prompt)
    return data


def _add_version(actor: Person | None, question: Question, number: int, data: dict[str, Any], now: datetime) -> QuestionVersion:
    return QuestionVersion.objects.create(
        question=question, number=number, content=data, digest=digest(data), created_at=now, created_by=actor
    )


def _free_key(text: str) -> str:
    """A short name for addresses and files: from the words, with a number where it is taken."""
    stem = slugify(text)[:50].strip("-") or f"question-{kinds.part_id(text)}"
    taken = set(Question.objects.filter(key__startswith=stem).values_list("key", flat=True))
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def _tags(question: Question) -> tuple[str, ...]:
    return tuple(question.tags.order_by("name").values_list("name", flat=True))


def _label_of(question: Question) -> dict[str, Any]:
    return {"category": question.category, "tags": ", ".join(_tags(question)), "standard": question.standard_id}


def _set_tags(question: Question, tags: Sequence[str]) -> None:
    wanted = set(tidy_tags(",".join(tags)))
    question.tags.exclude(name__in=wanted).delete()
    have = set(question.tags.values_list("name", flat=True))
    QuestionTag.objects.bulk_create(QuestionTag(question=question, name=name) for name in sorted(wanted - have))
