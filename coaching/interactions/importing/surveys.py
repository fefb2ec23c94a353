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
    kept.problems, kept.read, kept.rejected = batch.problems, batch.read, batch.rejected
    kept.skipped = batch.skipped + int((~answered).sum())
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
            "interaction_id",
            "handler_id",
            "raw_value",
            "scale_min",
            "scale_max",
            "polarity",
            "responded_at",
            "responded_on",
        ]
        interaction, case_handler = np.full(size, -1), np.full(size, -1)
        if "case" in given:
            interaction, case_handler = self._cases(given["case"])
        if {"handler", "handler_name", "handler_email"} & set(given):
            keys = given.get("handler", np.full(size, "", dtype=object))
            named, _zones = self.handlers.resolve(keys, given.get("handler_name"), given.get("handler_email"))
            handler = np.where(named >= 0, named, case_handler)
        else:
            handler = case_handler
        values = given["value"]
        polarity = np.where(np.isin(values, options["satisfied"]), 1.0, np.where(np.isin(values, options["neutral"]), 0.0, -1.0))
        comment = given.get("comment", np.full(size, "", dtype=object))
        if "comment" in given:
            updates.append("comment")
        columns = {
            "source_id": np.full(size, self.source.pk, dtype=np.int64),
            "external_id": given["external_id"],
            "kind": np.full(size, options["kind"], dtype=object),
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

    def _cases(self, cases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found: dict[str, tuple[int, int]] = {}
        wanted = sorted({case for case in cases.tolist() if case})
        for start in range(0, len(wanted), LOOKUP):
            rows = Interaction.objects.filter(source=self.source, external_id__in=wanted[start : start + LOOKUP])
            found.update({case: (pk, handler or -1) for case, pk, handler in rows.values_list("external_id", "pk", "handler_id")})
        self.notes.add(
            _("Answers about a case that is not imported yet: they count for their handler, and are linked when imported again."),
            sum(case not in found for case in cases.tolist() if case),
        )
        pairs = [found.get(case, (-1, -1)) for case in cases.tolist()]
        return np.array([pk for pk, _h in pairs], dtype=np.int64), np.array([h for _pk, h in pairs], dtype=np.int64)
