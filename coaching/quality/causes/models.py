"""Why a criterion failed: causes to pick from, as a tree, and what was picked in a review."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RootCause(models.Model):
    """One cause of a criterion, below another or at the top. `key` is its path and the same in every version."""

    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.CASCADE, related_name="causes")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    key = models.CharField(_("key"), max_length=255, help_text=_("Its path, such as knowledge/product/billing."))
    label = models.CharField(_("label"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("In the order of the tree read downwards."))

    class Meta:
        ordering = ["criterion", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["criterion", "key"], name="root_cause_once_per_criterion")]

    def __str__(self) -> str:
        return self.label

    @property
    def level(self) -> int:
        """1 at the top."""
        return self.key.count("/") + 1


class RatingCause(models.Model):
    """A cause the reviewer picked for a failed criterion."""

    rating = models.ForeignKey("coaching_quality.Rating", on_delete=models.CASCADE, related_name="picked")
    cause = models.ForeignKey(RootCause, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["cause__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["rating", "cause"], name="rating_cause_once")]

    def __str__(self) -> str:
        return f"{self.rating_id}: {self.cause_id}"
