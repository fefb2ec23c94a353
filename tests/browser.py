"""Helpers of the browser tests: Chromium of the system, signed-in pages, the accessibility check."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a theme may change. Names, order and structure are the same in both, so that they are looked at once per width.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# Only violations come back: what passed is thousands of elements, and their way through the wire took longer than the check.
RUN_AXE = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(found => found.violations.map(v =>
    `${v.id} (${v.impact}): ` + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160)).join("; ")))"""
WIDTHS = (360, 1440)
THEMES = ("light", "dark")


def chromium_path() -> str | None:
    """The Chromium to drive: $CHROMIUM, or the system's; None where there is none."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def require_chromium() -> str:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium is installed (set CHROMIUM, or install the system's package)")
    return path


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Axe's violations on the page as it is now, one line each: rule, impact, elements. All rules, or only these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN_AXE, {"runOnly": {"type": "rule", "values": rules} if rules else TAGS})


def views(page: Page) -> Iterator[str]:
    """The page at each width and in each theme; yields a label. Leaves it at 1440 px, light."""
    for width in WIDTHS:
        for theme in THEMES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            yield f"{width} px, {theme}"
    page.emulate_media(color_scheme="light")


def assert_accessible(page: Page, marker: str) -> None:
    """No axe violation and no sideways scrolling at 360 and 1440 px, light and dark.

    `marker` is text only the meant page shows in its h1: a login redirect must not pass as success.
    """
    # Waits: a key may just have sent the browser there, and the old page stands until the new one comes.
    expect(page.locator("h1").first, f"not the page meant: no {marker!r} in its h1").to_contain_text(marker, timeout=15_000)
    page.wait_for_load_state()
    for view in views(page):
        problems = violations(page, COLOUR_RULES if view.endswith(THEMES[1]) else None)
        assert not problems, f"{page.url} at {view}:\n" + "\n".join(problems)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{page.url} at {view} scrolls {overflow} px sideways"
