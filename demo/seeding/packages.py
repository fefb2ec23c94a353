"""A small SCORM course of our own, as another tool would have exported it, put into a module and given to some reps."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from demo.company import Company
from demo.seeding.people import Cast
from learning.assignments.models import Assignment
from learning.assignments.services import assign_module
from learning.modules.services import publish_module
from learning.packages.services import import_package, make_module

SOURCE = Path(__file__).resolve().parent.parent / "package"


def package_file() -> bytes:
    """The zip; the same bytes each time, so that the package is known by the same hash in every demo."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(SOURCE.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name, (2026, 1, 1, 0, 0, 0)), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def seed_package(company: Company, cast: Cast, *, began: datetime, now: datetime) -> int:
    """The module of the package, and to how many reps of the first team it was given this week."""
    editor = cast.account(company.editor)
    imported = import_package(actor=editor, pieces=[package_file()], file_name="when-the-line-is-bad.zip", now=began)
    module = make_module(actor=editor, package=imported.package, now=began)
    module.summary = "A short course on calls with a bad line: what to say first, how to go on, and what to leave in writing."
    module.estimated_minutes = 6
    publish_module(actor=editor, module=module, now=began)
    lead = company.leads[0]
    team = [rep for rep in company.reps if rep.team == lead.team][:3]
    for rep in team:
        assign_module(
            actor=cast.account(lead),
            person=cast.account(rep),
            module=module,
            due_on=(now + timedelta(days=10)).date(),
            source=Assignment.Source.LEAD,
            because="Three customers on mobile phones had to ask twice this week. It takes six minutes.",
            now=now - timedelta(days=1),
        )
    return len(team)
