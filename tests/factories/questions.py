"""Questions of every kind, drawn at random, and what answers them rightly."""

from decimal import Decimal

from hypothesis import strategies as st

from learning.modules.questions.kinds import (
    Accepted,
    Answer,
    Choice,
    FreeText,
    Hotspot,
    Item,
    Match,
    Numeric,
    Order,
    Pair,
    Question,
    Region,
    ShortText,
    Span,
    TrueFalse,
    part_id,
)

# Every character that means something in one of the formats, some of other scripts, and blanks inside.
WORDS = st.text(st.sampled_from("abcZ9 ~=#{}:\\->%[]*\"'<&/$.,;üß字\u00a0"), min_size=1, max_size=12).filter(
    lambda text: text == " ".join(text.split(" ")).strip() and any(letter.isalnum() for letter in text)
)
PROMPTS = st.tuples(WORDS, WORDS).map(" ".join)
FEEDBACK = st.one_of(st.just(""), WORDS)


def several(least: int = 2, most: int = 5):
    key = lambda text: " ".join(text.split()).casefold()  # noqa: E731
    return st.lists(WORDS, min_size=least, max_size=most, unique_by=key)


def _right(question: Question) -> list[str]:
    match question:
        case Choice():
            if question.multiple:
                return [a.id for a in question.answers if a.correct]
            best = max(question.answers, key=lambda a: a.weight if a.weight is not None else 100 * a.correct)
            return [best.id]
        case TrueFalse():
            return ["true" if question.is_true else "false"]
        case ShortText():
            return [next(a.text for a in question.accepted if a.percent >= 100)]
        case Numeric():
            return [str(next(s.low for s in question.accepted if s.percent >= 100))]
        case Match():
            return [f"{pair.id}={question.choice_id(pair.right)}" for pair in question.pairs]
        case Order():
            return [f"{item.id}={place}" for place, item in enumerate(question.items, 1)]
        case Hotspot():
            return [next(r.id for r in question.regions if r.correct)]
    return ["In my own words."]


right_answer = _right


@st.composite
def choices(draw, weighted: bool | None = None) -> Choice:
    texts, multiple = draw(several()), draw(st.booleans())
    count = draw(st.integers(1, len(texts) if multiple else 1))
    if weighted is None:
        weighted = draw(st.booleans())
    answers = []
    for number, text in enumerate(texts):
        right, weight = number < count, None
        if weighted and multiple:
            weight = float(draw(st.sampled_from([100 / count, 50, 25]))) if right else draw(st.sampled_from([0.0, -50.0, -100.0]))
        answers.append(Answer(part_id(text), text, right, draw(FEEDBACK), weight))
    order = draw(st.permutations(answers))
    return Choice(id="q", prompt=draw(PROMPTS), explanation=draw(FEEDBACK), multiple=multiple, answers=tuple(order))


@st.composite
def other_kinds(draw) -> Question:
    shared = {"id": "q", "prompt": draw(PROMPTS), "explanation": draw(FEEDBACK)}
    kind = draw(st.sampled_from(["true_false", "short", "numeric", "match", "order", "free"]))
    if kind == "true_false":
        words = {"feedback_true": draw(FEEDBACK), "feedback_false": draw(FEEDBACK)}
        return TrueFalse(**shared, is_true=draw(st.booleans()), **words)
    if kind == "short":
        texts = draw(several(1, 4))
        percents = [100.0, *(draw(st.sampled_from([100.0, 50.0, 0.0])) for _ in texts[1:])]
        rows = [Accepted(text, percent, draw(FEEDBACK)) for text, percent in zip(texts, percents, strict=True)]
        return ShortText(**shared, accepted=tuple(rows))
    if kind == "numeric":
        ends = st.decimals(-1000, 1000, places=2, allow_nan=False).map(lambda d: d + Decimal("0.00"))
        rows = []
        for number in range(draw(st.integers(1, 3))):
            low, high = sorted((draw(ends), draw(ends)))
            rows.append(Span(low, high, 100.0 if number == 0 else draw(st.sampled_from([50.0, 0.0])), draw(FEEDBACK)))
        return Numeric(**shared, accepted=tuple(rows), wrong_feedback=draw(FEEDBACK))
    if kind == "match":
        lefts, rights = draw(several(2, 4)), draw(several(4, 4))
        pairs = tuple(Pair(part_id(a), a, b) for a, b in zip(lefts, rights, strict=False))
        return Match(**shared, pairs=pairs, extra=tuple(sorted(rights[len(lefts) :])))
    if kind == "order":
        return Order(**shared, items=tuple(Item(part_id(text), text) for text in draw(several(2, 6))))
    return FreeText(**shared, guidance=draw(FEEDBACK))


@st.composite
def hotspots(draw) -> Hotspot:
    names = draw(several(2, 4))
    right = draw(st.integers(0, len(names) - 1))
    regions = tuple(Region(part_id(name), name, 10, 10, 20, 20, n == right, draw(FEEDBACK)) for n, name in enumerate(names))
    return Hotspot(id="q", prompt=draw(PROMPTS), picture=1, alt="A screen", regions=regions)


def any_question() -> st.SearchStrategy[Question]:
    return st.one_of(choices(), other_kinds(), hotspots())
