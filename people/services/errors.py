"""What the verbs of people raise."""


class PeopleError(Exception):
    """A wish about people or teams that cannot be met; the message says why and what to do."""
