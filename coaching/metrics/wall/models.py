"""Links that show a team's wall on a screen without a sign-in."""

from __future__ import annotations

from django.db import models

from people.models import Person, Team


class WallLink(models.Model):
    """A display link: read-only, one team, until it is revoked or a year is over. It falls with its maker's own right."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=80, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.team}: {self.place}" if self.place else str(self.team)
