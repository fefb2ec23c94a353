"""What the readers of all formats share: words made plain, ids that stay the same, a question looked at before it counts."""

import html
import re

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from learning.modules.content import clean_prompt, plain_prompt
from learning.modules.questions.from_blocks import tidy_category, tidy_tags
from learning.modules.questions.kinds import Answer, Question, part_id
from learning.modules.questions.serial import fault_of
from learning.quizzes.exchange.found import Found, Reading

_MARKUP = re.compile(r"<(?:[a-zA-Z][^>]*|/[a-zA-Z]\w*)>")
_ROOTS = re.compile(r"^(?:\$[^$/]+\$/)?(?:top/)?")
LONGEST_CATEGORY, LONGEST_EXTERNAL_ID, LONGEST_TITLE, LONGEST_TAG = 200, 200, 200, 60


def prompt_of(text: str, format: str) -> tuple[str, bool]:
    """(prompt, is it HTML): cleaned where it is, as it stands where it only looks like plain text."""
    text = text.strip()
    if format == "html" or (format == "moodle" and _MARKUP.search(text)):
        cleaned = clean_prompt(text)
        return (cleaned, True) if _MARKUP.search(cleaned) else (html.unescape(cleaned), False)
    return text, False


def plain_words(text: str, format: str) -> str:
    """Answers and feedback are plain text everywhere: formatting goes, words stay."""
    if format == "html" or (format == "moodle" and _MARKUP.search(text)):
        text = html.unescape(strip_tags(re.sub(r"<!--.*?-->|</(?:p|div|li)>|<br ?/?>", " ", text, flags=re.DOTALL)))
    return text.strip() if format == "plain" else re.sub(r"[ \t]{2,}", " ", text).strip()


def answer(text: str, correct: bool, feedback: str, weight: float | None) -> Answer:
    return Answer(part_id(text), text, correct, feedback, weight)


def category_of(text: str) -> str:
    """Without the roots that other systems put before every category."""
    return tidy_category(_ROOTS.sub("", text.strip()))[:LONGEST_CATEGORY]


def keep(
    reading: Reading, *, line: int, id: str, title: str, category: str, tags: tuple[str, ...], question: Question, name: str
) -> None:
    """Put a question among those found, or the reason why not. `name` is what the file calls it, for the reader."""
    fault = fault_of(question)
    if fault:
        reading.problems.append(Problem(line, _("question"), name, fault, _("Change it in the file, or write it here.")))
        return
    wanted = (id or title or f"text:{part_id(plain_prompt(question))}")[: LONGEST_EXTERNAL_ID - 7]
    external_id = reading.id_for(wanted)
    labels = tuple(tag[:LONGEST_TAG] for tag in tidy_tags(",".join(tags)))
    reading.found.append(Found(line, external_id, title[:LONGEST_TITLE], category, labels, question))
