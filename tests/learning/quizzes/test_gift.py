"""GIFT files of other people read as they are meant, and our own written and read again."""

import json
import time
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.modules.content import clean_prompt, shown_prompt
from learning.modules.questions.kinds import Choice, Item, Order, TrueFalse
from learning.modules.questions.marking import mark_question
from learning.quizzes.exchange.found import UnreadableFile
from learning.quizzes.exchange.gift_parse import Number, Words, parse
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.exchange.gift_text import chunks, decode
from learning.quizzes.exchange.gift_writer import Labelled, NotInGift, gift_of, write_gift
from tests.factories.questions import FEEDBACK, choices, other_kinds


def as_expected(data: bytes) -> list[dict[str, Any]]:
    """Our trees in the words of the expected ones."""
    found: list[dict[str, Any]] = []
    for chunk in chunks(decode(data)):
        if chunk.is_category:
            found.append({"type": "Category", "title": chunk.text})
            continue
        tree = parse(chunk)
        entry = {
            "id": chunk.id,
            "tags": list(chunk.tags) or None,
            "type": tree.type,
            "title": tree.title,
            "stem": words(tree.stem),
            "hasEmbeddedAnswers": tree.embedded,
        }
        if tree.type != "Description":
            entry["globalFeedback"] = words(tree.general)
        if tree.type == "TF":
            entry |= {
                "isTrue": tree.is_true,
                "trueFeedback": words(tree.feedback_true),
                "falseFeedback": words(tree.feedback_false),
            }
        elif tree.type == "Matching":
            entry["matchPairs"] = [{"subquestion": words(left), "subanswer": right} for left, right in tree.pairs]
        elif tree.type == "Numerical" and len(tree.options) == 1 and tree.options[0].weight is None:
            entry["choices"] = number(tree.options[0].value)
        elif tree.type in {"Numerical", "MC", "Short"}:
            entry["choices"] = [
                {
                    "isCorrect": option.correct,
                    "weight": option.weight,
                    "text": number(option.value) if isinstance(option.value, Number) else words(option.value),
                    "feedback": words(option.feedback),
                }
                for option in tree.options
            ]
        found.append(entry)
    return found


def words(said: Words | None) -> dict[str, str] | None:
    return None if said is None else {"format": said.format, "text": said.text}


def number(value: Number) -> dict[str, Any]:
    if value.kind == "simple":
        return {"type": "simple", "number": value.low}
    if value.kind == "range":
        return {"type": "range", "number": value.middle, "range": value.high - value.middle}
    return {"type": "high-low", "numberHigh": value.high, "numberLow": value.low}


def test_every_file_is_read_as_expected(shared_data):
    files = sorted((shared_data / "gift").glob("*.gift"))
    assert len(files) == 26
    wrong = {}
    for file in files:
        expected = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
        ours = json.loads(json.dumps(as_expected(file.read_bytes()), default=str), parse_float=Decimal, parse_int=Decimal)
        for entry in ours:
            _numbers(entry)
        if ours != expected:
            wrong[file.name] = [(a, b) for a, b in zip(ours, expected, strict=False) if a != b] or (len(ours), len(expected))
    assert wrong == {}


def _numbers(entry: dict[str, Any]) -> None:
    """Decimals went through JSON as text."""
    choices = entry.get("choices")
    for value in [choices] if isinstance(choices, dict) else [row["text"] for row in choices or ()]:
        for key in ("number", "range", "numberHigh", "numberLow"):
            if key in value:
                value[key] = Decimal(value[key])


# --- From the tree to questions ------------------------------------------------------------------


