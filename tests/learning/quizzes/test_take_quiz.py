"""A try by its rules: drawn unseen first, frozen when it begins, against a clock on the server, with tries that end."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model

from learning.assignments.models import Completion
from learning.assignments.services import start_attempt
from learning.modules.content import from_revision
from learning.quizzes import papers, services
from learning.quizzes.bank.services import change_question, import_questions
from learning.quizzes.errors import QuizError
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.models import PaperQuestion, Question, QuizMark, QuizPaper, QuizSubmission
from learning.quizzes.queries import asked_on, result_of
from tests.factories.learning import give, lesson, make_module, question
from tests.factories.pictures import a_picture
from tests.factories.questions import right_answer

NUMBERED = "$CATEGORY: Tone/Chat\n\n" + "\n\n".join(f"// [id:{n}] [tag:care]\nBank {n}?{{=yes{n} ~no{n}}}" for n in range(6))


def draw(number: int, category: str = "Tone", tags: str = "care"):
    return {"type": "draw", "id": "draw", "value": {"number": number, "category": category, "tags": tags}}


def begin(cast, now, quiz, **rules):
    module = make_module(now, quiz=quiz, lessons=[lesson("One")], **{f"quiz_{name}": value for name, value in rules.items()})
    assignment = give(cast.rita, module, now)
    return start_attempt(actor=cast.rita, assignment=assignment, now=now)


@pytest.fixture
def bank(db, now):
    import_questions(actor=None, reading=read_gift(NUMBERED.encode()), source="gift", now=now)
    return Question.objects.all()


def right_on(paper, attempt, wrong=()):
    asked = asked_on(paper, from_revision(attempt.revision))
    return {row.question.id: right_answer(row.question) if row.question.id not in wrong else [] for row in asked}


def hand_in(cast, attempt, paper, answers, now, **wish):
    return services.submit_quiz(actor=cast.rita, attempt=attempt, number=paper.number, answers=answers, now=now, **wish)


def wrong_choice(paper, attempt):
    found = {}
    for row in asked_on(paper, from_revision(attempt.revision)):
        found[row.question.id] = [a.id for a in row.question.answers if not a.correct][:1]
    return found


def test_drawn_unseen_first_shuffled_and_frozen(cast, now, bank):
    attempt = begin(cast, now, [draw(3), question("Own", [("yes", True), ("no", False)])], shuffle=True)
    seen: list[set[str]] = []
    for _try in range(3):
        paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
        assert papers.begin_try(actor=cast.rita, attempt=attempt, now=now) == paper, "a second tab shares the paper"
        rows = list(paper.questions.all())
        assert len(rows) == 4
        seen.append({row.key for row in rows if row.version})
        assert all(sorted(row.order) == sorted(a.id for a in asked.question.answers) for row, asked in
                   zip(rows, asked_on(paper, from_revision(attempt.revision)), strict=True))  # fmt: skip
        hand_in(cast, attempt, paper, wrong_choice(paper, attempt), now)
    assert seen[0].isdisjoint(seen[1]), "the six that fit are all seen before one comes again"
    assert len(seen[0] | seen[1]) == 6
    paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    row = paper.questions.exclude(version=None).first()
    other = read_gift(b"Other words?{=other ~no}").found[0].question
    change_question(actor=None, question=row.version.question, content=other, now=now)
    submission = hand_in(cast, attempt, paper, right_on(paper, attempt), now)
    assert submission.passed, "the version that was drawn is the one that is marked"
    assert submission.paper.questions.get(pk=row.pk).version.number == 1


def test_a_bank_without_fitting_questions_is_told(cast, now, bank):
    attempt = begin(cast, now, [draw(3, tags="nowhere")])
    with pytest.raises(QuizError, match="no question for this quiz"):
        papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    assert not QuizPaper.objects.exists()


def test_the_pages_of_a_timed_quiz_in_two_tabs(cast, sign_in, bank):
    now = timezone.now()
    attempt = begin(cast, now, [draw(2)], time_limit_minutes=10, attempts=1)
    rita, pk = sign_in(cast.rita), attempt.assignment_id
    start = rita.get(reverse("quiz", args=[pk])).content.decode()
    assert "You have 10 minutes" in start
    assert "Bank" not in start.split("<main")[1], "no question is shown before the clock runs"
    early = rita.post(reverse("quiz", args=[pk]), {"number": 1}, follow=True).content.decode()
    assert "Begin the quiz first" in early
    for _tab in range(2):
        page = rita.post(reverse("begin_quiz", args=[pk]), follow=True).content.decode()
    paper = QuizPaper.objects.get()
    assert "Until" in page
    assert page.count("<fieldset") == 2
    answers = right_on(paper, attempt)
    form = {"number": 1, **{f"question-{key}": value for key, value in answers.items()}}
    key = next(iter(answers))
    partly = {name: value for name, value in form.items() if name != f"question-{key}"}
    incomplete = rita.post(reverse("quiz", args=[pk]), partly)
    assert incomplete.status_code == 422
    first = rita.post(reverse("quiz", args=[pk]), partly | {"unfinished": "1"}, follow=True)
    second = rita.post(reverse("quiz", args=[pk]), form, follow=True)
    assert first.redirect_chain == second.redirect_chain, "the first hand-in of a try stands, also from another tab"
    assert QuizSubmission.objects.get().score_percent == 50
    blocked = rita.get(reverse("quiz", args=[pk])).content.decode()
    assert "You have used all tries" in blocked
    rita.post(reverse("begin_quiz", args=[pk]))
    assert QuizPaper.objects.count() == 1


def test_after_the_deadline_what_was_saved_counts(cast, now, bank):
    attempt = begin(cast, now, [draw(2)], time_limit_minutes=10, grace_seconds=30, partial_credit=True)
    paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    answers = right_on(paper, attempt)
    first = dict(list(answers.items())[:1])
    papers.save_answers(actor=cast.rita, attempt=attempt, number=1, answers=first, now=now + timedelta(minutes=9))
    in_grace = now + timedelta(minutes=10, seconds=29)
    papers.save_answers(actor=cast.rita, attempt=attempt, number=1, answers=first, now=in_grace)
    late = now + timedelta(minutes=10, seconds=31)
    with pytest.raises(QuizError, match="The time is over"):
        papers.save_answers(actor=cast.rita, attempt=attempt, number=1, answers=answers, now=late)
    assert papers.begin_try(actor=cast.rita, attempt=attempt, now=late) == paper, "no new try before this one is handed in"
    submission = hand_in(cast, attempt, paper, answers, late)
    assert (submission.late, submission.score_percent, submission.passed) == (True, 50, False)
    assert QuizMark.objects.get().reason == QuizMark.Reason.AUTOMATIC


def test_an_expired_session_loses_nothing(cast, now, sign_in):
    quiz = [{"type": "free_text", "id": "free", "value": {"prompt": "Tell", "guidance": "A name.", "explanation": ""}}]
    quiz += [question("Q1", [("yes", True), ("no", False)])]
    attempt = begin(cast, now, quiz)
    url, save = (reverse(name, args=[attempt.assignment_id]) for name in ("quiz", "save_quiz"))
    rita = sign_in(cast.rita)
    typed = {"number": 1, "question-free": "What I wrote & meant", "question-Q1": "Q1-yes"}
    assert rita.post(save, typed, headers={"X-Autosave": "1"}).status_code == 204
    rita.logout()
    lost = rita.post(url, typed | {"question-free": "later words"})
    assert lost.status_code == 302
    assert "/accounts/login/" in lost.url
    page = sign_in(cast.rita).get(url).content.decode()
    assert "What I wrote &amp; meant" in page
    assert 'value="Q1-yes" checked' in page
    saved = sign_in(cast.rita).post(save, typed | {"number": 2}, headers={"X-Autosave": "1"})
    assert (saved.status_code, saved.content.decode()) == (409, "This page is out of date. Open the quiz again.")
    by_hand = sign_in(cast.rita).post(save, typed, follow=True).content.decode()
    assert "Your answers are saved" in by_hand


def test_pauses_and_tries(cast, now):
    attempt = begin(cast, now, [question("Q1", [("yes", True), ("no", False)])], attempts=2, cooldown_minutes=60)
    wrong, right = {"Q1": ["Q1-no"]}, {"Q1": ["Q1-yes"]}

    def submit(number, answers, when):
        return services.submit_quiz(actor=cast.rita, attempt=attempt, number=number, answers=answers, now=when)

    submit(1, wrong, now)
    with pytest.raises(QuizError, match="pause between two tries"):
        submit(2, right, now + timedelta(minutes=59))
    submit(2, wrong, now + timedelta(minutes=60))
    with pytest.raises(QuizError, match="used all tries"):
        submit(3, right, now + timedelta(days=1))
    assert PaperQuestion.objects.count() == 2


@pytest.mark.parametrize(
    ("review", "after_one", "after_last"),
    [("at_once", True, True), ("passed", False, False), ("last", False, True), ("never", False, False)],
)
def test_right_answers_are_shown_when_the_policy_says(cast, sign_in, review, after_one, after_last):
    now = timezone.now()
    quiz = [{"type": "numeric", "id": "n", "value": {"prompt": "How many?", "number": 31415, "tolerance": 0, "wrong_feedback": "Far.", "explanation": "Why."}}]  # fmt: skip
    attempt = begin(cast, now, quiz, attempts=2, review=review)
    rita, pk = sign_in(cast.rita), attempt.assignment_id
    for number, shown in ((1, after_one), (2, after_last)):
        page = rita.post(reverse("quiz", args=[pk]), {"number": number, "question-n": "7"}, follow=True).content.decode()
        assert "Far." in page
        assert ("31415" in page) is shown, (review, number)


def test_every_kind_is_asked_answered_and_marked_without_javascript(cast, sign_in):
    now = timezone.now()

    def block(kind, **value):
        return {"type": kind, "id": kind, "value": {"prompt": f"Ask {kind}", "explanation": f"Why {kind}", **value}}

    def items(*values):
        return [{"type": "item", "id": f"i{n}", "value": value} for n, value in enumerate(values)]

    picture = get_image_model().objects.create(title="Screen", file=a_picture("red"))
    regions = items(*({"name": name, "left": 10, "top": 10, "width": 20, "height": 20, "correct": name == "Here"} for name in ("Here", "There")))  # fmt: skip
    quiz = [
        block("true_false", is_true="false", feedback_true="Not so.", feedback_false=""),
        block("short_text", accepted=items("order number"), case_sensitive=False),
        block("numeric", number="2.5", tolerance="0.5", wrong_feedback=""),
        block("match", pairs=items({"left": "A", "right": "1"}, {"left": "B", "right": "2"}), extra=items("3")),
        block("order", items=items("one", "two", "three")),
        block("hotspot", picture=picture.pk, alt="A screen", regions=regions),
    ]
    attempt = begin(cast, now, quiz, partial_credit=True, review="at_once")
    rita, pk = sign_in(cast.rita), attempt.assignment_id
    page = rita.get(reverse("quiz", args=[pk])).content.decode()
    assert page.count("<fieldset") == 6
    content = from_revision(attempt.revision)
    form = {"number": 1, **{f"question-{q.id}": right_answer(q) for q in content.questions}}
    for values in form.values():
        for value in values if isinstance(values, list) else []:
            assert f'value="{value}"' in page or value in {"order number", "2.0"}, "the page offers what is right among the rest"
    bad = rita.post(reverse("quiz", args=[pk]), form | {"question-numeric": "many", "question-order": [f"{q.id}=1" for q in content.questions[4].items]})  # fmt: skip
    assert bad.status_code == 422
    assert "2 questions have no answer yet." in bad.content.decode()
    order = content.questions[4].items
    half = [f"{order[0].id}=1", f"{order[1].id}=3", f"{order[2].id}=2"]
    result = rita.post(reverse("quiz", args=[pk]), form | {"question-order": half, "question-true_false": "true"}, follow=True)
    text = result.content.decode()
    assert "Not so." in text
    assert "33 % right" in text
    for words in ("Why match", "A → 1", "2. two", "Here"):
        assert words in text
    assert QuizSubmission.objects.get().score_percent == 72, "4 right of 6 and a third of one"
    assert not Completion.objects.exists()


def test_what_was_handed_in_before_there_were_papers_reads_the_same(cast, now, sign_in):
    attempt = begin(cast, now, [question("Q1", [("yes", True), ("no", False)])])
    old = QuizSubmission.objects.create(
        attempt=attempt, number=1, answers={"Q1": ["Q1-no"]}, score_percent=0, passed=False, submitted_at=now
    )
    page = sign_in(cast.rita).get(reverse("quiz_result", args=[attempt.assignment_id, 1])).content.decode()
    assert "Feedback on no" in page
    assert result_of(old).score_percent == 0
    assert json.dumps(attempt.revision.content).count("quiz_") == 7
