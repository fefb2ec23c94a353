"""What the player sends, read as data: the body of a commit, in whichever content type it came, and what it claims."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning.packages.faults import CommitRefused
from learning.packages.manifest import Item
from learning.packages.models import PartState

MOST_BYTES = 512 * 1024
LONGEST_SUSPEND_DATA = 64_000  # characters: what SCORM 2004 grants, and what everybody accepts of 1.2 (4,096)
MOST_SECONDS = 1_000 * 3600

_TIME_12 = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Commit:
    """One report of a part. `seconds` is its own total with this session in it; `sequence` None where it has no number."""

    sequence: int | None
    terminated: bool
    completion: str
    success: str
    seconds: int
    raw: float | None
    minimum: float | None
    maximum: float | None
    scaled: float | None
    progress: float | None
    runtime_data: dict[str, Any]

    def judged(self, part: Item) -> tuple[str, str]:
        """(completion, success): what the package claims, save where its manifest names a mark and it reports the figure.

        SCORM 1.2 RTE 3.4.4 (mastery_score) and SCORM 2004 RTE 4.2.4.1 and 4.2.22.1: then the figure decides.
        """
        completion, success = self.completion, self.success
        if part.mastery_score is not None and self.raw is not None:
            success = _verdict(self.raw, part.mastery_score)
        elif part.passing_scaled is not None and self.scaled is not None:
            success = _verdict(self.scaled, part.passing_scaled)
        if part.completion_threshold is not None and self.progress is not None:
            reached = self.progress >= part.completion_threshold
            completion = PartState.Completion.COMPLETED if reached else PartState.Completion.INCOMPLETE
        return str(completion), str(success)


def _verdict(score: float, mark: float) -> str:
    return PartState.Success.PASSED if score >= mark else PartState.Success.FAILED


def read_commit(body: bytes) -> Commit:
    """The body of a commit. Raises CommitRefused where it is too large, no JSON object, or holds more than is allowed."""
    if len(body) > MOST_BYTES:
        raise CommitRefused("The report is larger than 512 kB.")
    try:
        data = storable(json.loads(body.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        raise CommitRefused("The report is no JSON.") from error
    if not isinstance(data, dict):
        raise CommitRefused("The report is no JSON object.")
    runtime = data.get("runtimeData")
    runtime = runtime if isinstance(runtime, dict) else {}
    cmi = mapping(runtime.get("cmi")) or mapping(data.get("cmi"))
    _forget_name(cmi)
    if len(str(cmi.get("suspend_data") or "")) > LONGEST_SUSPEND_DATA:
        raise CommitRefused("suspend_data is longer than 64,000 characters.", 405)
    core = mapping(cmi.get("core"))
    score = {**mapping(core.get("score") or cmi.get("score")), **mapping(data.get("score"))}
    completion, success = _statuses(data, core, cmi)
    return Commit(
        sequence=_sequence(data.get("commitSequence")),
        terminated=data.get("terminated") in (True, "true"),
        completion=completion,
        success=success,
        seconds=_seconds(data, core, cmi),
        raw=number_of(score.get("raw")),
        minimum=number_of(score.get("min")),
        maximum=number_of(score.get("max")),
        scaled=number_of(score.get("scaled")),
        progress=number_of(cmi.get("progress_measure")),
        runtime_data=runtime or ({"cmi": cmi} if cmi else {}),
    )


def _forget_name(cmi: Mapping[str, Any]) -> None:
    """We gave the package the learner's name; there is no need to keep it once more in what comes back."""
    for place in (cmi, mapping(cmi.get("core"))):
        if isinstance(place, dict):
            place.pop("student_name", None)
            place.pop("learner_name", None)


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _statuses(data: Mapping[str, Any], core: Mapping[str, Any], cmi: Mapping[str, Any]) -> tuple[str, str]:
    """(completion, success), from the common fields, or from the run-time data where those are missing."""
    status = core.get("lesson_status")
    completion = data.get("completionStatus") or cmi.get("completion_status") or ""
    success = data.get("successStatus") or cmi.get("success_status") or ""
    # In 1.2 one field says both; "browsed" and "not attempted" claim nothing.
    if status in {"passed", "failed"}:
        success = status if success in {"", "unknown"} else success
        completion = "completed" if status == "passed" and completion in {"", "unknown"} else completion
    elif status in {"completed", "incomplete"} and completion in {"", "unknown"}:
        completion = status
    return (
        completion if completion in PartState.Completion.values else PartState.Completion.UNKNOWN,
        success if success in PartState.Success.values else PartState.Success.UNKNOWN,
    )


def _sequence(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def number_of(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or (isinstance(value, str) and len(value) > 40):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e9 else None


def _seconds(data: Mapping[str, Any], core: Mapping[str, Any], cmi: Mapping[str, Any]) -> int:
    given = number_of(data.get("totalTimeSeconds"))
    if given is None:
        given = seconds_of(str(core.get("total_time") or cmi.get("total_time") or ""))
    return int(min(max(given, 0), MOST_SECONDS))


def seconds_of(written: str) -> float:
    """`00:15:00` (1.2) or `PT15M` (2004) in seconds; 0 where it is neither."""
    clock = _TIME_12.fullmatch(written)
    if clock:
        hours, minutes, seconds = (float(part) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    span = re.fullmatch(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,6})?)S)?)?", written, re.ASCII)
    if not span:
        return 0
    days, hours, minutes, seconds = (float(part or 0) for part in span.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


def storable(value: Any) -> Any:
    """JSON as every database keeps it: without NUL, halves of characters, and numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value
