"""What every page needs: the navigation of this person."""

from django.http import HttpRequest

from config.navigation import Navigation


def navigation(request: HttpRequest) -> dict[str, object]:
    """`navigation.entries` for the header, `navigation.area` for the places of the area one is in."""
    return {"navigation": Navigation(request)}
