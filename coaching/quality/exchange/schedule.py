"""What this part does by itself."""

from datetime import datetime

from coaching.quality.exchange.services import sweep_files


def sweep(now: datetime) -> str:
    """Exports and uploads are gone after a day."""
    return f"{sweep_files(now)} files removed"
