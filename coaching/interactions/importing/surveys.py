"""What customers answered: one row per answer, raw value kept, polarity after the mapping."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from coaching.interactions.importing.cases import SeenKeys, reject, reject_repeated
from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.problems import Notes
from coaching.interactions.importing.times import local_days
from coaching.interactions.importing.writing import Counts, Upsert
from coaching.interactions.models import Interaction, Source, SurveyResponse

LOOKUP = 500


def keep_answers(batch: Batch, seen: SeenKeys) -> Batch:
    """Rows without an answer are passed over; the rest must have an id and a time."""
    answered = ~np.isnan(batch.columns["value"])
    kept = batch.take(answered)
    kept.skipped += int((~answered).sum())
    for name in ("external_id", "responded_at"):
        values = kept.columns[name]
        missing = np.isnat(values) if values.dtype.kind == "M" else (values == "").astype(bool)
        kept = reject(kept, missing, name, np.full(len(kept), "", dtype=object), _("The value is missing."), _("Fill it in."))
    return reject_repeated(kept, seen)


class SurveyWriter:
    """Writes answers of one source."""

    def __init__(self, source: Source, handlers: Handlers, section: Section, notes: Notes) -> None:
        self.source = source
        self.handlers = handlers
        self.section = section
        self.notes = notes
        self.upsert = Upsert(SurveyResponse, key=["source_id", "kind", "external_id"], days=["responded_on"])

    def prepare(self) -> None:
        self.upsert.prepare()

    def write(self, batch: Batch) -> Counts:
        given, size, options = batch.columns, len(batch), self.section.options
        updates = [
            "case_key",
            "interaction_id",
            "handler_id",
            "raw_value",
            "scale_min",
            "scale_max",
            "polarity",
            "responded_at",
            "responded_on",
        ]
        case, interaction, handler = self._belonging(given["external_id"], given.get("case", _blank(size)), options["kind"])
        if {"handler", "handler_name", "handler_email"} & set(given):
            keys = given.get("handler", _blank(size))
            named, _zones = self.handlers.resolve(keys, given.get("handler_name"), given.get("handler_email"))
            handler = np.where(named >= 0, named, handler)
        values = given["value"]
        polarity = np.where(np.isin(values, options["satisfied"]), 1.0, np.where(np.isin(values, options["neutral"]), 0.0, -1.0))
        if "verdict" in given:  # what the source itself calls the answer counts more than its number
            verdicts = {"good": 1.0, "neutral": 0.0, "bad": -1.0}
            polarity = np.array(
                [verdicts.get(verdict, own) for verdict, own in zip(given["verdict"].tolist(), polarity.tolist(), strict=True)]
            )
        comment = given.get("comment", _blank(size))
        if "comment" in given:
            updates.append("comment")
        columns = {
            "source_id": np.full(size, self.source.pk, dtype=np.int64),
            "external_id": given["external_id"],
            "kind": np.full(size, options["kind"], dtype=object),
            "case_key": case,
            "interaction_id": interaction,
            "handler_id": handler,
            "raw_value": np.round(values, 3),
            "scale_min": np.full(size, float(options["scale"][0])),
            "scale_max": np.full(size, float(options["scale"][1])),
            "polarity": polarity,
            "comment": comment,
            "responded_at": given["responded_at"],
            "responded_on": local_days(given["responded_at"], self.handlers.zones_of(handler)),
        }
        return self.upsert.write(columns, updates)

    def _belonging(self, ids: np.ndarray, cases: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Case key, case and handler of each answer whose row names no handler; -1 for none.

        An answer counted for somebody stays with them, whoever has the case now, unless the row names
        another case than before. An empty cell names none, so nothing changes.
        """
        stored = self._stored(ids, kind)
        found = self._cases({case for case in cases.tolist() if case} | {case for case, _pk, _handler in stored.values() if case})
        kept_cases, interactions, handlers = _blank(len(ids)), np.full(len(ids), -1), np.full(len(ids), -1)
        missing = 0
        for place, (key, case) in enumerate(zip(ids.tolist(), cases.tolist(), strict=True)):
            before_case, before_pk, before_handler = stored.get(key, ("", -1, -1))
            kept_cases[place] = case = case or before_case
            pk, handler = found.get(case, (-1, -1))
            if before_case in {"", case} and before_pk in {-1, pk}:
                handler = before_handler if before_handler >= 0 else handler
            interactions[place], handlers[place] = pk, handler
            missing += bool(case) and pk < 0
        self.notes.add(
            _("Answers about a case that is not imported yet: they are linked, and count for its handler, once it is."), missing
        )
        return kept_cases, interactions, handlers

    def _stored(self, ids: np.ndarray, kind: str) -> dict[str, tuple[str, int, int]]:
        """Case key, case and handler of the answers that are here already, by their id."""
        stored: dict[str, tuple[str, int, int]] = {}
        for start in range(0, len(ids), LOOKUP):
            rows = SurveyResponse.objects.filter(
                source=self.source, kind=kind, external_id__in=ids[start : start + LOOKUP].tolist()
            )
            for key, case, pk, handler in rows.values_list("external_id", "case_key", "interaction_id", "handler_id"):
                stored[key] = (case, _or_none(pk), _or_none(handler))
        return stored

    def _cases(self, keys: set[str]) -> dict[str, tuple[int, int]]:
        """Case and handler by the case's key; keys of cases that are not here are left out."""
        found: dict[str, tuple[int, int]] = {}
        wanted = sorted(keys)
        for start in range(0, len(wanted), LOOKUP):
            rows = Interaction.objects.filter(source=self.source, external_id__in=wanted[start : start + LOOKUP])
            found.update(
                {case: (pk, _or_none(handler)) for case, pk, handler in rows.values_list("external_id", "pk", "handler_id")}
            )
        return found


def _blank(size: int) -> np.ndarray:
    return np.full(size, "", dtype=object)


def _or_none(pk: int | None) -> int:
    """-1 stands for none in key columns."""
    return -1 if pk is None else pk
