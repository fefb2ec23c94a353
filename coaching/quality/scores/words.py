"""Scores in words: how sure they are, how much is borrowed, who separates, what goes together. Never a cause, never a rank."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from coaching.quality.scores.adjusting import Adjusted, Reason
from coaching.quality.scores.arithmetic import LEAST_FOR_PERSON, Share
from coaching.quality.scores.coverage import Unspoken
from coaching.quality.scores.predicting import REOPENED, Outcome
from coaching.quality.scores.queries import PersonScore
from coaching.quality.severity import MOST_CORRECTED, REVIEWS_TO_JUDGE, Refusal
from foundation.statistics import Interval


def whole(value: float) -> str:
    return number_format(round(value), 0)


def percent(rate: float) -> str:
    return _("%(value)s %%") % {"value": whole(100 * rate)}


def share_percent(found: Share) -> str:
    """A share in percent that does not say "0 %" of what was seen, nor "100 %" where something was not."""
    if found.part and not round(100 * found.rate):
        return _("under 1 %")
    if found.part < found.n and round(100 * found.rate) == 100:
        return _("over 99 %")
    return percent(found.rate)


def between(interval: Interval, *, percents: bool = False) -> str:
    low, high = (percent(interval.low), percent(interval.high)) if percents else (whole(interval.low), whole(interval.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def how_sure(score: PersonScore) -> str:
    """Whether there are enough reviews, and what their number leaves open. With a large gap it is no score of all cases."""
    if not score.enough or score.own is None or score.own.interval is None:
        return ngettext(
            "Not enough reviews yet: there is %(n)s of conversations drawn by lot in the last three months, and a figure needs %(least)s.",
            "Not enough reviews yet: there are %(n)s of conversations drawn by lot in the last three months, and a figure needs %(least)s.",
            score.n,
        ) % {"n": score.n, "least": LEAST_FOR_PERSON}
    if score.unspoken is not None and score.unspoken.is_large:
        text = _(
            "The reviews on their own say %(mean)s. With %(n)s of them, the score of the cases that they speak for lies between %(low)s and "
            "%(high)s, 95 times in 100. It is no estimate of all cases."
        )
    else:
        text = _(
            "The reviews on their own say %(mean)s. With %(n)s of them, the score of all cases lies between %(low)s and %(high)s, "
            "95 times in 100."
        )
    return text % {
        "mean": whole(score.own.mean),
        "n": score.n,
        "low": whole(score.own.interval.low),
        "high": whole(score.own.interval.high),
    }  # fmt: skip


def borrowed(score: PersonScore) -> str:
    """How much of the figure is not the person's own; empty where nothing is shown."""
    if not score.enough:
        return ""
    if score.shrunk is None:
        return _("Nothing is borrowed: too few people have reviews to borrow from.")
    values = {
        "own": whole(100 * (1 - score.shrunk.borrowed)),
        "other": whole(100 * score.shrunk.borrowed),
        "mean": whole(score.shrunk.group.mean),
        "team": score.team.name if score.team else "",
    }
    if score.team:
        return (
            _(
                "Few reviews swing by luck, so the figure is drawn towards the mean of %(team)s (%(mean)s): %(own)s %% of it "
                "comes from these reviews, %(other)s %% is borrowed."
            )
            % values
        )
    return (
        _(
            "Few reviews swing by luck, so the figure is drawn towards the mean of everybody (%(mean)s): %(own)s %% of it "
            "comes from these reviews, %(other)s %% is borrowed."
        )
        % values
    )


def unspoken(gap: Unspoken | None) -> str:
    """For how many cases the score does not speak; empty where it speaks for all, or nothing is known."""
    if gap is None or not gap.cases:
        return ""
    share = percent(gap.share)
    return ngettext(
        "It does not speak for %(share)s of the conversations that could be drawn in this time (%(cases)s of %(whole)s): nothing is "
        "reviewed of the part or the cycle that it lies in.",
        "It does not speak for %(share)s of the conversations that could be drawn in this time (%(cases)s of %(whole)s): nothing is "
        "reviewed of the parts or the cycles that they lie in.",
        gap.cases,
    ) % {"share": share, "cases": number_format(gap.cases, 0), "whole": number_format(gap.whole, 0)}


def adjusted(found: Adjusted | Reason | Refusal | None, score: PersonScore) -> str:
    """What the score adjusted for reviewer means, or why there is none; empty where there is no score at all."""
    if found is None or score.own is None:
        return ""
    if not isinstance(found, Adjusted):
        return str(_NOT_ADJUSTED[found])
    text = _(
        "It is what the same reviews would say, had reviewers of average strictness made them; as scored they say %(original)s. How strict "
        "each is comes from twelve months of conversations drawn by lot, as of %(day)s, and is known for %(known)s of the %(n)s reviews. "
        "It changes no score."
    ) % {
        "original": whole(score.own.mean),
        "day": date_format(localtime(found.as_of), "j F Y"),
        "known": found.known,
        "n": found.n,
    }  # fmt: skip
    if found.capped:
        text += " " + _("No reviewer is corrected by more than %(n)s points.") % {"n": whole(MOST_CORRECTED)}
    return text


