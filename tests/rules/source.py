"""What the rules look at: our own files, and the layers of pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OWN_FOLDERS = (
    "config",
    "demo",
    "coaching",
    "learning",
    "cms",
    "people",
    "foundation",
    "operations",
    "templates",
    "static",
    "tests",
    "benchmarks",
)
NOT_OURS = {"__pycache__", "node_modules", "var", "vendor"}


@dataclass(frozen=True)
class Source:
    path: str  # from the root, with forward slashes
    text: str


def own_files(*suffixes: str, folders: tuple[str, ...] = OWN_FOLDERS) -> list[Source]:
    """Every file of ours with one of these suffixes."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            inner = path.relative_to(ROOT)
            if path.suffix in suffixes and not NOT_OURS.intersection(inner.parts) and path.is_file():
                found.append(Source(inner.as_posix(), path.read_text(encoding="utf-8")))
    return found


def product_python() -> list[Source]:
    """Our Python without tests, benchmarks and migrations."""
    folders = tuple(folder for folder in OWN_FOLDERS if folder not in {"tests", "benchmarks"})
    return [source for source in own_files(".py", folders=folders) if "/migrations/" not in source.path]


def layers() -> list[list[str]]:
    """Apps from the top down; siblings share a line."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    return [[name.strip() for name in line.split("|")] for line in contract["layers"]]


def height() -> dict[str, int]:
    """How far up an app stands; siblings stand equally high."""
    lines = layers()
    return {app: len(lines) - index for index, line in enumerate(lines) for app in line}


def app_of(module: str) -> str | None:
    """The app of a dotted module or a path: "coaching.quality.models" → "coaching.quality"."""
    dotted = module.removesuffix(".py").replace("/", ".")
    return next((app for app in height() if dotted == app or dotted.startswith(f"{app}.")), None)
