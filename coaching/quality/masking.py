"""Words kept beside messages whose personal data is masked for good: they are masked with them, at the same places."""

from __future__ import annotations

from collections.abc import Mapping

from coaching.interactions.redaction import mask_excerpt
from coaching.quality.models import Quote
from coaching.quality.suggestions.models import Proposal


def mask_kept_words(bodies: Mapping[int, str]) -> int:
    """Mask what was quoted or proposed from these messages; how many quotes changed. `bodies`: message id → its words before.

    Called in the transaction that masks the messages, before they are changed: a quote that cuts a number in two can be masked
    only beside the words it was taken from. As long as before and at the same place, it is the same evidence.
    """
    quotes = [quote for quote in Quote.objects.filter(message__in=bodies) if _mask(quote, bodies)]
    Quote.objects.bulk_update(quotes, ["excerpt"], batch_size=500)
    proposals = [proposal for proposal in Proposal.objects.filter(message__in=bodies) if _mask(proposal, bodies)]
    Proposal.objects.bulk_update(proposals, ["excerpt"], batch_size=500)
    return len(quotes)


def _mask(kept: Quote | Proposal, bodies: Mapping[int, str]) -> bool:
    before = kept.excerpt
    kept.excerpt = mask_excerpt(before, bodies[kept.message_id or 0])
    return kept.excerpt != before
