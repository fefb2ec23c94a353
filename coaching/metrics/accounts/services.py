"""Bringing accounts in. Importing a file twice changes nothing; a newer one changes what differs, never deletes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ErrorsFile, MappingError, Notes, Problem
from coaching.interactions.importing.reading import Rows, open_rows, resolve_columns
from coaching.interactions.importing.running import ImportResult
from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.importing.times import DateOrder
from coaching.interactions.models import Account, Source
from coaching.metrics.accounts import reading
from coaching.metrics.accounts.reading import AccountMapping, CellError
from coaching.metrics.explorer.marking import account_segments_changed
from coaching.metrics.tasks import recount_waiting_days
from people.audit import record
from people.models import Person

__all__ = ["header_of", "import_accounts"]
CHUNK = 2_000
DATES = ("since", "left_on")


class _Rollback(Exception):
    """Ends a dry run: everything it did is undone."""


def header_of(path: Path) -> list[str]:
    """The column names of a file. Raises ImportRefused where it is no table."""
    return list(open_rows(sniff(path), AccountMapping({}).table).header)


def import_accounts(
    *,
    actor: Person | None,
    path: Path,
    mapping: AccountMapping | None = None,
    source: str = "",
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
) -> ImportResult:
    """Create and update the accounts of one source from a file; without a mapping the columns are known by their names.

    Only fields with a column are changed. Raises ImportRefused where the file or the mapping cannot be used, and then
    nothing was written; rows that cannot be used are counted and listed in `errors_path`. One transaction.
    """
    base = mapping or AccountMapping({})
    layout = sniff(path, base.table.encoding)
    rows = open_rows(layout, base.table)
    columns = base.columns or reading.guess_columns(rows.header)
    if "external_key" not in columns:
        raise MappingError(
            _(
                "No column holds the accounts’ key. The cases name an account by it, so say which: external_key = “…” in the mapping. The file has: %(columns)s."
            )
            % {"columns": ", ".join(f"“{name}”" for name in rows.header[:60])}
        )
    key = source or base.source
    if not key:
        raise MappingError(_('Say which system the accounts belong to: --source KEY, or source = "…" in the mapping.'))
    found = resolve_columns(rows.header, list(columns.values()), set())
    notes = Notes()
    for note in layout.notes:
        notes.once(note)
    unused = [name for name in rows.header if name and name not in found.values()]
    if unused:
        notes.once(_("Columns of the file that the mapping does not use: %(columns)s.") % {"columns": ", ".join(unused[:20])})
    orders = {name: base.date_order or _order(rows, found[columns[name]]) for name in DATES if name in columns}
    result = ImportResult(source=key)
    with ErrorsFile(errors_path) as errors:
        try:
            with transaction.atomic():
                system, _new = Source.objects.get_or_create(key=key, defaults={"name": key})
                # One import at a time writes a source's accounts: that is what makes the counts exact.
                Source.objects.select_for_update(no_key=True).get(pk=system.pk)
                parsed = _parsed(
                    rows, {name: found[column] for name, column in columns.items()}, base, orders, now, result, errors
                )
                _write(system, parsed, [*columns, *base.fixed], result)
                if dry_run:
                    raise _Rollback
                record(actor=actor, verb="import.accounts", target=system, after=result.summary(), now=now)
        except _Rollback:
            pass
        result.samples = errors.samples
    result.notes, result.warnings = notes.lines(), notes.total()
    return result


def _order(rows: Rows, column: str) -> str:
    """Day or month first, decided by every value of the column. Raises ImportRefused where nothing decides."""
    order = DateOrder()
    for chunk in rows.chunks([column], CHUNK):
        order.look(chunk.columns[column])
    return order.verdict(column)


def _parsed(
    rows: Rows,
    columns: dict[str, str],
    mapping: AccountMapping,
    orders: dict[str, str],
    now: datetime,
    result: ImportResult,
    errors: ErrorsFile,
) -> Iterator[dict[str, Any]]:
    """Accounts that make sense in themselves, each key once; the others are named."""
    seen: set[str] = set()
    names = list(dict.fromkeys(columns.values()))
    for chunk in rows.chunks(names, CHUNK):
        problems = list(chunk.problems)
        result.read += chunk.read
        for place, line in enumerate(chunk.lines.tolist()):
            cells = {name: str(chunk.columns[column][place]).strip() for name, column in columns.items()}
            cells = {name: "" if text in mapping.table.missing else text for name, text in cells.items()}
            cells |= mapping.fixed
            account = _account(cells, columns, mapping, orders, now, line, problems)
            if account is None:
                continue
            if account["external_key"] in seen:
                problems.append(
                    Problem(line, columns["external_key"], account["external_key"], _("This key stands in an earlier row; the first one was kept."), _("Keep one row per account."))
                )  # fmt: skip
                continue
            seen.add(account["external_key"])
            yield account
        result.rejected += len(problems)
        errors.write(problems)


def _account(
    cells: dict[str, str],
    columns: dict[str, str],
    mapping: AccountMapping,
    orders: dict[str, str],
    now: datetime,
    line: int,
    problems: list[Problem],
) -> dict[str, Any] | None:
    """The typed fields of one row; None with a problem noted where a cell cannot be read."""
    account: dict[str, Any] = {}
    name = ""
    try:
        written = ""
        for name, text in cells.items():
            if name == "yearly_value":
                account[name], written = reading.read_value(text, mapping.table.decimal) if text else (None, "")
            elif name in DATES:
                account[name] = reading.read_day(text, orders.get(name, ""), now) if text else None
            elif name == "currency":
                account[name] = reading.read_currency(text)
            else:
                account[name] = reading.read_text(name, text)
        name = "external_key"
        if not account["external_key"]:
            raise CellError(_("The key is missing."), _("Fill it in."))
        name = "currency"
        if written and account.get("currency") and written != account["currency"]:
            raise CellError(_("The value is written in another currency."), _("Correct one of the two."))
        if written:
            account["currency"] = account.get("currency") or written
        name = "left_on"
        if account.get("since") and account.get("left_on") and account["left_on"] < account["since"]:
            raise CellError(_("The account left before it came."), _("Correct one of the two dates."))
    except CellError as error:
        problems.append(Problem(line, columns.get(name, name), cells.get(name, ""), error.reason, error.remedy))
        return None
    return account


def _write(source: Source, accounts: Iterator[dict[str, Any]], given: list[str], result: ImportResult) -> None:
    stored = {account.external_key: account for account in Account.objects.filter(source=source)}
    new, changed = [], []
    regrouped: list[str] = []  # accounts whose cases count for another segment now
    fields = set(given) - {"external_key"}
    for values in accounts:
        account = stored.get(values["external_key"])
        if account is None:
            new.append(Account(source=source, **values))
            if values.get("segment"):
                regrouped.append(values["external_key"])
            continue
        differs = {name: value for name, value in values.items() if getattr(account, name) != value}
        if differs:
            fields |= set(differs)
            for name, value in differs.items():
                setattr(account, name, value)
            changed.append(account)
            if "segment" in differs:
                regrouped.append(account.external_key)
        else:
            result.unchanged += 1
    Account.objects.bulk_create(new, batch_size=500)
    if changed:
        Account.objects.bulk_update(changed, sorted(fields), batch_size=200)
    if regrouped:
        account_segments_changed(source_id=source.pk, account_keys=regrouped)
        transaction.on_commit(recount_waiting_days.enqueue)
    result.created, result.updated = len(new), len(changed)
