"""GIFT files read into questions."""

from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from learning.modules.questions.kinds import (
    Accepted,
    Choice,
    FreeText,
    Match,
    Numeric,
    Pair,
    Question,
    ShortText,
    Span,
    TrueFalse,
    part_id,
)
from learning.quizzes.exchange.found import Reading
from learning.quizzes.exchange.gift_parse import GiftFault, Number, Option, Tree, Words, parse
from learning.quizzes.exchange.gift_text import chunks, decode
from learning.quizzes.exchange.making import answer, category_of, keep, plain_words, prompt_of


def read_gift(data: bytes) -> Reading:
    """All questions of a file. What is left out stands in `problems` with its line. Raises UnreadableFile."""
    reading, category = Reading(), ""
    for chunk in chunks(decode(data)):
        if chunk.is_category:
            category = category_of(chunk.text)
            continue
        reading.read += 1
        try:
            tree = parse(chunk)
        except GiftFault as fault:
            reading.problems.append(
                Problem(chunk.line, _("question"), chunk.text, str(fault), _("Correct it in the file and import again."))
            )
            continue
        reading.warnings += [_("Line %(line)s: %(note)s") % {"line": chunk.line, "note": note} for note in tree.notes]
        if tree.type == "Description":
            reading.problems.append(
                Problem(
                    chunk.line,
                    _("description"),
                    tree.stem.text,
                    _("This is a text without answers, not a question."),
                    _("Put it into a lesson, or add the answers in braces."),
                )
            )
            continue
        keep(
            reading,
            line=chunk.line,
            id=chunk.id or "",
            title=tree.title or "",
            category=category,
            tags=chunk.tags,
            question=question_of(tree),
            name=tree.title or tree.stem.text,
        )
    return reading


def question_of(tree: Tree) -> Question:
    """The tree of a question as a question; its id is a placeholder."""
    prompt, is_html = prompt_of(tree.stem.text, tree.stem.format)
    explanation = _said(tree.general)
    if tree.type == "TF":
        return TrueFalse(
            id="q",
            prompt=prompt,
            html=is_html,
            explanation=explanation,
            is_true=tree.is_true,
            feedback_true=_said(tree.feedback_true),
            feedback_false=_said(tree.feedback_false),
        )
    if tree.type == "Numerical":
        numbers = [(option, option.value) for option in tree.options if isinstance(option.value, Number)]
        spans = tuple(Span(value.low, value.high, _percent(option), _said(option.feedback)) for option, value in numbers)
        wrong = _said(tree.wrong_feedback)
        return Numeric(id="q", prompt=prompt, html=is_html, explanation=explanation, accepted=spans, wrong_feedback=wrong)
    if tree.type == "Matching":
        rows = [(plain_words(left.text, left.format), right) for left, right in tree.pairs]
        pairs = tuple(Pair(part_id(left), left, right) for left, right in rows if left)
        extra = tuple(sorted(right for left, right in rows if not left))
        return Match(id="q", prompt=prompt, html=is_html, explanation=explanation, pairs=pairs, extra=extra)
    options = [(option, option.value) for option in tree.options if isinstance(option.value, Words)]
    if tree.type == "Short":
        accepted = tuple(Accepted(_said(value), _percent(option), _said(option.feedback)) for option, value in options)
        return ShortText(id="q", prompt=prompt, html=is_html, explanation=explanation, accepted=accepted)
    if tree.type == "MC":
        return _choice(tree, options, prompt, is_html, explanation)
    return FreeText(id="q", prompt=prompt, html=is_html, explanation=explanation)


def _choice(tree: Tree, options: list[tuple[Option, Words]], prompt: str, is_html: bool, explanation: str) -> Choice:
    """With "=" one answer is chosen (any of those, where several have it); with weights alone several are."""
    marked = sum(option.correct for option, _value in options)
    answers = []
    for option, value in options:
        weight = 100.0 if option.correct and option.weight is None and marked > 1 else option.weight
        right = option.correct if weight is None else weight > 0
        answers.append(answer(_said(value), right, _said(option.feedback), weight))
    return Choice(id="q", prompt=prompt, html=is_html, explanation=explanation, multiple=marked == 0, answers=tuple(answers))


def _percent(option: Option) -> float:
    return 100 if option.weight is None else option.weight


def _said(words: Words | None) -> str:
    return plain_words(words.text, words.format) if words else ""
