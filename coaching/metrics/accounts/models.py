"""What accounts asked for, day by day."""

from __future__ import annotations

from django.db import models


class AccountDay(models.Model):
    """Of every account: cases opened on a day, what became of them, and ratings given that day.

    `counts` holds one `packing.ACCOUNTS` record per account, by `packing.account_key`. Cases and ratings of matched people,
    as in every figure.
    """

    day = models.DateField(unique=True)
    counts = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.day}"
