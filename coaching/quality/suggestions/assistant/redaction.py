"""What is taken out of a text before it leaves for the assistant. One place, so that it can be replaced as a whole.

Masks what can be told by its form: e-mail addresses, telephone numbers, long numbers such as those of cards and accounts,
and whatever else no page shows: a password or PIN that says it is one does not leave the house either.
What it cannot tell (a street, a name that nobody noted) stays; names that stand beside the messages are masked by `prompt`.
"""

from __future__ import annotations

import re

from coaching.interactions.redaction import mask_personal_data

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Letters between the digits, as in an IBAN, are kept together with them.
ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
PHONE = re.compile(r"(?<![\w.,])\+?\(?\d(?:[\d()/.\s-]{6,}\d)(?!\w)")
LONG_NUMBER = re.compile(r"\d{6,}")


def redact(text: str) -> str:
    """The text with e-mail addresses, telephone numbers, long numbers and secrets masked."""
    text = EMAIL.sub("[e-mail]", text)
    text = ACCOUNT.sub("[number]", text)
    text = PHONE.sub(lambda found: "[number]" if sum(c.isdigit() for c in found[0]) >= 7 else found[0], text)
    return mask_personal_data(LONG_NUMBER.sub("[number]", text))
