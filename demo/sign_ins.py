"""Whom to sign in as, and what to look at first."""

from __future__ import annotations

from dataclasses import dataclass

from demo.company import DemoPerson, build_company


@dataclass(frozen=True)
class SignIn:
    role: str
    name: str
    email: str
    look_at: str


def sign_ins() -> list[SignIn]:
    """One or two people of each role; they exist in every size of the company."""
    company = build_company(2)

    def entry(role: str, person: DemoPerson, look_at: str) -> SignIn:
        return SignIn(role, person.name, person.email, look_at)

    return [
        entry("Rep", company.with_story("slipped"), "Today: a review to read, and modules assigned because of it"),
        entry("Rep", company.with_story("improved"), "was coached eleven weeks ago; her figures rose since"),
        entry("Team lead", company.lead_of("orders"), "the board: one rep has slipped, who is it?"),
        entry("Team lead", company.lead_of("devices"), "the recall of weeks 14 to 17, and what it left behind"),
        entry("QA reviewer", company.reviewers[0], "the queue, one review begun"),
        entry("Editor", company.editor, "the guide at /guide/, its editing at /cms/"),
        entry("Head", company.head, "the overview: are we keeping our promises?"),
        entry("Admin", company.admin, "people, imports and the audit log"),
    ]
