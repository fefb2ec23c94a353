"""Root causes written down for a criterion, and picked in a review. Called inside the transaction of who changes either."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coaching.quality.causes.outline import CauseInput, flat
from coaching.quality.models import Criterion, Rating, RatingCause, RootCause


def replace_causes(criterion: Criterion, causes: Sequence[CauseInput]) -> None:
    """The tree of this criterion becomes the one given. Raises OutlineError for one that cannot stand."""
    wanted = flat(causes)
    RootCause.objects.filter(criterion=criterion).delete()
    _write(criterion, [(cause.key, cause.parent, cause.label) for cause in wanted])


def copy_causes(source: Criterion, target: Criterion) -> None:
    """The same tree for the same criterion of another version."""
    _write(target, [(cause.key, cause.key.rpartition("/")[0], cause.label) for cause in source.causes.all()])


def _write(criterion: Criterion, causes: Sequence[tuple[str, str, str]]) -> None:
    made: dict[str, RootCause] = {}
    for order, (key, parent, label) in enumerate(causes):
        made[key] = RootCause.objects.create(criterion=criterion, parent=made.get(parent), key=key, label=label, order=order)


def deepest(causes: Collection[RootCause]) -> list[RootCause]:
    """Without those that stand above another one given: "Product" says "Knowledge" already."""
    return [cause for cause in causes if not any(other.key.startswith(f"{cause.key}/") for other in causes)]


def pick_causes(ratings: Sequence[tuple[Rating, Collection[RootCause]]]) -> list[Rating]:
    """What was picked for each of these stored ratings becomes this; those that changed."""
    stored: dict[int, set[int]] = {rating.pk: set() for rating, _causes in ratings}
    for rating_id, cause_id in RatingCause.objects.filter(rating__in=stored).values_list("rating_id", "cause_id"):
        stored[rating_id].add(cause_id)
    changed, new = [], []
    for rating, causes in ratings:
        wanted = {cause.pk for cause in causes}
        if wanted == stored[rating.pk]:
            continue
        changed.append(rating)
        RatingCause.objects.filter(rating=rating).exclude(cause__in=wanted).delete()
        new += [RatingCause(rating=rating, cause_id=pk) for pk in sorted(wanted - stored[rating.pk])]
    RatingCause.objects.bulk_create(new)
    return changed
