"""Scores, rates and their distribution on the staff's pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.interactions.models import SurveyResponse
from coaching.surveys.figures import Rate, Score
from coaching.surveys.queries import Results
from foundation.templatetags.ui import number, percent, pill

register = template.Library()
Kind = SurveyResponse.Kind
TONES = {1: "up", 0: "", -1: "down"}


@register.simple_tag
def score_name(kind: str) -> str:
    return {Kind.CSAT: _("Satisfied"), Kind.NPS: _("Net promoter score"), Kind.CES: _("Mean score")}[Kind(kind)]


def score_in_words(score: Score) -> tuple[str, str]:
    """(value, interval): "84 %" and "78–88 %", "10" and "−25 to 42", "5.9" and "5.0–6.8"."""
    if score.value is None or score.low is None or score.high is None:
        return "", ""
    if score.kind == Kind.CSAT:
        return percent(score.value), f"{number(score.low * 100)}–{percent(score.high)}"
    if score.kind == Kind.NPS:
        between = _("%(low)s to %(high)s") % {"low": _signed(score.low), "high": _signed(score.high)}
        return _signed(score.value), between
    return number(score.value, 1), f"{number(score.low, 1)}–{number(score.high, 1)}"


def _signed(value: float) -> str:
    return number(value).replace("-", "\N{MINUS SIGN}")


def _cell(value: str, lines: list[str], *, large: bool) -> SafeString:
    more = format_html_join("", '<span class="survey-cell__more">{}</span>', ((line,) for line in lines if line))
    css = "survey-cell survey-cell--large" if large else "survey-cell"
    return format_html('<span class="{}"><span class="survey-cell__value">{}</span>{}</span>', css, value, more)


@register.simple_tag
def score_cell(score: Score, *, large: bool = False) -> SafeString:
    """The score with its interval and n, or how many answers are missing for one."""
    n = ngettext("%(n)s answer", "%(n)s answers", score.n) % {"n": number(score.n)}
    if score.value is None:
        needed = _("%(n)s of the %(needed)s it takes") % {"n": n, "needed": score.needed}
        return _cell(_("Not enough data yet"), [needed], large=False)
    value, between = score_in_words(score)
    return _cell(value, [between, n], large=large)


@register.simple_tag
def rate_cell(rate: Rate, *, large: bool = False) -> SafeString:
    """The response rate with its interval and what it rests on; a grey badge where few answered."""
    if rate.value is None or rate.low is None or rate.high is None:
        return _cell(_("Nobody asked yet"), [], large=False)
    of = _("%(answered)s of %(asked)s") % {"answered": number(rate.answered), "asked": number(rate.asked)}
    cell = _cell(percent(rate.value), [f"{number(rate.low * 100)}–{percent(rate.high)}", of], large=large)
    badge = pill(_("few answers: may not be typical")) if rate.is_low else ""
    return format_html("{}{}", cell, badge)


@register.simple_tag
def distribution(results: Results) -> SafeString:
    """A bar per score with its count: a table, so that the numbers stand beside the drawing."""
    longest = max((bar.share for bar in results.bars), default=0) or 1
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td><svg class="survey-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="survey-bar__track" width="100" height="10" rx="2"/><rect class="survey-bar__part survey-bar__part--{}" '
        'width="{}" height="10" rx="2"/></svg></td><td class="num">{} · {}</td></tr>',
        (
            (bar.score, TONES[bar.polarity], round(100 * bar.share / longest, 1), number(bar.n), percent(bar.share))
            for bar in reversed(results.bars)
        ),
    )
    return format_html(
        '<table class="survey-bars"><thead><tr><th scope="col">{}</th><th scope="col"><span class="visually-hidden">{}</span></th>'
        '<th scope="col" class="num">{}</th></tr></thead><tbody>{}</tbody></table>',
        _("Score"),
        _("Bar"),
        _("Answers"),
        rows,
    )
