"""What cannot be done to the feed, said so that the reader knows what to do."""


class FeedError(Exception):
    """A wish about tokens or webhooks that cannot be met; the message says why and what to do."""
