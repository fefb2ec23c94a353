"""Who buys by contract: forty invented organisations, which cases are theirs, and a night desk whose people nobody matched yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from zlib import crc32

from demo.history.build import Case, History

ACCOUNT_COLUMNS = ("account id", "account name", "segment", "yearly value", "currency", "customer since", "left on")
NAMES = (
    "Alderbrook Hostels", "Bramble & Oat Cafés", "Copperline Offices", "Dunmore Sailing Club", "Easterly Clinics", "Fernhill School",
    "Gantry Coworking", "Harrow Lane Bakery", "Inkwell Library", "Juniper House Hotel", "Kestrel Mountain Guides", "Lowfold Farm",
    "Millrace Theatre", "Northgate Dental", "Oxbow Canoe Hire", "Pinecrest Camps", "Quayside Studios", "Rookery Kindergarten",
    "Saltmarsh Museum", "Thistle Trekking", "Umber Ceramics", "Velloway Bikes", "Westering Lodge", "Yarrow Garden Centre",
    "Zephyr Climbing Hall", "Ashdown Rangers", "Bellwether Wool", "Cinder Lane Roasters", "Dovecote Care Home", "Elmstead Council",
    "Foxglove Weddings", "Greywater Angling", "Hollow Oak Brewery", "Ivel Valley Scouts", "Kittiwake Ferries", "Larkrise Academy",
    "Marram Beach Huts", "Nettlecombe Vets", "Orchard Row Catering", "Puffin Point Hotel",
)  # fmt: skip
SEGMENTS = (("Large", 90_000, 5), ("Medium", 24_000, 13), ("Small", 4_800, 22))
SHARE_OF_CUSTOMERS = 35  # of a hundred write for an organisation
LOUD, LOUD_WEEKS = 6, 3  # this one writes much more in the last weeks
NIGHT_DESK = ("Brückner, Jonas", "Night desk robot", "Teresa V.", "Weekend temp 2")  # as the other system writes them


def account_key(number: int) -> str:
    return f"PG-{number + 1:02}"


def account_of(case: Case, weeks: int) -> str:
    """The organisation a case is written for; empty for most customers. The same customer, the same organisation."""
    if case.week >= weeks - LOUD_WEEKS and crc32(case.case_id.encode()) % 40 == 0:
        return account_key(LOUD)
    mark = crc32(case.customer.encode())
    return account_key(mark // 100 % len(NAMES)) if mark % 100 < SHARE_OF_CUSTOMERS else ""


def account_rows(history: History) -> Iterator[Sequence[object]]:
    """What the sales system would export: largest first."""
    rng = Random("accounts")
    today = history.now.date()
    sizes = [(segment, value) for segment, value, times in SEGMENTS for _time in range(times)]
    for number, (name, (segment, value)) in enumerate(zip(NAMES, sizes, strict=True)):
        since = today - timedelta(days=rng.randint(500, 2_600))
        left = today - timedelta(days=rng.randint(20, 330)) if number in {9, 21, 33, 38} else None
        yearly = round(value * rng.uniform(0.7, 1.6), -2)
        yield account_key(number), name, segment, f"{yearly:.0f}", "EUR", _iso(since), _iso(left)


def night_desk_rows(history: History) -> Iterator[Sequence[object]]:
    """Cases of the system that answers at night, in the columns of the case export; its names are nobody's e-mail."""
    late = [case for case in history.cases if case.resolved and case.channel == "chat"][-36:]
    for number, case in enumerate(late):
        opened = case.opened.replace(hour=23, minute=number)
        resolved = opened + timedelta(minutes=9 + number)
        if resolved >= history.now - timedelta(hours=1):
            opened, resolved = opened - timedelta(days=1), resolved - timedelta(days=1)
        times = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (opened, opened + timedelta(minutes=2), resolved, resolved)]
        who = NIGHT_DESK[(0, 0, 1, 0, 2, 3)[number % 6]]
        yield (
            f"ND-{number + 1:04}", *times, "resolved", "chat", case.subject, case.topic, case.customer, "", who, "", 0, "true",
            120, 400, "Night desk", "normal", 2, 1, "false",
        )  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
