"""Accounts come in by command and by page: any writing, twice is once, every bad row is named."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from coaching.interactions.models import Account, Source
from coaching.metrics.accounts import reading
from people.models import AuditEntry

HEADER = "Account ID,Company,Tier,ARR,Currency,Customer since,Churned on,Colour"
GOOD = HEADER + '\nA-1,Ada & Sons,Large,"12,000.50",EUR,2020-03-01,,red\nA-2,Ben Ltd,Small,900,eur,13/04/2021,2026-05-01,blue\n'


@pytest.fixture
def bring(db, tmp_path, capsys):
    """Run the command on a text; the counts it prints."""

    def run(text, *options, name="accounts.csv", **more):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        call_command("import_accounts", str(path), "--json", *options, **({"source": "desk"} | more))
        out = capsys.readouterr()
        return json.loads(out.out.strip().splitlines()[-1]) | {"err": out.err}

    return run


def stored():
    fields = ("name", "segment", "yearly_value", "currency", "since", "left_on")
    return {account.external_key: tuple(getattr(account, name) for name in fields) for account in Account.objects.all()}


def test_columns_are_known_by_their_names(bring):
    counts = bring(GOOD)
    assert (counts["read"], counts["created"], counts["rejected"]) == (2, 2, 0)
    assert stored() == {
        "A-1": ("Ada & Sons", "Large", Decimal("12000.50"), "EUR", date(2020, 3, 1), None),
        "A-2": ("Ben Ltd", "Small", Decimal("900.00"), "EUR", date(2021, 4, 13), date(2026, 5, 1)),
    }
    assert "“Colour”" in counts["err"] or "Colour" in counts["err"]
    assert AuditEntry.objects.get(verb="import.accounts").after["created"] == 2


def test_twice_is_once_and_newer_changes_what_differs(bring):
    bring(GOOD)
    again = bring(GOOD)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    newer = bring("account id,value\nA-1,15000\n")
    assert (newer["created"], newer["updated"]) == (0, 1)
    assert stored()["A-1"] == ("Ada & Sons", "Large", Decimal("15000.00"), "EUR", date(2020, 3, 1), None)
    assert len(stored()) == 2  # nothing is deleted


def test_two_systems_keep_their_own(bring):
    bring(GOOD)
    assert bring(GOOD, source="phone")["created"] == 2
    assert Account.objects.count() == 4


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        (",Nameless,,1,,,", "Account ID", "The key is missing"),
        ("A-9,X,,much,,,", "ARR", "not an amount"),
        ("A-9,X,,-5,,,", "ARR", "between 0"),
        ("A-9,X,,99999999999999,,,", "ARR", "between 0"),
        ("A-9,X,,5,Taler,,", "Currency", "not a currency"),
        ("A-9,X,,$5,EUR,,", "Currency", "another currency"),
        ("A-9,X,,5,,2026-02-30,", "Customer since", "no such day"),
        ("A-9,X,,5,,soon,", "Customer since", "not a date"),
        ("A-9,X,,5,,2026-02-03,2025-01-01", "Churned on", "left before it came"),
        (f"A-9,{'x' * 201},,5,,,", "Company", "Longer than 200"),
        (f"{'k' * 201},X,,5,,,", "Account ID", "Longer than 200"),
        ("A-1,Again,,5,,,", "Account ID", "earlier row"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_comes_in(bring, tmp_path, row, field, reason):
    errors = tmp_path / "rejected.csv"
    header = HEADER.rsplit(",", 1)[0]
    counts = bring(f"{header}\nA-1,Ada,,1,,,\n{row}\n", errors=errors)
    assert (counts["read"], counts["created"], counts["rejected"]) == (2, 1, 1)
    listed = errors.read_text(encoding="utf-8-sig").splitlines()
    assert listed[1].startswith(f"3,{field},")
    assert reason in listed[1]


def test_a_dangerous_cell_is_safe_in_the_error_file(bring, tmp_path):
    errors = tmp_path / "rejected.csv"
    bring("account id,value\nA-1,=1+2\n", errors=errors)
    assert ",'=1+2," in errors.read_text(encoding="utf-8-sig")


def test_a_dry_run_counts_and_writes_nothing(bring):
    assert bring(GOOD, "--dry-run")["created"] == 2
    assert not Account.objects.exists()
    assert not Source.objects.exists()


def test_a_mapping_says_what_the_columns_mean(bring, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'source = "crm"\ndate_order = "day-first"\ndecimal = ","\n[account.columns]\nexternal_key = "Nr"\n'
        'yearly_value = "Betrag"\nsince = "Seit"\ncurrency = { value = "EUR" }\n'
    )
    counts = bring("Nr;Betrag;Seit\n7;12.345;03.04.2020\n", mapping=mapping, source="")
    assert counts["created"] == 1
    account = Account.objects.get()
    assert (account.source.key, account.yearly_value, account.since, account.currency) == ("crm", 12345, date(2020, 4, 3), "EUR")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("name\nAda\n", {}, "No column holds the accounts’ key"),
        ("account id,since\nA,03/04/2020\n", {}, "can be read in two ways"),
        ("account id\nA\n", {"source": ""}, "which system"),
        ("", {}, "empty"),
        (b"\x00\x01\x02", {}, "."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(bring, text, options, message):
    with pytest.raises(CommandError, match=message) as refused:
        bring(text, **options)
    assert refused.value.returncode == 2
    assert not Account.objects.exists()


@pytest.mark.parametrize("text", ["x = 1", "[account.columns]\nshoe_size = 'x'\n", "not toml", "[account]\ncolumns = 3\n"])
def test_a_wrong_mapping_is_refused(bring, tmp_path, text):
    mapping = tmp_path / "m.toml"
    mapping.write_text(text)
    with pytest.raises(CommandError):
        bring(GOOD, mapping=mapping)


def test_no_such_file(db):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_accounts", "/nowhere/x.csv", source="desk")


@pytest.mark.parametrize(
    ("text", "decimal", "value", "currency"),
    [
        ("12000", ".", "12000.00", ""),
        ("€ 12.000,50", ".", "12000.50", "EUR"),
        ("USD 12,000", ".", "12000.00", "USD"),
        ("12 000", ".", "12000.00", ""),
        ("12’000.5", ".", "12000.50", ""),
        ("12.345", ".", "12.34", ""),
        ("12.345", ",", "12345.00", ""),
        ("12,5", ".", "12.50", ""),
        ("1.234.567,80", ".", "1234567.80", ""),
    ],
)
def test_amounts_in_any_writing(text, decimal, value, currency):
    found, beside = reading.read_value(text, decimal)
    assert (str(found), beside) == (value, currency)


# --- By page -----------------------------------------------------------------------------------------------


@pytest.fixture
def page(cast, sign_in):
    """An administrator with an uploaded file, on the page that checks it."""
    client = sign_in(cast.adam)

    def upload(text):
        response = client.post("/metrics/accounts/import/", {"file": SimpleUploadedFile("crm.csv", text.encode())})
        assert response.status_code == 302
        return client, response["Location"]

    return upload


def answers(**changes):
    columns = {"external_key": "Account ID", "name": "Company", "segment": "Tier", "yearly_value": "ARR", "currency": "Currency"}
    given = {f"column_{name}": column for name, column in columns.items()}
    return (
        given | {"column_since": "Customer since", "column_left_on": "Churned on", "source": "desk", "action": "start"} | changes
    )


def test_by_page_it_is_looked_at_before_anything_is_stored(page):
    client, address = page(GOOD)
    text = client.get(address).content.decode()
    assert "What would happen" in text
    assert not Account.objects.exists()
    assert not Source.objects.exists()
    client.post(address, answers(action="look"))
    assert not Account.objects.exists()
    done = client.post(address, answers(), follow=True).content.decode()
    assert "Accounts imported" in done
    assert len(stored()) == 2
    assert AuditEntry.objects.get(verb="import.accounts").actor.email == "adam@example.com"


def test_by_page_what_is_left_out_is_shown_and_downloaded(page):
    client, address = page(GOOD + "A-3,X,,much,,,,\n")
    assert "not an amount" in client.get(address).content.decode()
    assert "Download the rejected rows" in client.post(address, answers(), follow=True).content.decode()
    listed = b"".join(client.get(address + "rejected.csv").streaming_content).decode("utf-8-sig")
    assert "much" in listed


def test_by_page_dates_that_can_be_read_two_ways_are_asked_for(page):
    client, address = page("Account ID,Customer since\nA,03/04/2020\n")
    assert "can be read in two ways" in client.get(address).content.decode()
    given = {
        "column_external_key": "Account ID",
        "column_since": "Customer since",
        "source": "desk",
        "date_order": "month-first",
        "action": "start",
    }
    client.post(address, given)
    assert Account.objects.get().since == date(2020, 3, 4)


def test_by_page_what_is_no_table_is_told(page):
    client, address = page("\x00\x01")
    assert 'role="alert"' in client.get(address).content.decode()
    assert client.post(address, answers()).status_code == 200


def test_an_upload_is_nobody_elses(page, cast, sign_in):
    _client, address = page(GOOD)
    assert sign_in(cast.hana).get(address).status_code == 404
    assert sign_in(cast.lena).get(address).status_code == 403
