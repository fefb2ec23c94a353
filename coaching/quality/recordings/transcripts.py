"""Transcripts with time codes: WebVTT and SubRip files, read into turns. Pure; nothing is stored here.

Read are the parts of both formats that say who said what and when: cues, their times, WebVTT voice spans and a speaker's
name before a colon. Styles, positions, notes and anything else in angle brackets is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CUES = 5_000
LONGEST_SPEAKER = 60
JOIN_WITHIN = 2.0  # seconds: cues of one speaker that follow so closely are one turn
_TIMES = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})(?:\s|$)"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,120})>")
_TAG = re.compile(r"<[^>]{0,200}>")
_NAMED = re.compile(r"^([^\W\d_][\w .'’-]{0,58}[\w.]?):\s+(?=\S)")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}


class TranscriptError(ValueError):
    """The file is no transcript that can be read; the message says what is wrong and what to do."""

    def __init__(self, code: str, line: int = 0) -> None:
        self.code, self.line = code, line
        super().__init__(code)


@dataclass(frozen=True)
class Cue:
    """What was said from `starts_at` to `ends_at`, in seconds. `speaker` is empty where the file names none."""

    starts_at: float
    ends_at: float
    speaker: str
    text: str


def read_transcript(data: bytes) -> list[Cue]:
    """The turns of a WebVTT or SubRip file in the order of time; close cues of one speaker are one turn.

    Raises TranscriptError ("encoding", "empty", "times" with its line, "many").
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TranscriptError("encoding") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    cues: list[Cue] = []
    at = 0
    while at < len(lines):
        match = _TIMES.match(lines[at])
        if match is None:
            if "-->" in lines[at]:
                raise TranscriptError("times", at + 1)
            at += 1
            continue
        starts_at, ends_at = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        if ends_at < starts_at:
            raise TranscriptError("times", at + 1)
        words = []
        at += 1
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            words.append(lines[at])
            at += 1
        cues += _cues_of(starts_at, ends_at, words)
        if len(cues) > MOST_CUES:
            raise TranscriptError("many")
    if not cues:
        raise TranscriptError("empty")
    return _joined(sorted(cues, key=lambda cue: (cue.starts_at, cue.ends_at)))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _cues_of(starts_at: float, ends_at: float, lines: list[str]) -> list[Cue]:
    """One cue, or one for each voice that speaks in it."""
    parts = _VOICE.split("\n".join(lines))
    spoken = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    found = []
    for speaker, words in spoken:
        plain = _TAG.sub("", words)
        for entity, letter in _ENTITIES.items():
            plain = plain.replace(entity, letter)
        plain = " ".join(plain.split())
        named = None if speaker else _NAMED.match(plain)
        if named:
            speaker, plain = named.group(1), plain[named.end() :]
        if plain:
            found.append(Cue(starts_at, ends_at, " ".join(speaker.split())[:LONGEST_SPEAKER], plain))
    return found


def _joined(cues: list[Cue]) -> list[Cue]:
    turns: list[Cue] = []
    for cue in cues:
        last = turns[-1] if turns else None
        if last and last.speaker and last.speaker == cue.speaker and cue.starts_at - last.ends_at <= JOIN_WITHIN:
            turns[-1] = Cue(last.starts_at, max(last.ends_at, cue.ends_at), last.speaker, f"{last.text} {cue.text}")
        else:
            turns.append(cue)
    return turns


def speakers_of(cues: list[Cue]) -> list[str]:
    """The names in the file, in the order in which they first speak."""
    return list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
