"""A customer who comes back changes the figure of an earlier day, whoever had the case and whenever the file comes."""

import copy

import pytest

from coaching.interactions.models import ChangedDay
from coaching.metrics import services
from coaching.metrics.check import differences_of, people_with_figures
from coaching.metrics.models import MetricDefinition, Rollup
from tests.coaching.interactions.helpers import MAPPING, bring, write

HEADER = "id,agent,opened,solved,who,about"
NAMED = copy.deepcopy(MAPPING)
NAMED["interaction"]["columns"] = {
    "external_id": "id", "handler": "agent", "opened_at": "opened", "resolved_at": "solved", "customer": "who", "topic": "about",
}  # fmt: skip
FIRST = "C1,rita@example.com,2026-03-02 10:00,2026-03-02 11:00,anna,bill\n"


@pytest.fixture
def brought(cast, now, tmp_path):
    services.ensure_default_metrics(now=now)

    def bring_rows(*rows):
        result = bring(write(tmp_path / "a.csv", "\n".join([HEADER, *rows]) + "\n"), NAMED)
        services.recount_changed_days(now)
        return result

    return bring_rows


def settled():
    """Part and whole of first contact, and proof that nothing was overlooked."""
    definitions = list(MetricDefinition.objects.current())
    assert [d for pk in people_with_figures() for d in differences_of(pk, definitions)] == []
    found = Rollup.objects.filter(definition__key="first_contact", person__email="rita@example.com")
    return [(rollup.numerator, rollup.denominator) for rollup in found.order_by("day")]


@pytest.mark.parametrize("agent", ["rita@example.com", "ravi@example.com", "nobody@elsewhere.example", ""])
@pytest.mark.parametrize(
    ("opened", "who", "about", "good"),
    [
        ("2026-03-09 11:00", "anna", "bill", 0),
        ("2026-03-09 11:01", "anna", "bill", 1),
        ("2026-03-02 10:30", "anna", "bill", 0),
        ("2026-03-03 10:00", "anna", "parcel", 1),
        ("2026-03-03 10:00", "bob", "bill", 1),
    ],
)
def test_the_next_file_brings_the_return(brought, agent, opened, who, about, good):
    brought(FIRST.strip())
    assert settled() == [(1, 1)]
    brought(f"C2,{agent},{opened},,{who},{about}")
    assert settled() == [(good, 1)]


@pytest.mark.parametrize("agent", ["ravi@example.com", "nobody@elsewhere.example"])
def test_a_correction_takes_the_return_back(brought, agent):
    brought(FIRST.strip(), f"C2,{agent},2026-03-04 10:00,,anna,bill")
    assert settled() == [(0, 1)]
    brought(f"C2,{agent},2026-03-04 10:00,,anna,parcel")
    assert settled() == [(1, 1)]
    brought(f"C2,{agent},2026-03-03 10:00,,anna,bill")
    assert settled() == [(0, 1)]
    brought(f"C2,{agent},2026-03-03 10:00,,bob,bill")
    assert settled() == [(1, 1)]


def test_the_same_file_again_marks_nothing(brought):
    rows = [FIRST.strip(), "C2,nobody@elsewhere.example,2026-03-04 10:00,,anna,bill"]
    brought(*rows)
    assert brought(*rows).unchanged == 2
    assert not ChangedDay.objects.exists()
