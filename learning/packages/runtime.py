"""What the run-time library is started with: the data model of SCORM 1.2 or 2004 as the last visit left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from learning.packages.manifest import SCORM_12, Item
from learning.packages.models import Launch, Package, PartState, Visit
from people.models import Person


def learner_id(person: Person) -> str:
    """The same for one person in every package, and nothing by which somebody outside finds them."""
    return salted_hmac("learning.packages.learner", str(person.pk)).hexdigest()[:20]


def pseudonym(person: Person) -> dict[str, str]:
    """Who an H5P exercise takes its learner for: it needs somebody, and no name. The address can never be written to."""
    return {"name": learner_id(person), "mail": f"{learner_id(person)}@learner.invalid"}


def activity(package: Package) -> str:
    """The name of an exercise in its statements: the same wherever it is played."""
    return f"urn:uncommon:h5p:{package.sha256}"


def learner_name(person: Person) -> str:
    """ "Last, First", as both standards ask for."""
    first, _space, last = person.display_name.rpartition(" ")
    return f"{last}, {first}" if first else last


def start_data(launch: Launch, part: Item, state: PartState, previous: Visit | None) -> dict[str, Any]:
    """The `cmi` object for loadFromJSON. Status and time are ours, which never went back; the rest is what was sent last."""
    cmi = _mapping(_mapping(previous.runtime_data if previous else {}).get("cmi"))
    person = launch.attempt.assignment.person
    build = _scorm_12 if launch.package.kind == SCORM_12 else _scorm_2004
    return {"cmi": build(launch, person, part, state, previous, cmi)}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entry(previous: Visit | None, last_exit: str) -> str:
    """A visit that was never ended (a closed tab, a lost network) is gone on with like a suspended one."""
    if previous is None:
        return "ab-initio"
    return "resume" if last_exit == "suspend" or not previous.terminated else ""


def _scorm_12(
    launch: Launch, person: Person, part: Item, state: PartState, previous: Visit | None, cmi: Mapping[str, Any]
) -> dict[str, Any]:
    core = _mapping(cmi.get("core"))
    data: dict[str, Any] = {
        "core": {
            "student_id": learner_id(person),
            "student_name": learner_name(person),
            "credit": "no-credit" if launch.review else "credit",
            "entry": _entry(previous, str(core.get("exit") or "")),
            "lesson_mode": "review" if launch.review else "normal",
            "lesson_status": lesson_status(state),
            "lesson_location": str(core.get("lesson_location") or ""),
            "total_time": clock(state.seconds),
        },
        "suspend_data": str(cmi.get("suspend_data") or ""),
        "launch_data": part.launch_data,
        "student_data": {
            "mastery_score": _figure(part.mastery_score),
            "max_time_allowed": part.max_time_allowed,
            "time_limit_action": part.time_limit_action,
        },
    }
    if state.score_raw is not None:
        data["core"]["score"] = {
            "raw": _figure(state.score_raw), "min": _figure(state.score_min), "max": _figure(state.score_max),
        }  # fmt: skip
    return data


def lesson_status(state: PartState) -> str:
    """The one status of SCORM 1.2."""
    if state.success != PartState.Success.UNKNOWN:
        return str(state.success)
    return "not attempted" if state.completion == PartState.Completion.UNKNOWN else str(state.completion)


def _scorm_2004(
    launch: Launch, person: Person, part: Item, state: PartState, previous: Visit | None, cmi: Mapping[str, Any]
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "learner_id": learner_id(person),
        "learner_name": learner_name(person),
        "credit": "no-credit" if launch.review else "credit",
        "mode": "review" if launch.review else "normal",
        "entry": _entry(previous, str(cmi.get("exit") or "")),
        "completion_status": str(state.completion),
        "success_status": str(state.success),
        "location": str(cmi.get("location") or ""),
        "suspend_data": str(cmi.get("suspend_data") or ""),
        "total_time": span(state.seconds),
        "launch_data": part.launch_data,
    }
    optional = {
        "progress_measure": str(cmi.get("progress_measure") or ""),
        "completion_threshold": _figure(part.completion_threshold),
        "scaled_passing_score": _figure(part.passing_scaled),
        "max_time_allowed": part.max_time_allowed,
        "time_limit_action": part.time_limit_action,
    }
    data.update({name: value for name, value in optional.items() if value})
    score = {
        "raw": _figure(state.score_raw), "min": _figure(state.score_min), "max": _figure(state.score_max),
        "scaled": _figure(state.score_scaled),
    }  # fmt: skip
    if any(score.values()):
        data["score"] = {name: value for name, value in score.items() if value}
    return data


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.7f}".rstrip("0").rstrip(".")


def clock(seconds: int) -> str:
    """SCORM 1.2: HHHH:MM:SS."""
    return f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def span(seconds: int) -> str:
    """SCORM 2004: an ISO 8601 duration."""
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def menu(package: Package, states: Mapping[int, PartState]) -> list[dict[str, Any]]:
    """The menu of the player: headings and parts, each part with its number and whether it is done."""
    lines: list[dict[str, Any]] = []
    number = 0
    for item in package.items:
        line: dict[str, Any] = {"title": item.title, "depth": item.depth}
        if item.href:
            state = states.get(number)
            line |= {"part": number, "href": item.href, "sco": item.is_sco, "done": state is not None and state.is_done}
            line["seen"] = state is not None and state.opened_at is not None
            number += 1
        lines.append(line)
    return lines
