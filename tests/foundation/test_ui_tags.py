"""Template tags of the design language: numbers in words, charts with a text, nothing unescaped."""

import pytest
from django.template import Context, Template

from foundation import charts
from foundation.templatetags.ui import duration, initials, number, percent


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"), (0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3540, "59 min"), (3600, "1 h"), (12_000, "3 h 20 min"),
        (86_400, "1 day"), (86_400 * 2 + 3600 * 4, "2 days 4 h"), (86_399, "1 day"),
    ],
)  # fmt: skip
def test_duration(seconds, text):
    assert duration(seconds).replace("\u00a0", " ") == text


def test_percent_number_and_initials():
    assert percent(0.8234) == "82 %"
    assert percent(0.8234, 1) == "82.3 %"
    assert percent(None) == "–"
    assert number(12345) == "12,345"
    assert initials("Rita Maria Example") == "RE"
    assert initials("Rita") == "R"


def test_a_sparkline_leaves_a_gap_and_says_what_it_shows():
    svg = charts.sparkline([1, 2, None, 3, 4])
    assert svg.count("M") == 2
    assert 'aria-label="Course over 5 periods, from 1 to 4"' in svg
    assert charts.sparkline([None, None]) == ""


def test_the_band_of_a_chart_stops_where_nothing_is_known():
    svg = charts.line_chart(
        labels=list("abcde"),
        values=[1, 2, None, 2, 3],
        lows=[0, 1, None, 1, 2],
        highs=[2, 3, None, 3, 4],
        title="T",
        description="D",
    )
    assert svg.count('class="band"') == 2
    assert "<title>T</title><desc>D</desc>" in svg


def test_what_people_typed_stays_text():
    evil = "<script>alert(1)</script>"
    source = '{% card title=evil %}{{ evil }}{% endcard %}{% pill evil "good" %}{% stat evil evil note=evil %}{% empty_state title=evil %}{{ evil }}{% endempty_state %}{% page_header title=evil %}{% endpage_header %}'
    page = Template(source).render(Context({"evil": evil})) + charts.sparkline([1, 2], evil)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 10


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.67, 0.92, [0.7, 0.75, 0.8, 0.85, 0.9]),
        (6.07, 14.21, [8, 10, 12, 14]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.938, 0.952, [0.94, 0.945, 0.95]),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert charts.nice_ticks(low, high) == ticks
