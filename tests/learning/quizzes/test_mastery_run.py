"""A mastery quiz: one question at a time, ended as soon as it is clear, seen by nobody else."""

from django.urls import reverse

from learning.quizzes.bank.services import import_questions
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.mastering.queries import current
from learning.quizzes.models import MasteryAnswer, MasteryRun


def bank(count, now):
    text = "$CATEGORY: Refunds\n\n" + "\n\n".join(
        f"// [id:{n}]\nRefund {n}?{{=yes ~no#Feedback no ####Reason {n}}}" for n in range(count)
    )
    import_questions(actor=None, reading=read_gift(text.encode()), source="gift", now=now)


def go_through(browser, run, rights):
    """Answer, and return the page after each answer."""
    pages = []
    for right in rights:
        waiting = current(run)
        question = waiting.version.question_as_asked
        chosen = next(answer.id for answer in question.answers if answer.correct is right)
        data = {"number": waiting.number, f"question-{question.id}": chosen}
        pages.append(browser.post(reverse("mastery_run", args=[run.pk]), data, follow=True).content.decode())
        run.refresh_from_db()
    return pages


def test_it_stops_when_it_is_clear(cast, now, sign_in):
    bank(24, now)
    rita = sign_in(cast.rita)
    assert "Refunds" in rita.get(reverse("mastery_home")).content.decode()
    for _click in range(2):
        rita.post(reverse("mastery_home"), {"category": "Refunds"})
    run = MasteryRun.objects.get()
    empty = rita.post(reverse("mastery_run", args=[run.pk]), {"number": 1})
    assert (empty.status_code, "Choose an answer." in empty.content.decode()) == (422, True)
    pages = go_through(rita, run, [True] * 7)
    assert run.verdict == "mastered", "seven of seven"
    assert "The last one: right" in pages[0]
    assert "Reason" in pages[0]
    assert "You are sure of this" in pages[-1]
    assert len(set(run.answers.values_list("version__question", flat=True))) == 7
    before = list(run.answers.values())
    rita.post(reverse("mastery_run", args=[run.pk]), {"number": 1, "question-x": "y"})
    assert list(run.answers.values()) == before, "what was answered stays"

    rita.post(reverse("mastery_home"), {"category": "Refunds"})
    second = MasteryRun.objects.get(finished_at=None)
    pages = go_through(rita, second, [False] * 5)
    assert second.verdict == "not_yet"
    assert "Feedback no" in pages[0]
    met = MasteryAnswer.objects.filter(run=run).values("version")
    assert not second.answers.filter(version__in=met).exists(), "what one has met least comes first"
    assert sign_in(cast.lena).get(reverse("mastery_run", args=[run.pk])).status_code == 404


def test_too_few_questions_or_none_left(cast, now, sign_in):
    bank(5, now)
    rita = sign_in(cast.rita)
    page = rita.post(reverse("mastery_home"), {"category": "Nowhere"}, follow=True).content.decode()
    assert "too few questions" in page
    rita.post(reverse("mastery_home"), {"category": "Refunds"})
    run = MasteryRun.objects.get()
    go_through(rita, run, [True] * 5)
    assert run.verdict == "nearly", "five of five is not sure enough, and there is no sixth"