_NOT_ADJUSTED = {
    Reason.UNCOUNTED: _lazy("No score adjusted for reviewer yet: how strict reviewers are is counted each night."),
    Reason.FEW_OF_REVIEWERS: format_lazy(
        _lazy("No score adjusted for reviewer: how strict somebody is takes {n} reviews drawn by lot in twelve months, and nobody who reviewed here has so many."),
        n=REVIEWS_TO_JUDGE,
    ),
    Refusal.ONE_REVIEWER: _lazy("No score adjusted for reviewer: only one person reviews, so there is nobody to compare them with."),
    Refusal.APART: _lazy(
        "No score adjusted for reviewer: some reviewers and reps share nobody with the others, so whether a score is low because of the "
        "rep or because of the reviewer cannot be told."
    ),
    Refusal.TOO_FEW: _lazy("No score adjusted for reviewer: there are too few reviews to tell how strict reviewers are."),
}  # fmt: skip


def who_separates(scores: Sequence[PersonScore]) -> str:
    """One sentence about a list of people, in the order of names."""
    compared = [score for score in scores if score.enough]
    if len(compared) < 2:
        return _("There are not enough reviews yet to compare anybody.")
    above = [str(score.person) for score in compared if score.side > 0]
    below = [str(score.person) for score in compared if score.side < 0]
    number = {"n": len(compared)}
    if not above and not below:
        return _(
            "Allowing for %(n)s people compared, nobody can be told apart from the mean of the others: what differences the figures "
            "show, luck explains too."
        ) % number  # fmt: skip
    parts = []
    if above:
        parts.append(_("above the mean of the others: %(names)s") % {"names": ", ".join(above)})
    if below:
        parts.append(_("below it: %(names)s") % {"names": ", ".join(below)} if above else _("below the mean of the others: %(names)s") % {"names": ", ".join(below)})  # fmt: skip
    rest = "" if len(above) + len(below) == len(compared) else " " + _("Nobody else can be told apart from it.")
    sentence = _("Allowing for %(n)s people compared, these are clearly apart. %(parts)s.") % {**number, "parts": _capital("; ".join(parts))}  # fmt: skip
    return sentence + rest


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def rate(found: Share | None) -> str:
    """A share in words with what was seen: "3 % (1 % to 9 %), 2 of 64"."""
    if found is None:
        return _("no reviews")
    if found.n < LEAST_FOR_PERSON:
        return _("too few: seen in %(part)s of %(n)s") % {"part": found.part, "n": found.n}
    return _("%(rate)s (%(between)s), seen in %(part)s of %(n)s") % {
        "rate": share_percent(found),
        "between": between(found.interval, percents=True),
        "part": found.part,
        "n": found.n,
    }


def outcome_in_words(outcome: Outcome, kind: str, compared: int) -> str:
    """What was seen together, with range and n; never that one made the other."""
    found = outcome.difference
    if found is None:
        least = min(outcome.met.n if outcome.met else 0, outcome.missing.n if outcome.missing else 0)
        return ngettext(
            "Not enough data: %(n)s review in the smaller group.", "Not enough data: %(n)s reviews in the smaller group.", least
        ) % {"n": least}
    if not found.alone:
        text = _("No difference that these reviews can show: anything from %(low)s to %(high)s points.")
        ends = {"low": _signed(found.interval.low), "high": _signed(found.interval.high)}
        return text % ends + " " + _reviews(outcome.n)
    more = found.difference > 0
    low, high = sorted((abs(found.interval.low), abs(found.interval.high)))
    values = {"points": whole(100 * abs(found.difference)), "low": whole(100 * low), "high": whole(100 * high)}
    if kind == REOPENED:
        text = (
            _("Cases where this was missing were reopened %(points)s points more often (%(low)s to %(high)s).")
            if more
            else _("Cases where this was missing were reopened %(points)s points less often (%(low)s to %(high)s).")
        )
    else:
        text = (
            _("Customers were satisfied %(points)s points more often where this was missing (%(low)s to %(high)s).")
            if more
            else _("Customers were satisfied %(points)s points less often where this was missing (%(low)s to %(high)s).")
        )
    text = text % values + " " + _reviews(outcome.n)
    if not found.holds:
        text += " " + _("With %(n)s comparisons made, luck explains one like this too.") % {"n": compared}
    return text


def _signed(share: float) -> str:
    number = round(100 * share)
    return f"+{number_format(number, 0)}" if number > 0 else number_format(number, 0).replace("-", "−")


def _reviews(n: int) -> str:
    return ngettext("%(n)s review.", "%(n)s reviews.", n) % {"n": number_format(n, 0, force_grouping=True)}
