"""What the company has made of its modules: questions in the bank, a path for newcomers, the rule that gives it to them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cms.models import Standard
from demo.company import Company
from demo.seeding.people import Cast
from learning.assignments.groups.audience import Audience
from learning.enrolment.applying import apply_rule
from learning.enrolment.services import RuleWish, create_rule, switch_rule
from learning.modules.models import Module
from learning.paths.models import LearningPath
from learning.paths.services import create_path, save_step
from learning.quizzes.bank.services import Label, add_question
from learning.quizzes.exchange.reading import Format, read
from people.models import Person, Role

QUESTIONS = Path(__file__).resolve().parent.parent / "questions.gift"
# What a newcomer learns, step by step: the modules of each, and how many of them are needed.
STEPS = (
    (("a-warm-start", "listen-then-verify"), 2),
    (("own-it", "solved-for-good", "decide-or-hand-over"), 2),
    (("calm-clear-one-voice",), 1),
)
NEW_FOR_DAYS = 90


def seed_questions(editor: Person, *, now: datetime) -> int:
    """The questions of the file beside this package, each with its standard. How many there are."""
    standards = {standard.key: standard for standard in Standard.objects.all()}
    found = read(QUESTIONS.read_bytes(), Format.GIFT).found
    for row in found:
        standard = next((standards[tag] for tag in row.tags if tag in standards), None)
        label = Label(row.title, row.category, tuple(tag for tag in row.tags if tag not in standards), standard)
        add_question(actor=editor, content=row.question, label=label, now=now)
    return len(found)


def seed_path(editor: Person, modules: tuple[Module, ...], *, now: datetime) -> LearningPath:
    """The path of newcomers: what everybody begins with, two of three that are a matter of the work, tone at the end."""
    by_key = {module.starter_key: module for module in modules}
    summary = "How we speak, what we promise and what you may decide: everything you need before you answer alone."
    path = create_path(actor=editor, title="Your first weeks with customers", summary=summary, now=now)
    for keys, needed in STEPS:
        save_step(actor=editor, path=path, step=None, modules=[by_key[key] for key in keys], needed=needed, now=now)
    return path


def seed_curriculum(company: Company, cast: Cast, modules: tuple[Module, ...], *, now: datetime) -> int:
    """Questions, the path, and its rule, which is applied at once. How many newcomers are on the way by it."""
    editor, head = cast.account(company.editor), cast.account(company.head)
    seed_questions(editor, now=now)
    path = seed_path(editor, modules, now=now)
    wish = RuleWish(
        name="Newcomers",
        gives=path,
        audience=Audience(roles=(Role.REP,), within_days=NEW_FOR_DAYS),
        due_in_days=60,
        because="You are new with us. This is the way that everybody before you has taken.",
    )
    rule = create_rule(actor=head, wish=wish, now=now)
    rule = switch_rule(actor=head, rule=rule, state="active", now=now)
    return apply_rule(rule=rule, now=now).given