def test_what_no_other_reader_agrees_upon_is_taken_and_reported():
    source = """// Our own examples
$CATEGORY: $course$/top/Tone / E-mail

// [id:n1] [tag:Numbers]
::Two::How many?{#3:2~#Count again.}";

Pick one.{=a =b ~c#No.}

Only a text.

Broken {=a

What?{~no ~%0%never}

What?{=yes ~no

####Because.}

What?{=yes ~no}
"""
    reading = read_gift(source.replace("Count", "Zähl“").encode("cp1252"))
    assert reading.read == 7
    by_id = {found.external_id: found for found in reading.found}
    numeric = by_id["n1"].question
    assert (by_id["n1"].title, by_id["n1"].category, by_id["n1"].tags) == ("Two", "Tone/E-mail", ("numbers",))
    assert (numeric.accepted[0].low, numeric.accepted[0].high, numeric.wrong_feedback) == (1, 5, "Zähl“ again.")
    pick = reading.found[1].question
    assert not pick.multiple
    assert [mark_question(pick, [a.id]).share for a in pick.answers] == [1, 1, 0], "either of the two right ones"
    twins = [found for found in reading.found if found.question.prompt == "What?"]
    assert [found.external_id for found in twins][1] == f"{twins[0].external_id}#2", "two that read the same stay apart"
    assert twins[0].question.explanation == "Because."
    assert [problem.line for problem in reading.problems] == [9, 11, 13]
    assert "text without answers" in reading.problems[0].reason
    assert "never closed" in reading.problems[1].reason
    assert "Mark the answer" in reading.problems[2].reason
    assert reading.warnings == ['Line 5: “";” behind the answers is ignored.']


def test_scripts_in_a_stem_go_and_formatting_stays():
    html = r"[html]<p onclick\='x()'>See <b>this</b><script>alert(1)</script> <img src\=x onerror\=y></p>{T}"
    question = read_gift(html.encode()).found[0].question
    assert question.html
    assert question.prompt == "<p>See <b>this</b> </p>"
    assert "<script" not in shown_prompt(replace(question, prompt="<script>x</script>ok"))
    assert shown_prompt(replace(question, html=False, prompt="a < b\nc")) == "a &lt; b<br>c"


@pytest.mark.parametrize(
    "text", ["{" + "\n" * 100_000, "{\n\n" * 50_000, "a{" + "\n" * 50_000 + "}", "// x\n" * 50_000, "\\" * 100_001]
)
def test_no_text_takes_long(text):
    begin = time.process_time()
    read_gift(text.encode())
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04\x00\x00"])
def test_a_file_that_is_no_text_is_refused(data):
    with pytest.raises(UnreadableFile):
        read_gift(data)


# --- Written and read again ------------------------------------------------------------------------

IN_GIFT = st.one_of(choices(), other_kinds()).filter(lambda q: q.kind != "order" and not getattr(q, "guidance", ""))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(IN_GIFT, st.booleans(), FEEDBACK), min_size=1, max_size=3))
def test_what_is_written_is_read_as_the_same(wishes):
    entries, left_out = [], 0
    for number, (question, as_html, title) in enumerate(wishes):
        wanted = replace(question, prompt=clean_prompt(f"<p>{escape(question.prompt)}</p>"), html=True) if as_html else question
        try:
            gift_of(wanted)
        except NotInGift:
            left_out += 1
            continue
        entries.append(Labelled(wanted, id=f"id {number}", title=title, category="A/B", tags=("one", "two")))
    reading = read_gift(write_gift(entries).encode())
    assert (reading.problems, reading.warnings) == ([], [])
    assert [found.external_id for found in reading.found] == [entry.id for entry in entries]
    for entry, found in zip(entries, reading.found, strict=True):
        assert (found.title, found.category, found.tags) == (entry.title, "A/B", ("one", "two"))
        question = entry.question
        if isinstance(question, Choice) and question.multiple and all(a.weight is None for a in question.answers):
            same_marks(question, found.question)
        else:
            assert found.question == question


def same_marks(ours: Choice, theirs: Choice) -> None:
    """GIFT needs weights where we have none: what each choice is worth is the same."""
    keys = [answer.id for answer in ours.answers]
    for size in range(len(keys) + 1):
        for chosen in combinations(keys, size):
            wanted, got = mark_question(ours, chosen).share, mark_question(theirs, chosen).share
            assert abs(wanted - got) < 1e-5
            assert (wanted == 1) == (got == 1)


def test_what_gift_cannot_say_is_named_in_the_file():
    order = Order(id="q", prompt="Sort these", items=(Item("a", "a"), Item("b", "b")))
    text = write_gift([Labelled(order), Labelled(TrueFalse(id="q", prompt="Yes?", is_true=True))])
    assert "// Left out: Sort these: GIFT does not know this kind of question" in text
    assert len(read_gift(text.encode()).found) == 1
