"""The demo company: who works there, where, since when. Everything and everybody is invented.

Pellgrove sells things for home and hillside: tents, kettles, coffee by subscription, sensors for the
cellar. Five teams answer its customers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from people.models import Role

COMPANY = "Pellgrove"
DOMAIN = "pellgrove.example"  # .example is reserved: no mail ever leaves for it
SIGN_IN_WORDS = "kettle-on-the-windowsill"  # the same for everybody of the demo; printed at the end

# key: (department, team)
TEAMS: dict[str, tuple[str, str]] = {
    "orders": ("Care", "Orders"),
    "returns": ("Care", "Returns"),
    "billing": ("Care", "Billing"),
    "app": ("Tech", "App"),
    "devices": ("Tech", "Devices"),
}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the company. `started_weeks_ago` counts back from the day of the seed."""

    name: str
    roles: tuple[Role, ...]
    zone: str
    team: str = ""
    pronouns: str = ""
    started_weeks_ago: int = 120
    moved_from: str = ""
    moved_weeks_ago: int = 0
    story: str = ""  # slipped, improved, new, moved: what makes this person worth a look

    @cached_property
    def email(self) -> str:
        return f"{ascii_name(self.name)}@{DOMAIN}"

    def team_on(self, day: date, today: date) -> str:
        """The team's key on that day; empty before the person started."""
        if day < today - timedelta(weeks=self.started_weeks_ago):
            return ""
        if self.moved_from and day < today - timedelta(weeks=self.moved_weeks_ago):
            return self.moved_from
        return self.team


@dataclass(frozen=True)
class Company:
    reps: tuple[DemoPerson, ...]
    leads: tuple[DemoPerson, ...]
    reviewers: tuple[DemoPerson, ...]
    editor: DemoPerson
    head: DemoPerson
    admin: DemoPerson
    by_email: dict[str, DemoPerson] = field(default_factory=dict)

    @property
    def everybody(self) -> tuple[DemoPerson, ...]:
        return (self.admin, self.head, self.editor, *self.reviewers, *self.leads, *self.reps)

    def lead_of(self, team: str) -> DemoPerson:
        return next(lead for lead in self.leads if lead.team == team)

    def with_story(self, story: str) -> DemoPerson:
        return next(rep for rep in self.reps if rep.story == story)


def ascii_name(name: str) -> str:
    """A name as the local part of an address: "Zoë Ørsted" gives "zoe.orsted"."""
    plain = name.lower().translate(
        str.maketrans("áàâãäåçéèêëíìîïñóòôõöøúùûüýÿšžčřłğışńśćęąőß", "aaaaaaceeeeiiiinoooooouuuuyyszcrlgisnsceaos")
    )
    return ".".join("".join(c for c in word if c.isascii() and c.isalnum()) for word in plain.split())


BERLIN, LISBON, WARSAW, DUBLIN, CAPE, ATHENS, TORONTO, HELSINKI, LAGOS, MANILA = (
    "Europe/Berlin", "Europe/Lisbon", "Europe/Warsaw", "Europe/Dublin", "Africa/Johannesburg", "Europe/Athens",
    "America/Toronto", "Europe/Helsinki", "Africa/Lagos", "Asia/Manila",
)  # fmt: skip

