"""A person without a mouse: Tab to what is meant, see that it has the focus, press a key."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus. Fails where the keyboard cannot get there, or the focus is unseen."""
    expect(target).to_be_visible()
    for _step in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            assert shows_focus(target), f"nothing shows that {target} has the focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached with {MOST_TABS} times Tab on {page.url}")


def shows_focus(target: Locator) -> bool:
    """Has the focused element, or what is drawn around it, an outline or a shadow?"""
    return target.evaluate(
        """element => {
            for (let at = element, depth = 0; at && depth < 3; at = at.parentElement, depth += 1) {
                const style = getComputedStyle(at);
                const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                if (outlined || style.boxShadow !== "none") return true;
            }
            return false;
        }"""
    )


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Tab to a link or button and press it."""
    tab_to(page, target)
    page.keyboard.press(key)


def choose(page: Page, option: Locator) -> None:
    """Choose a radio button (Tab into its group, arrows within it) or tick a checkbox."""
    if option.get_attribute("type") == "checkbox":
        press(page, option, "Space")
        return
    name = option.get_attribute("name")
    group = page.locator(f"input[type=radio][name='{name}']")
    checked = page.locator(f"input[type=radio][name='{name}']:checked")
    tab_to(page, checked if checked.count() else group.first)
    page.keyboard.press("Space")
    for _step in range(group.count()):
        if option.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {option}")


def pick(page: Page, select: Locator, label: str) -> None:
    """Choose an option of a drop-down by its text, with the arrow keys."""
    tab_to(page, select)
    page.keyboard.press("Home")
    for _step in range(select.locator("option").count()):
        if label in select.evaluate("element => element.selectedOptions[0].textContent"):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach “{label}” in {select}")


def type_into(page: Page, field: Locator, text: str) -> None:
    tab_to(page, field)
    page.keyboard.type(text)
