"""How large the demo company can be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`reviews` is how many published reviews the seed aims for."""

    reps_per_team: int
    weeks: int
    interactions: int
    conversations: int
    reviews: int


SIZES = {
    "small": Size(reps_per_team=2, weeks=18, interactions=1_600, conversations=90, reviews=40),
    "medium": Size(reps_per_team=8, weeks=26, interactions=30_000, conversations=640, reviews=360),
    "large": Size(reps_per_team=24, weeks=26, interactions=120_000, conversations=1_900, reviews=1_080),
}
