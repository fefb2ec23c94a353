"""Starts the site, signs in as each person and takes the pictures."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from PIL import Image

from demo.company import SIGN_IN_WORDS
from demo.screens.plan import Screen

try:
    from playwright.sync_api import Browser, BrowserContext, sync_playwright
except ImportError:  # only the development lock brings it
    sync_playwright = None  # type: ignore[assignment]

SIZES = {360: 740, 1440: 900}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COLOURS = 64
TALLEST = 4200  # a picture for the documentation, not a scroll
START_SECONDS = 60


class CannotShoot(Exception):
    """Something the pictures need is missing; the message says what to do."""


def find_chromium() -> str:
    """The browser to use: $CHROMIUM, or what the system has. Raises CannotShoot where there is none."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        if shutil.which(wanted):
            return wanted
        raise CannotShoot(f"CHROMIUM names {wanted}, which is not there. Point it to a Chromium or Chrome, or unset it.")
    for name in ("/usr/bin/chromium", *CHROMIUM_NAMES):
        found = shutil.which(name)
        if found:
            return found
    raise CannotShoot("No Chromium was found. Install one (Debian: apt install chromium) or name it: CHROMIUM=/path/to/chrome.")


@contextmanager
def running_site() -> Iterator[str]:
    """The site on a free port of this machine, over plain http; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "config.wsgi:application",
    ]  # fmt: skip
    environment = {**os.environ, "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1", "CSRF_TRUSTED_ORIGINS": f"http://127.0.0.1:{port}"}
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)  # noqa: S603 - our own command
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise CannotShoot("The site did not start; its message stands above.")
        try:
            with urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - always our own http address
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise CannotShoot(f"The site did not answer within {START_SECONDS} seconds.")


def take_pictures(screens: list[Screen], folder: Path, say: Callable[[str], None]) -> list[Path]:
    """One picture per screen, width and theme; returns the files. Raises CannotShoot where a page is not shown."""
    if sync_playwright is None:
        raise CannotShoot("Playwright is not installed. Use ./uncommon screenshots, which brings it.")
    chromium = find_chromium()
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with running_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        states = {email: _signed_in(browser, address, email) for email in dict.fromkeys(screen.email for screen in screens)}
        for width, height in SIZES.items():
            for theme in THEMES:
                for email, state in states.items():
                    context = browser.new_context(
                        storage_state=state,  # type: ignore[arg-type]
                        viewport={"width": width, "height": height},
                        color_scheme=theme,
                        reduced_motion="reduce",
                    )
                    files.extend(
                        _picture(context, address, screen, folder / f"{screen.name}-{width}-{theme}.png")
                        for screen in screens
                        if screen.email == email
                    )
                    context.close()
                say(f"{len(screens)} screens at {width} px, {theme}")
        browser.close()
    return files


def _signed_in(browser: Browser, address: str, email: str) -> object:
    """Sign in through the form, as anybody would; returns the cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", SIGN_IN_WORDS)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    if "/accounts/login" in page.url:
        raise CannotShoot(f"{email} could not sign in. Was the password of the demo changed? Build the demo anew.")
    state = context.storage_state()
    context.close()
    return state


def _picture(context: BrowserContext, address: str, screen: Screen, path: Path) -> Path:
    page = context.new_page()
    answer = page.goto(f"{address}{screen.path}")
    if answer is None or answer.status != 200:
        raise CannotShoot(f"{screen.name} ({screen.path}) answers {answer.status if answer else 'nothing'} for {screen.email}.")
    page.wait_for_load_state("networkidle")
    _save(page.screenshot(full_page=True, animations="disabled"), path)
    page.close()
    return path


def _save(png: bytes, path: Path) -> None:
    """Cut what is too tall and keep few colours: text stays sharp, the file small."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(colors=COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
