"""Static files: the few front-end package files the pages use, and hashed names for all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NpmFinder(BaseFinder):
    """Serve exactly `settings.NPM_FILES` out of node_modules, below `vendor/`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=str(settings.NPM_ROOT))
        self.storage.prefix = "vendor"  # type: ignore[attr-defined]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        inner = path.removeprefix("vendor/")
        if path.startswith("vendor/") and inner in settings.NPM_FILES and (Path(settings.NPM_ROOT) / inner).is_file():
            full = str(Path(settings.NPM_ROOT) / inner)
            return [full] if find_all else full
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in settings.NPM_FILES:
            yield path, self.storage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names with content hashes, so that browsers keep files for a year. Source maps are not shipped."""

    # The packages' "sourceMappingURL" comments name files we leave out; do not follow them.
    support_js_module_import_aggregation = False
    patterns = (
        (
            "*.css",
            (
                r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",
                (r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""", """@import url("%(url)s")"""),
            ),
        ),
    )
