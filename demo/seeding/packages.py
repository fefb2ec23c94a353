"""A small SCORM course and an H5P exercise of our own, as other tools would have exported them, made into modules and given to some reps."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from demo.company import Company
from demo.seeding.people import Cast
from learning.assignments.models import Assignment
from learning.assignments.services import assign_module
from learning.modules.models import Module
from learning.modules.services import publish_module
from learning.packages.services import import_package, make_module
from people.models import Person

DEMO = Path(__file__).resolve().parent.parent
COURSE, EXERCISE = DEMO / "package", DEMO / "exercise"


def package_file(source: Path) -> bytes:
    """The zip; the same bytes each time, so that the package is known by the same hash in every demo."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(source).as_posix(), (2026, 1, 1, 0, 0, 0))
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def seed_packages(company: Company, cast: Cast, *, began: datetime, now: datetime) -> int:
    """The modules of both, and to how many reps of the first team they were given this week."""
    editor = cast.account(company.editor)
    course = _module(editor, COURSE, "when-the-line-is-bad.zip", began)
    course.summary = "A short course on calls with a bad line: what to say first, how to go on, and what to leave in writing."
    exercise = _module(editor, EXERCISE, "which-answer-keeps-the-promise.h5p", began)
    exercise.summary = "Two situations in which a promise is hard to keep. Choose the answer that keeps it."
    why = "Three customers on mobile phones had to ask twice this week. It takes six minutes."
    because = {course: (why, 6), exercise: ("Two callbacks came later than we had said. It takes four minutes.", 4)}
    lead = company.leads[0]
    team = [rep for rep in company.reps if rep.team == lead.team][:3]
    for module, (reason, minutes) in because.items():
        module.estimated_minutes = minutes
        publish_module(actor=editor, module=module, now=began)
        for rep in team:
            assign_module(
                actor=cast.account(lead),
                person=cast.account(rep),
                module=module,
                due_on=(now + timedelta(days=10)).date(),
                source=Assignment.Source.LEAD,
                because=reason,
                now=now - timedelta(days=1),
            )
    return len(team)


def _module(editor: Person, source: Path, file_name: str, began: datetime) -> Module:
    imported = import_package(actor=editor, pieces=[package_file(source)], file_name=file_name, now=began)
    return make_module(actor=editor, package=imported.package, now=began)
