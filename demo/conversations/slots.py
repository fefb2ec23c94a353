"""Fills the slots of a conversation: one order, one parcel, one street, the same in every message."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

PRODUCTS: dict[str, tuple[tuple[str, str], ...]] = {
    "outdoor": (
        ("Drift 3 tent", "289.00"),
        ("Larch rucksack", "129.00"),
        ("Tern sleeping bag", "164.00"),
        ("Skua camp stove", "74.90"),
        ("Plover rain jacket", "149.00"),
        ("Wren lantern", "39.90"),
    ),
    "home": (
        ("Ember kettle", "64.90"),
        ("Sorrel planter", "48.00"),
        ("Hazel shelf", "119.00"),
        ("Fennel lunch box", "24.90"),
        ("Rowan coat rack", "89.00"),
        ("Teasel doormat", "34.90"),
        ("Mallow blanket", "79.00"),
    ),
    "clothing": (
        ("Plover rain jacket", "149.00"),
        ("Marlin anorak", "119.00"),
        ("Heath fleece jacket", "84.90"),
        ("Curlew down jacket", "199.00"),
    ),
    "gear": (
        ("Larch rucksack", "129.00"),
        ("Tern sleeping bag", "164.00"),
        ("Drift 3 tent", "289.00"),
        ("Marten duffel", "99.00"),
    ),
    "tent": (("Drift 2 tent", "239.00"), ("Drift 3 tent", "289.00"), ("Fulmar storm tent", "419.00")),
    "hard": (("Skua camp table", "94.00"), ("Ember kettle", "64.90"), ("Sorrel planter", "48.00"), ("Hazel shelf", "119.00")),
    "subscription": (("Bean Round", "18.90"), ("Pantry Round", "32.50"), ("Garden Round", "21.00")),
    "device": (("Warden hub", "89.00"),),
    "climate": (("Warden climate sensor", "44.90"), ("Warden room sensor", "39.90")),
    "door": (("Warden door sensor", "29.90"), ("Warden window sensor", "27.90")),
    "leak": (("Warden leak sensor", "36.90"), ("Warden cellar sensor", "42.90")),
    "recall": (("Glow 2 heater", "139.00"),),
}
CITIES = (
    "Leiden",
    "Ghent",
    "Aarhus",
    "Graz",
    "Bremen",
    "Porto",
    "Utrecht",
    "Malmö",
    "Lyon",
    "Turku",
    "Cork",
    "Brno",
    "Trento",
    "Kiel",
)
STREETS = (
    "Mill Lane",
    "Linden Street",
    "Harbour Road",
    "Station Road",
    "Vineyard Way",
    "Church Walk",
    "Rope Walk",
    "Canal Street",
    "Orchard Close",
    "Kiln Street",
    "Bridge Street",
    "Weaver's Row",
    "Meadow Lane",
    "Ferry Road",
)
CARRIERS = ("Brightpost", "Norvan", "Kestrel Parcel")
SIZES = (("S", "M"), ("M", "L"), ("L", "XL"), ("XS", "S"))
CODES = ("SPRING15", "HELLO15", "TRAIL10", "KETTLE15", "OUTSIDE15")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
CUSTOMER_FIRST = (
    "Ada",
    "Bram",
    "Carla",
    "Dario",
    "Elin",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Katya",
    "Luca",
    "Mina",
    "Nils",
    "Olga",
    "Pieter",
    "Quentin",
    "Rosa",
    "Sven",
    "Tilda",
    "Uri",
    "Vida",
    "Willem",
    "Xenia",
    "Yusuf",
    "Zora",
    "Amira",
    "Bastian",
    "Celeste",
    "Dmitri",
    "Esme",
    "Florian",
    "Gilda",
    "Henrik",
    "Iris",
    "Joost",
    "Kamala",
    "Leif",
    "Margit",
    "Noor",
    "Otis",
    "Petra",
    "Rafael",
    "Saskia",
    "Tomas",
    "Ulla",
    "Vito",
    "Wanda",
    "Yara",
    "Zeno",
)
CUSTOMER_LAST = (
    "Abel",
    "Brandt",
    "Castel",
    "Dunne",
    "Eriksen",
    "Faber",
    "Garnier",
    "Holt",
    "Ibarra",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Romano",
    "Sundberg",
    "Teixeira",
    "Ulrich",
    "Vermeer",
    "Weiss",
    "Ziegler",
    "Aydin",
    "Bakker",
    "Costa",
    "Dvorak",
    "Fischer",
    "Gruber",
    "Haddad",
    "Kowalski",
    "Larsen",
    "Mertens",
    "Nowak",
    "Pereira",
    "Rossi",
    "Silva",
    "Tanaka",
    "Varga",
)


def customer_name(rng: Random) -> tuple[str, str]:
    """First and last name of a customer."""
    return rng.choice(CUSTOMER_FIRST), rng.choice(CUSTOMER_LAST)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"


def fill_slots(
    rng: Random,
    *,
    category: str,
    first: str,
    last: str,
    agent: str,
    colleague: str,
    lead: str,
    other_team: str,
    opened_at: datetime,
) -> dict[str, str]:
    """Every slot a script may name, drawn once for the whole conversation."""
    product, price = rng.choice(PRODUCTS[category])
    plan, _plan_price = rng.choice(PRODUCTS["subscription"])
    if category == "subscription":
        plan = product
    ordered = opened_at - timedelta(days=rng.randint(5, 24))
    order = f"PG-{rng.randint(410_000, 989_999)}"
    size, larger = rng.choice(SIZES)
    neighbour = rng.choice(CUSTOMER_LAST)
    return {
        "c": first, "C": f"{first} {last}", "surname": last, "a": agent, "colleague": colleague, "lead": lead, "other_team": other_team,
        "product": product, "price": f"€{price}", "plan": plan, "discount": f"€{float(price) * 0.15:.2f}",
        "voucher": f"a €{rng.choice((5, 10, 15))} voucher", "order": order, "order_tail": order[-3:],
        "track": f"{rng.choice('BKN')}{rng.randint(10_000_000, 99_999_999)}", "carrier": rng.choice(CARRIERS),
        "date": _day(ordered), "eta": _day(opened_at - timedelta(days=rng.randint(1, 4))), "month": f"{opened_at + timedelta(days=92):%B}",
        "weekday": WEEKDAYS[(opened_at.weekday() + 2) % 5], "time": f"{rng.randint(9, 17)}:{rng.choice(('05', '15', '20', '30', '40', '50'))}",
        "city": rng.choice(CITIES), "street": f"{rng.randint(2, 98)} {rng.choice(STREETS)}", "house": str(rng.randint(2, 60)),
        "postcode": str(rng.randint(1010, 98_990)), "neighbour": neighbour, "last4": f"{rng.randint(1000, 9999)}",
        "size": size, "size2": larger, "code": rng.choice(CODES), "fw": f"firmware 4.{rng.randint(1, 9)}.{rng.randint(0, 4)}",
        "ticket": f"APP-{rng.randint(300, 980)}",
    }  # fmt: skip