# The first of each team are in the small company as well.
REPS: dict[str, tuple[tuple[str, str], ...]] = {
    "orders": (
        ("Mina Adeyemi", LAGOS), ("Jonas Brückner", BERLIN), ("Teresa Vilhena", LISBON), ("Oisín Gallagher", DUBLIN),
        ("Kasia Wrona", WARSAW), ("Thabo Maseko", CAPE), ("Alina Popescu", ATHENS), ("Niklas Ahonen", HELSINKI),
    ),
    "returns": (
        ("Ruth Castellan", LISBON), ("Emeka Nwosu", LAGOS), ("Lotte Hagedorn", BERLIN), ("Piotr Zaremba", WARSAW),
        ("Siobhán Keane", DUBLIN), ("Yannis Kouros", ATHENS), ("Noluthando Dube", CAPE), ("Maarten de Wit", BERLIN),
    ),
    "billing": (
        ("Hanneke Visser", BERLIN), ("Duarte Pimentel", LISBON), ("Ewa Malik", WARSAW), ("Ciara Lennon", DUBLIN),
        ("Babak Rostami", BERLIN), ("Ines Quaresma", LISBON), ("Sipho Radebe", CAPE), ("Eleni Markou", ATHENS),
    ),
    "app": (
        ("Tariq Haddad", TORONTO), ("Sanna Virtala", HELSINKI), ("Grace Abelard", MANILA), ("Leon Schubart", BERLIN),
        ("Marisol Ocampo", MANILA), ("Bastien Lacroix", TORONTO), ("Zofia Kaleta", WARSAW), ("Amara Obiora", LAGOS),
    ),
    "devices": (
        ("Freya Lindholm", HELSINKI), ("Rasmus Tolk", BERLIN), ("Divya Ramanan", TORONTO), ("Gonçalo Fonte", LISBON),
        ("Milan Horvat", WARSAW), ("Jocelyn Santos", MANILA), ("Kwame Asante", LAGOS), ("Aoife Brannigan", DUBLIN),
    ),
}  # fmt: skip
STORIES: dict[str, dict[str, object]] = {
    "Mina Adeyemi": {"story": "improved", "pronouns": "she/her"},
    "Jonas Brückner": {"story": "slipped", "pronouns": "he/him"},
    "Emeka Nwosu": {"story": "moved", "moved_from": "orders", "moved_weeks_ago": 11},
    "Duarte Pimentel": {"story": "new", "started_weeks_ago": 10},
    "Grace Abelard": {"story": "new", "started_weeks_ago": 10},
    "Noluthando Dube": {"story": "new", "started_weeks_ago": 10, "pronouns": "she/her"},
    "Kwame Asante": {"started_weeks_ago": 17},
}
LEADS = (
    ("Priya Raghavan", DUBLIN, "orders", "she/her"), ("Henrik Solberg", BERLIN, "returns", "he/him"), ("Marta Kielar", WARSAW, "billing", ""),
    ("Andile Khumalo", CAPE, "app", "they/them"), ("Sofia Arnedo", LISBON, "devices", "she/her"),
)  # fmt: skip
REVIEWERS = (("Vera Nyström", HELSINKI), ("Callum Reid", DUBLIN), ("Ngozi Eze", LAGOS))
MORE_FIRST = (
    "Ana",
    "Ben",
    "Cleo",
    "Davit",
    "Esra",
    "Filip",
    "Gemma",
    "Hiro",
    "Isla",
    "Jakub",
    "Klara",
    "Liam",
    "Malik",
    "Nora",
    "Omar",
    "Pia",
)
MORE_LAST = (
    "Alden",
    "Bielik",
    "Corrigan",
    "Dahl",
    "Escobar",
    "Fontaine",
    "Grieg",
    "Hollis",
    "Iversen",
    "Joshi",
    "Klein",
    "Laurent",
    "Moss",
)


def build_company(reps_per_team: int) -> Company:
    """The company with so many reps in each of its five teams; beyond eight, more names are made."""
    reps = []
    made = 0
    for team, written in REPS.items():
        names = list(written[:reps_per_team])
        while len(names) < reps_per_team:
            first, last = MORE_FIRST[made % len(MORE_FIRST)], MORE_LAST[made % len(MORE_LAST)]
            names.append((f"{first} {last}{'' if made < 208 else f' {made}'}", written[made % 8][1]))
            made += 1
        for place, (name, zone) in enumerate(names):
            facts = {"started_weeks_ago": 40 + 9 * place, **STORIES.get(name, {})}
            reps.append(DemoPerson(name=name, roles=(Role.REP,), zone=zone, team=team, **facts))  # type: ignore[arg-type]
    leads = tuple(
        DemoPerson(name=n, roles=(Role.LEAD,), zone=z, team=t, pronouns=p, started_weeks_ago=150) for n, z, t, p in LEADS
    )
    reviewers = tuple(DemoPerson(name=n, roles=(Role.REVIEWER,), zone=z, started_weeks_ago=140) for n, z in REVIEWERS)
    company = Company(
        reps=tuple(reps),
        leads=leads,
        reviewers=reviewers,
        editor=DemoPerson(name="Edith Marlowe", roles=(Role.EDITOR,), zone=DUBLIN),
        head=DemoPerson(name="Helena Brandão", roles=(Role.HEAD,), zone=LISBON),
        admin=DemoPerson(name="Adrian Fekete", roles=(Role.ADMIN,), zone=BERLIN),
    )
    company.by_email.update({person.email: person for person in company.everybody})
    return company
