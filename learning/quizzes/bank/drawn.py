"""What the bank tells rooms beside it: which questions attempts met, and how they read today."""

from collections.abc import Iterable

from learning.assignments.drawn import DrawnQuestion, register
from learning.quizzes.bank.queries import newest_versions
from learning.quizzes.models import PaperQuestion, Question

_PREFIX = "bank-"


class Bank:
    """Names are those of papers: "bank-12"."""

    def met_in(self, attempt_ids: Iterable[int]) -> dict[int, list[str]]:
        rows = PaperQuestion.objects.filter(paper__attempt__in=list(attempt_ids)).exclude(version=None)
        found: dict[int, list[str]] = {}
        for attempt_id, key in rows.order_by("pk").values_list("paper__attempt_id", "key"):
            found.setdefault(attempt_id, []).append(key)
        return found

    def named(self, names: Iterable[str]) -> dict[str, DrawnQuestion]:
        keys = [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
        rows = Question.objects.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()], retired_at=None)
        questions = {row.pk: row for row in rows}
        return {
            questions[pk].paper_key: DrawnQuestion(version.question_as_asked, questions[pk].standard_id)
            for pk, version in newest_versions(questions.values()).items()
        }


register(Bank())
