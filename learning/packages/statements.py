"""What an H5P exercise sends, read as data: statements of xAPI, results, and what it keeps for its learner.

Only what an exercise says of itself as a whole counts. Who did it is known from the launch: names and addresses in a
statement are never read, and not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning.packages.commits import MOST_BYTES, MOST_SECONDS, mapping, number_of, seconds_of, storable
from learning.packages.faults import CommitRefused
from learning.packages.models import PartState

# By the last word of their address. "answered" ends an exercise of one question, "consumed" one that is only read.
TERMINAL = {"completed", "passed", "failed", "answered", "mastered", "consumed", "consume"}
_PASSED, _FAILED = {"passed", "mastered"}, {"failed"}
_HOMES = ("http://adlnet.gov/expapi/verbs/", "https://adlnet.gov/expapi/verbs/", "http://activitystrea.ms/schema/1.0/")
LONGEST_DATA = 256 * 1024  # characters that an exercise keeps under one name
MOST_DATA = 40  # names
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,80}", re.ASCII)


@dataclass(frozen=True)
class Result:
    """How somebody did. `completion` and `success` are "" where nothing is said; `seconds` are those of this visit."""

    verb: str
    completion: str
    success: str
    raw: float | None
    minimum: float | None
    maximum: float | None
    scaled: float | None
    seconds: int

    def as_json(self) -> dict[str, Any]:
        score = {"raw": self.raw, "min": self.minimum, "max": self.maximum, "scaled": self.scaled}
        return {"verb": self.verb, "completion": self.completion, "success": self.success, "score": score}


def read_statement(body: bytes) -> Result | None:
    """The result in `{"statement": …, "seconds": …}`; None where the statement is of a part, or ends nothing.

    Raises CommitRefused where it is no statement at all.
    """
    if len(body) > MOST_BYTES:
        raise CommitRefused("The report is larger than 512 kB.")
    try:
        data = storable(json.loads(body.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        raise CommitRefused("The report is no JSON.") from error
    statement = mapping(mapping(data).get("statement"))
    address = mapping(statement.get("verb")).get("id")
    if not isinstance(address, str):
        raise CommitRefused("The report is no statement.")
    verb = next((address.removeprefix(home) for home in _HOMES if address.startswith(home)), "")
    if verb not in TERMINAL or mapping(mapping(statement.get("context")).get("contextActivities")).get("parent"):
        return None
    result = mapping(statement.get("result"))
    score = mapping(result.get("score"))
    success = _success(verb, result.get("success"))
    unfinished = result.get("completion") is False or success == PartState.Success.FAILED
    told = [number_of(mapping(data).get("seconds")) or 0, seconds_of(str(result.get("duration") or ""))]
    return Result(
        verb=verb,
        completion=str(PartState.Completion.INCOMPLETE if unfinished else PartState.Completion.COMPLETED),
        success=success,
        raw=number_of(score.get("raw")),
        minimum=number_of(score.get("min")),
        maximum=number_of(score.get("max")),
        scaled=number_of(score.get("scaled")),
        seconds=_within(max(told)),
    )


def _success(verb: str, said: Any) -> str:
    if verb in _FAILED or said is False:
        return str(PartState.Success.FAILED)
    return str(PartState.Success.PASSED) if verb in _PASSED or said is True else ""


def read_finished(form: Mapping[str, Any]) -> Result:
    """The older report beside the statement: score and time. What was reached is said by the statement alone."""
    opened, finished = number_of(form.get("opened")) or 0, number_of(form.get("finished")) or 0
    took = max(number_of(form.get("time")) or 0, finished - opened if opened > 0 else 0)
    raw, most = number_of(form.get("score")), number_of(form.get("maxScore"))
    scaled = raw / most if raw is not None and most else None
    return Result("finished", "", "", raw, 0 if raw is not None else None, most, scaled, _within(took))


def _within(seconds: float) -> int:
    return int(min(max(seconds, 0), MOST_SECONDS))


def data_key(kind: str, part: str) -> str:
    """Under which name an exercise keeps something. Raises CommitRefused where it is none."""
    if not _KEY.fullmatch(kind) or not _KEY.fullmatch(part):
        raise CommitRefused("There is no such data.")
    return f"{kind}/{part}"


def read_data(form: Mapping[str, Any]) -> str | None:
    """What an exercise wants kept, as it wrote it; None where it wants it forgotten. Raises CommitRefused where it is too long."""
    data = form.get("data")
    if not isinstance(data, str):
        raise CommitRefused("There is no data.")
    if len(data) > LONGEST_DATA:
        raise CommitRefused("The data is longer than 256,000 characters.", 405)
    return None if data == "0" else str(storable(data))
