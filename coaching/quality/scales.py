"""Rating scales to begin with: evenly spaced answers with words to put anchors to. Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.quality.scoring import even_scale

YES_NO = "yes-no"
FEWEST, MOST = 2, 11
SCALES: list[tuple[str, str | Promise]] = [
    (YES_NO, gettext_lazy("Yes or no")),
    ("2", gettext_lazy("2 steps: met, not met")),
    ("3", gettext_lazy("3 steps: fully, partly, not met")),
    ("4", gettext_lazy("4 steps: fully, mostly, partly, not met")),
    ("5", gettext_lazy("5 steps: fully, mostly, half, little, not met")),
    *((str(n), gettext_lazy("%(n)s steps: 1 to %(n)s") % {"n": n}) for n in range(6, MOST)),
    (str(MOST), gettext_lazy("11 steps: 0 to 10")),
]


def scale_answers(scale: str) -> list[tuple[float, str]]:
    """Worth (to four decimals) and label of each answer of one of SCALES, best first. Raises ValueError for any other."""
    if scale not in dict(SCALES):
        raise ValueError(f"no such scale: {scale}")
    if scale == YES_NO:
        return [(1.0, _("Yes")), (0.0, _("No"))]
    steps = int(scale)
    words = {
        2: [_("Met"), _("Not met")],
        3: [_("Fully met"), _("Partly met"), _("Not met")],
        4: [_("Fully met"), _("Mostly met"), _("Partly met"), _("Not met")],
        5: [_("Fully met"), _("Mostly met"), _("Half met"), _("A little"), _("Not met")],
    }
    first = 0 if steps == MOST else 1
    labels = words.get(steps) or [str(number) for number in range(first + steps - 1, first - 1, -1)]
    return list(zip((round(value, 4) for value in reversed(even_scale(steps))), labels, strict=True))
