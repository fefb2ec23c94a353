"""What keeps a draft from being published, said so that it can be put right."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.quality.models import Criterion, ScorecardVersion
from coaching.quality.queries.conditions import condition_problem

MOST_ANSWERS = 11


@dataclass(frozen=True)
class Problem:
    message: str | Promise
    criterion: Criterion | None = None

    @property
    def anchor(self) -> str:
        """Where on the page it is put right."""
        return f"criterion-{self.criterion.pk}" if self.criterion else "overall"


def version_problems(version: ScorecardVersion) -> list[Problem]:
    """Why this version cannot be published yet; empty where it can."""
    sections = list(version.sections.prefetch_related("criteria__answers", "criteria__causes"))
    if not sections:
        return [Problem(gettext_lazy("Add at least one section with a criterion."))]
    problems: list[Problem] = []
    seen: set[str] = set()
    weight = 0
    by_key = {criterion.key: criterion for section in sections for criterion in section.criteria.all()}
    earlier: list[Criterion] = []
    for section in sections:
        criteria = list(section.criteria.all())
        if not criteria:
            problems.append(
                Problem(_("The section “%(title)s” has no criterion. Add one or remove the section.") % {"title": section})
            )
        elif section.weight and not sum(c.weight for c in criteria if not c.is_bonus):
            text = _("The section “%(title)s” has a weight, but no criterion to share it: give one of them a weight.")
            problems.append(Problem(text % {"title": section}))
        for criterion in criteria:
            weight += 0 if criterion.is_bonus or section.weight == 0 else criterion.weight
            problems.extend(Problem(text, criterion) for text in _criterion_problems(criterion))
            condition = condition_problem(criterion, earlier, by_key)
            if condition:
                problems.append(Problem(condition, criterion))
            earlier.append(criterion)
            if criterion.key in seen:
                text = _("“%(label)s”: the key %(key)s is used twice. Give each criterion a key of its own.")
                problems.append(Problem(text % {"label": criterion, "key": criterion.key}, criterion))
            seen.add(criterion.key)
    if seen and not weight:
        problems.append(Problem(gettext_lazy("All weights are 0. Give at least one criterion that is no bonus a weight.")))
    return problems


def _criterion_problems(criterion: Criterion) -> list[str]:
    answers = list(criterion.answers.all())
    found = []
    if len(answers) < 2:
        found.append(_("“%(label)s” needs at least two answers."))
    else:
        if max(a.value for a in answers) != 1:
            found.append(_("“%(label)s”: the best answer must be worth 1."))
        if min(a.value for a in answers) != 0:
            found.append(_("“%(label)s”: the worst answer must be worth 0."))
    if any(not a.anchor.strip() for a in answers):
        found.append(_("“%(label)s”: describe what earns each answer."))
    if criterion.criticality != Criterion.Criticality.NONE and criterion.is_bonus:
        found.append(_("“%(label)s” is a bonus and critical. A bonus cannot fail: choose one of the two."))
    elif criterion.criticality != Criterion.Criticality.NONE and criterion.fail_below <= 0:
        found.append(_("“%(label)s” is critical but can never fail. Raise “failed below” above 0."))
    if criterion.require_root_cause and not criterion.causes.all():
        found.append(_("“%(label)s” needs a root cause where it is failed, but has none to pick. Write some down."))
    if len(answers) > MOST_ANSWERS:
        found.append(_("“%(label)s” has too many answers: eleven are the most."))
    return [text % {"label": criterion} for text in found]
