"""What can be wrong with a wish about surveys; each message says why and what to do."""


class SurveyError(Exception):
    """A survey, its words, its rules or a snippet cannot be as wished."""


class AnswerRefused(Exception):
    """An answer that is not taken. `reason` names the page the customer sees: expired, closed, frozen, invalid."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
