"""Settings for the test suite: fast hashing, tasks run at once, mail kept in memory."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "t" * 40)
os.environ["HTTPS"] = "0"
os.environ["DEBUG"] = "0"
os.environ.pop("CONTENT_ORIGIN", None)

from config.settings import *  # noqa: F403
from config.settings import DATABASES

DATA_DIR = Path(tempfile.mkdtemp(prefix="uncommon-test-"))
MEDIA_ROOT = DATA_DIR / "media"
IMPORT_ROOT = DATA_DIR / "imports"
PACKAGE_ROOT = DATA_DIR / "packages"
ALLOWED_HOSTS = ["*"]
ASSISTANT_URL = ASSISTANT_MODEL = ASSISTANT_KEY = ""  # whatever the developer has set: no test asks anybody
OPEN_BADGES = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"] == "foundation.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
