"""Moodle XML: seven kinds become questions; whatever else is in the file is named, never dropped silently."""

from fractions import Fraction

import pytest

from learning.modules.questions.marking import mark_question
from learning.quizzes.exchange.found import UnreadableFile
from learning.quizzes.exchange.moodle_xml import read_moodle_xml
from tests.factories.questions import right_answer

HEAD = (
    '<name><text>{0}</text></name><questiontext format="html"><text><![CDATA[<p>About <b>{0}</b></p>{1}]]></text></questiontext>'
)


def question(kind: str, body: str = "", extra: str = "") -> str:
    return f'<question type="{kind}">{HEAD.format(kind, extra)}{body}</question>\n'


def answers(*rows: tuple[float, str, str]) -> str:
    return "".join(
        f'<answer fraction="{share}" format="plain_text"><text>{text}</text><feedback format="html"><text>&lt;p&gt;{said}&lt;/p&gt;</text></feedback></answer>'
        for share, text, said in rows
    )


FILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    '<question type="category"><category><text>$course$/top/Tone/Mail</text></category></question>\n'
    + question(
        "multichoice",
        "<single>false</single>" + answers((50, "a", "yes"), (50, "b", ""), (-100, "c", "no")),
        "<script>x</script>",
    )
    + question("truefalse", answers((0, "true", "No."), (100, "false", "")))
    + question("shortanswer", "<usecase>1</usecase>" + answers((100, "Yes", ""), (50, "yes", ""), (0, "*", "Hm.")))
    + question(
        "numerical",
        '<answer fraction="100"><text>3</text><tolerance>0.5</tolerance></answer><answer fraction="0"><text>*</text><feedback><text>Far.</text></feedback></answer>',
    )
    + question(
        "matching",
        "".join(
            f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
            for left, right in (("A", "1"), ("B", "2"), ("", "3"))
        ),
    )
    + question("ordering", answers((2, "second", ""), (1, "first", ""), (3, "third", "")))
    + question(
        "essay",
        "<graderinfo><text>Look for a name.</text></graderinfo><idnumber>e-1</idnumber><tags><tag><text>Care</text></tag></tags>",
    )
    + question("cloze")
    + question("ddimageortext")
    + question("description")
    + question("numerical", '<answer fraction="100"><text>three</text></answer>')
    + "</quiz>\n"
)


def test_every_known_kind_is_read_and_every_other_named():
    reading = read_moodle_xml(FILE.encode())
    assert reading.read == 11
    found = {entry.question.kind: entry for entry in reading.found}
    assert list(found) == ["multiple", "true_false", "short", "numeric", "match", "order", "free"]
    for kind, entry in found.items():
        assert (entry.category, entry.question.html) == ("Tone/Mail", True)
        assert "<b>" in entry.question.prompt
        assert "<script" not in entry.question.prompt
        assert mark_question(entry.question, right_answer(entry.question)).share == (None if kind == "free" else 1)
    assert found["multiple"].question.answers[0].feedback == "yes"
    assert found["true_false"].question.feedback_true == "No."
    assert mark_question(found["short"].question, ["yes"]).share == Fraction(1, 2)
    assert [mark_question(found["numeric"].question, [n]).share for n in ("2.5", "3.6")] == [1, 0]
    assert found["numeric"].question.wrong_feedback == "Far."
    assert found["match"].question.extra == ("3",)
    assert [item.text for item in found["order"].question.items] == ["first", "second", "third"]
    assert (found["free"].external_id, found["free"].tags) == ("e-1", ("care",))
    assert found["free"].question.guidance == "Look for a name."
    assert [(problem.line, problem.field) for problem in reading.problems] == [
        (11, "cloze"),
        (12, "ddimageortext"),
        (13, "description"),
        (14, "numerical"),
    ]
    assert "“cloze” cannot be asked here" in reading.problems[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "no xml",
        "<html/>",
        "<quiz><question></quiz>",
        '<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>',
    ],
)
def test_a_file_that_cannot_be_read_is_refused(text):
    with pytest.raises(UnreadableFile):
        read_moodle_xml(text.encode())
