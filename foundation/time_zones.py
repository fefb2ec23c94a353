"""The time zones a form offers."""

import zoneinfo


def time_zone_choices() -> list[tuple[str, str]]:
    """Zones by place, and UTC."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]
