"""Personal data in what customers and colleagues wrote: finding it and masking it, without moving a letter.

Masked is what could be used against a customer and teaches nobody anything: card and account numbers (only those whose
check digits are right), e-mail addresses, telephone numbers, and secrets that say they are one. A mask is exactly as
long as what it hides, so positions in the text, and words quoted from it, stay where they are. Dates, prices, order and
parcel numbers stay readable: a conversation about a late parcel must still be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "•"

# A masked letter counts as part of a word, so that what stands beside a mask is read as it was before.
_EMAIL = re.compile(r"(?<![\w.+\-•])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_DIGITS = re.compile(r"(?<![\w•])\d(?:[ \u00a0-]?\d){12,}(?![\w•])")
_IBAN = re.compile(r"(?<![\w•])[A-Za-z]{2}\d{2}(?:[ \u00a0]?[A-Za-z0-9]){11,30}")
_INTERNATIONAL = re.compile(
    r"(?<![\w+•])(?<![\d•][ \u00a0])(?:\+[1-9](?:[ \u00a0()./-]{0,2}\d){7,14}|00[1-9](?:[ \u00a0()./-]{0,2}\d){9,13})(?![\w•])"
)
_NATIONAL = re.compile(r"(?<![\w+.,/•-])(?<![\d•][ \u00a0])\(?0[1-9]\d{1,4}\)?(?:[ \u00a0/-]{0,3}\d){5,9}(?![\w•]|[.,/-]\d)")
_NORTH_AMERICAN = re.compile(
    r"(?<![\w+.,/•-])(?<![\d•][ \u00a0])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w•]|[.,/-]\d)"
)
_SECRET = re.compile(
    r"(?i)(?<![\w•])(?:password|passwort|kennwort|passcode|pin|cvv|cvc|token|api[ -]?key|secret)(?: (?:code|number))?"
    r"(?:\s{0,3}[:=]\s{0,3}|\s{1,3}(?:is|ist|was)\s{1,3})[\"'“”]?(?P<value>[^\s\"'“”•]{3,200})"
)
_TOKEN = re.compile(r"(?<![\w/•-])(?:eyJ|sk_|pk_|ghp_)[\w.-]{16,400}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}")

# Lengths of account numbers by country, of the public IBAN registry.
_IBAN_LENGTHS = {
    code: length
    for length, codes in (
        (15, "NO"), (16, "BE"), (18, "DK FI FO GL NL"), (19, "MK SI"), (20, "AT BA EE KZ LT LU XK"), (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"), (23, "AE GI IL IQ TL"), (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"),
        (26, "IS TR"), (27, "FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HU LB PL SV"), (29, "BR EG PS QA UA"),
        (30, "JO KW"), (31, "MT MU SC"), (32, "LC"),
    )
    for code in re.findall(r"[A-Z]{2}", codes)
}  # fmt: skip
# How numbers of payment cards begin, and how long those are.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|62\d{14,17}"
)
SHORTEST_CARD, LONGEST_CARD, SMALLEST_GROUP = 13, 19, 3  # digits
Span = tuple[int, int]


def is_card_number(digits: str) -> bool:
    """Whether these digits begin like a payment card's, are as many, and end with the right check digit (Luhn)."""
    if not _CARD.fullmatch(digits):
        return False
    doubled = (sum(divmod(2 * int(d), 10)) if i % 2 else int(d) for i, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def is_iban(number: str) -> bool:
    """Whether this is an account number of a country that has them, with the right check digits (ISO 7064, mod 97)."""
    number = number.upper()
    if _IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def personal_data(text: str) -> list[Span]:
    """Where personal data stands: (start, end) in order, not overlapping."""
    found = sorted({*_emails(text), *_cards(text), *_ibans(text), *_telephones(text), *_secrets(text)})
    joined: list[Span] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def mask_personal_data(text: str) -> str:
    """The text with every letter and digit of personal data replaced by a dot; as long as before, and stable when done again."""
    # Everything looked for has a digit or an @, and most messages have neither.
    while any(c == "@" or c.isdigit() for c in text):
        spans = [span for span in personal_data(text) if any(map(str.isalnum, text[slice(*span)]))]
        if not spans:
            break
        pieces, at = [], 0
        for start, end in spans:
            pieces += [text[at:start], "".join(MASK if c.isalnum() or c == "_" else c for c in text[start:end])]
            at = end
        text = "".join([*pieces, text[at:]])
    return text


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def _cards(text: str) -> Iterator[Span]:
    for run in _DIGITS.finditer(text):
        # A number may stand beside another one: try whatever begins and ends where a group of digits does.
        groups = list(re.finditer(r"\d+", run.group()))
        for first, begin in enumerate(groups):
            if begin.group()[0] not in "23456" or len(begin.group()) < SMALLEST_GROUP:
                continue
            digits = ""
            for group in groups[first : first + LONGEST_CARD]:
                digits += group.group()
                if len(digits) > LONGEST_CARD:
                    break
                if len(digits) >= SHORTEST_CARD and is_card_number(digits):
                    yield run.start() + begin.start(), run.start() + group.end()
                    break


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        wanted = _IBAN_LENGTHS.get(match.group()[:2].upper(), 0)
        taken, end = "", match.start()
        for place, letter in enumerate(match.group()):
            if letter.isalnum():
                taken, end = taken + letter, match.start() + place + 1
            if len(taken) == wanted:
                break
        if is_iban(taken) and not text[end : end + 1].isalnum():
            yield match.start(), end


def _telephones(text: str) -> Iterator[Span]:
    for pattern in (_INTERNATIONAL, _NATIONAL, _NORTH_AMERICAN):
        for match in pattern.finditer(text):
            digits = sum(c.isdigit() for c in match.group())
            if 9 <= digits <= 16 and not _DATE.search(match.group()):
                yield match.span()


def _secrets(text: str) -> Iterator[Span]:
    for match in _SECRET.finditer(text):
        value = match.group("value").rstrip(".,;:!?)")
        if any(map(str.isdigit, value)):  # "the password is wrong" tells none
            yield match.start("value"), match.start("value") + len(value)
    yield from (match.span() for match in _TOKEN.finditer(text))


def mask_excerpt(excerpt: str, body: str) -> str:
    """Words quoted from `body` as its masked text shows them, also where the quote cuts a number in two."""
    masked = mask_personal_data(body)
    if excerpt in masked:
        return excerpt
    at = body.find(excerpt)
    return masked[at : at + len(excerpt)] if at >= 0 else mask_personal_data(excerpt)
