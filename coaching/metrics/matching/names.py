"""How alike two names are. Pure functions.

Names are compared without case, accents and signs, and whatever the order of their words. The likeness is
Dice's coefficient over the pairs of neighbouring letters: 2·common ÷ (pairs of one + pairs of the other);
1 for the same letters, 0 for none in common.
Source: Dice 1945, "Measures of the amount of ecologic association between species"; over bigrams as in
Kondrak, Marcu and Knight 2003, "Cognates can improve statistical translation models".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

SIMILAR = 0.75  # from here on a name is suggested; "Jon Smith" and "John Smyth" are 0.67, "Ana Maria Lopez" and "Ana Lopez" 0.76
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "þ": "th"})


def plain_name(name: str) -> str:
    """ "Brückner, Jonas" → "bruckner jonas": small letters without accents and signs, words in alphabetical order."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join(sorted(re.findall(r"\w+", text)))


def pairs_of(plain: str) -> Counter[str]:
    """Pairs of neighbouring letters within the words; the ends of a word count as a letter."""
    return Counter(f" {word} "[place : place + 2] for word in plain.split() for place in range(len(word) + 1))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of two names' pairs, from 0 to 1."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0
