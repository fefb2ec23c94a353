"""Personal data is masked letter by letter, and what helps to understand a conversation is not."""

import csv
import gzip
import random
import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.interactions.redaction import MASK, is_card_number, is_iban, mask_personal_data, personal_data

WORDS = ("hello", "the", "order", "is", "late", "and", "I", "paid", "with", "it", "please", "send", "thanks")


def luhn_digit(digits):
    """The slow way: try all ten."""

    def fits(number):
        total = 0
        for place, digit in enumerate(reversed(number)):
            value = int(digit) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        return total % 10 == 0

    return next(str(d) for d in range(10) if fits(digits + str(d)))


def a_card(lot):
    start, size = lot.choice([("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("2221", 16)])
    digits = start + "".join(lot.choice("0123456789") for _ in range(size - len(start) - 1))
    digits += luhn_digit(digits)
    gap = lot.choice(["", " "])
    return gap.join(digits[i : i + 4] for i in range(0, len(digits), 4))


def an_iban(lot):
    country, size = lot.choice([("DE", 22), ("GB", 22), ("FR", 27), ("NL", 18), ("ES", 24)])
    rest = "".join(lot.choice("0123456789") for _ in range(size - 4))
    number = next(n for c in range(100) if is_iban(n := f"{country}{c:02d}{rest}"))
    return " ".join(number[i : i + 4] for i in range(0, size, 4)) if lot.random() < 0.5 else number


def an_email(lot):
    name = "".join(lot.choice(string.ascii_lowercase + "._") for _ in range(8)).strip("._") or "kim"
    return f"{name}{lot.randrange(99)}@{lot.choice(['example.com', 'mail.example.co.uk', 'kunde-post.example'])}"


def a_telephone(lot):
    def d(n):
        return "".join(lot.choice("23456789") for _ in range(n))

    return lot.choice(
        [f"+49 171 {d(7)}", f"+1 {d(3)}-{d(3)}-{d(4)}", f"({d(3)}) {d(3)}-{d(4)}", f"0171 {d(7)}", f"+44 (0)20 {d(4)} {d(4)}",
         f"07{d(3)} {d(6)}", f"030/{d(8)}", f"0049{d(3)}{d(7)}", f"{d(3)}-{d(3)}-{d(4)}", f"+336{d(8)}"]
    )  # fmt: skip


@pytest.mark.parametrize(("make", "least"), [(a_card, 0.99), (an_iban, 0.99), (an_email, 0.99), (a_telephone, 0.9)])
def test_personal_data_in_a_sentence_is_found(make, least):
    lot = random.Random(20)
    found = 0
    for _ in range(500):
        secret = make(lot)
        before, after = " ".join(lot.choices(WORDS, k=4)), lot.choice(["", ".", ", thanks", " and more", "\nBye"])
        masked = mask_personal_data(f"{before} {secret}{after}")
        assert masked.startswith(before)
        assert masked.endswith(after)
        found += not any(c.isdigit() for c in masked) and len(masked) == len(before) + 1 + len(secret) + len(after)
    assert found / 500 >= least


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My card is 4111 1111 1111 1111, until 12/27.", "My card is •••• •••• •••• ••••, until 12/27."),
        ("Write to kim.lee@example.com please", "Write to •••.•••@•••••••.••• please"),
        ("iban de89 3704 0044 0532 0130 00 and thanks", "iban •••• •••• •••• •••• •••• •• and thanks"),
        ("The password is hunter2!", "The password is •••••••!"),
        ("PIN: 4821", "PIN: ••••"),
        ("Order 12 4111111111111111", "Order 12 ••••••••••••••••"),
    ],
)
def test_a_mask_is_as_long_as_what_it_hides(text, masked):
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "It came on 03.04.2026 at 14:30, or 2026-04-03, or 3/4/2026 10:15.",
        "The price was 1,249.00 €, then 0.99, then 12 500 000.",
        "Order 4000-1234567-12 and parcel 00340434161094042557 of 1Z999AA10123456784",
        "Case 1004298, ticket #20260403001, serial 0012345678",
        "The password is wrong again, and the PIN is missing.",
        "4111 1111 1111 1112 has a wrong check digit",
        "DE88 3704 0044 0532 0130 00 has wrong ones too",
        "Version 10.0.19045.3930 at 192.168.100.200",
        "6f1c2a34-9a1b-4c1d-8e2f-0123456789ab",
        "Öffnungszeiten 09:00-17:30, Mo-Fr",
    ],
)
def test_what_helps_to_understand_stays(text):
    assert mask_personal_data(text) == text


ALPHABET = st.sampled_from("0123456789aAbE@.+-_()/ \n:•DE4пароль9")
PIECES = st.sampled_from(
    ["4111 1111 1111 1111", "kim@example.com", "+49 171 2345678", "password: x9y", "DE89370400440532013000", " "]
)


@given(st.lists(st.one_of(PIECES, st.text(ALPHABET, max_size=30)), max_size=6).map("".join))
def test_length_and_everything_outside_the_masks_is_kept_and_twice_is_once(text):
    masked = mask_personal_data(text)
    assert len(masked) == len(text)
    assert all(a == b or (b == MASK and (a.isalnum() or a == "_")) for a, b in zip(text, masked, strict=True))
    assert mask_personal_data(masked) == masked
    spans = personal_data(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(st.from_regex(r"\A4[0-9]{14}\Z"))
def test_the_check_digit_of_a_card_is_the_only_one(digits):
    right = luhn_digit(digits)
    assert [d for d in string.digits if is_card_number(digits + d)] == [right]


def test_a_long_text_made_to_be_slow_is_not():
    for unit in ("a", "1", "1 ", "0171 ", "a.", "@a", "DE89 ", "password is ", "+1(", "eyJ", "0(", "4111 1111 1111 1112 ", "4 "):
        began = time.process_time()
        mask_personal_data(unit * (30_000 // len(unit)))
        assert time.process_time() - began < 1.5, unit


def test_real_threads_are_hardly_touched(shared_data):
    """A public set whose names and numbers were taken out: whatever is masked in it is masked needlessly."""
    with gzip.open(shared_data / "helpdesk_threads" / "utterances.csv.gz", "rt", encoding="utf-8") as stream:
        texts = [row["actionbody"] for row in csv.DictReader(stream)]
    touched = [text for text in texts if mask_personal_data(text) != text]
    assert len(texts) > 10_000
    assert len(touched) / len(texts) < 0.0005, touched[:20]
