"""Survey responses: the raw value with its scale, and whether it counts as satisfied."""

from __future__ import annotations

import numpy as np
from django.db import connection

from coaching.interactions.importing.cases import mark_days, text_column, zones
from coaching.interactions.importing.handlers import HandlerBook, Known
from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.times import local_days
from coaching.interactions.importing.writing import Target, Written, days, times, write_chunk
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse

TARGET = Target(
    model=SurveyResponse,
    key=("source_id", "kind", "external_id"),
    data=(
        "interaction_id", "handler_id", "raw_value", "scale_min", "scale_max", "polarity", "comment", "responded_at", "responded_on",
    ),
)  # fmt: skip


def write_surveys(batch: Batch, section: Section, source: Source, book: HandlerBook, *, fresh: bool) -> Written:
    """Write the responses of a batch. In the caller's transaction.

    A response belongs to whom the file names; where it names nobody, to the handler of its case as
    of now ("who had it when the customer answered" is the file's to say).
    """
    count = len(batch)
    columns, options = batch.columns, section.options
    empty = np.full(count, "", dtype=object)
    cases = _cases(source, columns.get("case", empty))
    handlers = book.resolve(columns.get("handler", empty), columns.get("handler_name"), columns.get("handler_email"))
    of_case = {known.pk: known for known in _known(cases)}
    handlers = [
        handler or (of_case.get(cases[case][1]) if case in cases and cases[case][1] else None)
        for handler, case in zip(handlers, columns.get("case", empty).tolist(), strict=True)
    ]
    value = columns["value"]
    satisfied, neutral = np.array(options["satisfied"], dtype=float), np.array(options["neutral"], dtype=float)
    polarity = np.where(np.isin(value, satisfied), 1, np.where(np.isin(value, neutral), 0, -1))
    low, high = options["scale"]
    responded_on = local_days(columns["responded_at"], zones(handlers))
    written = write_chunk(
        TARGET,
        [
            [source.pk] * count,
            [options["kind"]] * count,
            columns["external_id"].tolist(),
            [cases[case][0] if case in cases else None for case in columns.get("case", empty).tolist()],
            [handler.pk if handler else None for handler in handlers],
            [decimal_text(number) for number in value.tolist()],
            [decimal_text(low)] * count,
            [decimal_text(high)] * count,
            polarity.tolist(),
            text_column(batch, "comment"),
            times(columns["responded_at"]),
            days(responded_on),
        ],
        fresh=fresh,
        before_update=_mark_days_of,
        after_update=_mark_days_of,
    )
    if written.created:
        mark_days(handlers, (responded_on,))
    return written


def decimal_text(number: float) -> str:
    """A scale value in the form the database keeps it, so that equal values compare equal."""
    return f"{number:.3f}" if connection.vendor == "postgresql" else f"{number:.3f}".rstrip("0").rstrip(".")


def _cases(source: Source, keys: np.ndarray) -> dict[str, tuple[int, int | None]]:
    wanted = sorted({key for key in keys.tolist() if key})
    found: dict[str, tuple[int, int | None]] = {}
    for start in range(0, len(wanted), 5000):
        rows = Interaction.objects.filter(source=source, external_id__in=wanted[start : start + 5000])
        found |= {key: (pk, handler) for key, pk, handler in rows.values_list("external_id", "pk", "handler_id")}
    return found


def _known(cases: dict[str, tuple[int, int | None]]) -> list[Known]:
    ids = {handler for _pk, handler in cases.values() if handler}
    rows = Handler.objects.filter(pk__in=ids).values_list("pk", "person_id", "person__time_zone")
    default = zones([None])[0]
    return [Known(pk, person, zone or default) for pk, person, zone in rows]


def _mark_days_of(ids: str) -> None:
    """Note the days, as they stand in the table now, of the responses whose ids the subquery selects."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ChangedDay._meta.db_table} (person_id, day) "  # noqa: S608
            f"SELECT DISTINCT h.person_id, r.responded_on FROM {SurveyResponse._meta.db_table} r "
            f"JOIN {Handler._meta.db_table} h ON h.id = r.handler_id "
            f"WHERE r.id IN ({ids}) AND h.person_id IS NOT NULL ON CONFLICT DO NOTHING"
        )
