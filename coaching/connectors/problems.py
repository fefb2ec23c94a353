"""Why a helpdesk could not be read, said so that an administrator knows what to do."""

from __future__ import annotations


class ConnectorError(Exception):
    """The message says in words what is wrong. What was fetched before stays."""


class AccessDenied(ConnectorError):
    """The credentials are not accepted, or lack a right. Asking again does not help until somebody changes them."""


class NotThere(ConnectorError):
    """The helpdesk knows no such address (HTTP 404)."""


class RequestRefused(ConnectorError):
    """The helpdesk did not understand the request (another HTTP 4xx)."""


class Unreachable(ConnectorError):
    """No usable answer, however often it was asked."""


class PageTooLarge(ConnectorError):
    """The answer is larger than is read: ask for a smaller page."""


class AskedToWait(ConnectorError):
    """The helpdesk asked for a longer pause than a worker should sit through; `seconds` is how long."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class RepeatsItself(ConnectorError):
    """The same page came again and again: where the next begins cannot be known, so the cursor stays."""


class LeaseLost(Exception):
    """Another worker has taken this connection over; this one stops without writing more."""
