"""The rules of a quiz in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.modules.content import ModuleContent
from learning.quizzes.queries import Standing


def rules_in_words(content: ModuleContent, state: Standing) -> str:
    """How this quiz is taken, in a few short sentences."""
    rules, count = content.rules, content.quiz_length
    first = ngettext(
        "%(count)s question, passed with %(percent)s %% right.", "%(count)s questions, passed with %(percent)s %% right.", count
    )
    said = [first % {"count": count, "percent": content.pass_mark}]
    if rules.time_limit_minutes:
        minutes = rules.time_limit_minutes
        said.append(
            ngettext("You have %(n)s minute from “Begin” on.", "You have %(n)s minutes from “Begin” on.", minutes)
            % {"n": minutes}
        )
    if state.left is not None:
        said.append(ngettext("%(n)s try is left.", "%(n)s tries are left.", state.left) % {"n": state.left})
    if rules.cooldown_minutes:
        pause = rules.cooldown_minutes
        said.append(
            ngettext(
                "Between two tries there is a pause of %(n)s minute.",
                "Between two tries there is a pause of %(n)s minutes.",
                pause,
            )
            % {"n": pause}
        )
    if rules.partial_credit:
        said.append(_("Partly right answers count in part."))
    if not rules.time_limit_minutes and state.left is None:
        said.append(_("No clock, and you can repeat it as often as you like."))
    return " ".join(said)
