"""Our own files on the content host: the player, and the run-time libraries of SCORM and H5P out of node_modules."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles import finders

_H5P = "h5p-standalone/dist/"
# By the name they have there, and where they lie among the static files. The style of H5P finds its fonts beside it.
RUNTIME_FILES = {
    "player.js": "js/package_player.js",
    "h5p.js": "js/package_h5p.js",
    "storage.js": "js/package_storage.js",
    "player.css": "css/package_player.css",
    "scorm12.js": "vendor/scorm-again/dist/scorm12.min.js",
    "scorm2004.js": "vendor/scorm-again/dist/scorm2004.min.js",
    **{f"h5p/{name.removeprefix(_H5P)}": f"vendor/{name}" for name in settings.NPM_FILES if name.startswith(_H5P)},
}


def path_of_runtime(name: str) -> Path:
    """Where a file lies: among the sources, or where the static files were collected."""
    inner = RUNTIME_FILES[name]
    found = cast(Any, finders.find(inner))
    return Path(found) if found else Path(settings.STATIC_ROOT) / inner


@lru_cache(maxsize=1)
def runtime_version() -> str:
    """Changes with any of the files, so that no browser mixes an old script with a new page."""
    stamps = {name: path_of_runtime(name).stat().st_mtime_ns for name in RUNTIME_FILES}
    return hashlib.sha256(json.dumps(stamps, sort_keys=True).encode()).hexdigest()[:12]
