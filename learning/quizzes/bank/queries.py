"""Reads of the question bank."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from learning.quizzes.exchange.gift_writer import Labelled, write_gift
from learning.quizzes.models import Question, QuestionTag, QuestionVersion


def filtered(
    rows: QuerySet[Question], *, search: str = "", category: str = "", kind: str = "", tag: str = "", state: str = ""
) -> QuerySet[Question]:
    """`category` takes what lies below it too; `state` is "" (in use), "retired" or "all"."""
    if state != "all":
        rows = rows.filter(retired_at__isnull=state != "retired")
    for word in search.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(prompt__icontains=word) | Q(key__icontains=word))
    if category:
        rows = rows.filter(Q(category=category) | Q(category__startswith=f"{category}/"))
    if kind:
        rows = rows.filter(kind=kind)
    if tag:
        rows = rows.filter(pk__in=Question.objects.filter(tags__name=tag).values("pk"))
    return rows.select_related("standard").prefetch_related("tags").order_by("category", "key")


def with_counts(rows: QuerySet[Question]) -> QuerySet[Question]:
    """With how many versions there are (`version_count`)."""
    return rows.annotate(version_count=Count("versions", distinct=True))


def categories(rows: QuerySet[Question]) -> list[str]:
    return sorted(set(rows.exclude(category="").order_by().values_list("category", flat=True).distinct()))


def tags(rows: QuerySet[Question]) -> list[str]:
    named = QuestionTag.objects.filter(question__in=rows.order_by().values("pk"))
    return list(named.order_by("name").values_list("name", flat=True).distinct())


def versions_of(question: Question) -> list[QuestionVersion]:
    """The newest first, with who wrote it."""
    return list(question.versions.select_related("created_by").order_by("-number"))


def newest_versions(questions: Iterable[Question]) -> dict[int, QuestionVersion]:
    """Question id → its newest version. One query."""
    rows = QuestionVersion.objects.filter(question__in=[question.pk for question in questions]).order_by("number")
    return {version.question_id: version for version in rows}


def as_gift(rows: QuerySet[Question]) -> str:
    """These questions as a GIFT file, each in its newest version; the same id as at import, so that it can come back."""
    questions = list(rows.prefetch_related("tags"))
    newest = newest_versions(questions)
    return write_gift(
        Labelled(
            question=newest[row.pk].question_as_asked,
            id=row.external_id or row.key,
            title=row.title,
            category=row.category,
            tags=tuple(tag.name for tag in row.tags.all()),
        )
        for row in questions
        if row.pk in newest
    )
