"""What every verb of this room may raise. Apart from the services, so that what they build on can raise it too."""


class QualityError(Exception):
    """A wish about scorecards or reviews that cannot be met; the message says why and what to do."""
