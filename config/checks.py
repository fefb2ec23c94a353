"""`manage.py check --deploy`: names each mistake of the environment, and what to do about it.

Django's own deployment checks run beside these.
"""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from learning.certificates.badges.signing import BadKey, keys_from
from learning.packages.origin import host_and_port, is_same_host

# Below this, two connections writing and checkpointing at once can corrupt a WAL database.
SAFE_SQLITE = (3, 51, 3)
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", ""}


def register_checks() -> None:
    """Called once, when the apps are ready."""
    checks = (
        check_secret_key,
        check_debug,
        check_hosts,
        check_base_url,
        check_mail,
        check_cache,
        check_sqlite,
        check_assistant,
        check_content_origin,
        check_badges,
    )
    for check in checks:
        register(check, deploy=True)


def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= 50 and len(set(key)) >= 5 and not key.startswith("for-development-only"):
        return []
    return [
        Error(
            "SECRET_KEY is short or the one for development.",
            hint="Set SECRET_KEY to at least 50 random characters, and keep it: changing it ends all sessions.",
            id="uncommon.E001",
        )
    ]


def check_debug(**kwargs: Any) -> list[CheckMessage]:
    if not settings.DEBUG:
        return []
    return [
        Error(
            "DEBUG is on: error pages would show settings and data to everybody.",
            hint="Unset DEBUG, or set it to 0.",
            id="uncommon.E002",
        )
    ]


def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    hosts = settings.ALLOWED_HOSTS
    if any(host == "*" or host.startswith(".") for host in hosts):
        return [
            Error(
                "ALLOWED_HOSTS accepts any host name: links in mails could be forged.",
                hint="List the exact host names, for example ALLOWED_HOSTS=learn.example.com.",
                id="uncommon.E003",
            )
        ]
    content = host_and_port(settings.CONTENT_ORIGIN)
    if set(hosts) - {content[0] if content else ""} <= LOCAL_HOSTS:
        return [
            Warning(
                "ALLOWED_HOSTS holds local names only: nobody else can open the site.",
                hint="Set ALLOWED_HOSTS to the public host name, for example learn.example.com.",
                id="uncommon.W003",
            )
        ]
    return []


def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    address = urlsplit(settings.BASE_URL)
    if address.scheme == "https" and (address.hostname or "") not in LOCAL_HOSTS:
        return []
    return [
        Warning(
            f"BASE_URL is {settings.BASE_URL}: links in mails would be insecure or lead nowhere.",
            hint="Set BASE_URL to the public https address, for example https://learn.example.com.",
            id="uncommon.W004",
        )
    ]


def check_mail(**kwargs: Any) -> list[CheckMessage]:
    if settings.EMAIL_URL.startswith(("smtp://", "smtp+tls://")):
        return []
    return [
        Warning(
            "EMAIL_URL is not set: invitations and password links are printed, not sent.",
            hint="Set EMAIL_URL, for example smtp+tls://user:password@mail.example.com:587.",
            id="uncommon.W005",
        )
    ]


def check_cache(**kwargs: Any) -> list[CheckMessage]:
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith(("LocMemCache", "DummyCache")):
        return []
    return [
        Warning(
            "The cache is local to each process: sign-in throttling would count once per process.",
            hint="Set REDIS_URL, or leave it unset to keep the cache in the database.",
            id="uncommon.W006",
        )
    ]


def check_assistant(**kwargs: Any) -> list[CheckMessage]:
    """Off is well; half set, or sending conversations and the key unencrypted to another machine, is not."""
    url, model, key = settings.ASSISTANT_URL, settings.ASSISTANT_MODEL, settings.ASSISTANT_KEY
    if not url and not model and not key:
        return []
    address = urlsplit(url)
    if not url or not model or address.scheme not in {"http", "https"} or not address.hostname or address.username:
        return [
            Error(
                "ASSISTANT_URL, ASSISTANT_MODEL and ASSISTANT_KEY are not set together: the assistant is off or cannot be called.",
                hint="Set ASSISTANT_URL, for example https://llm.example.com/v1, and ASSISTANT_MODEL; or neither. "
                "The key stands in ASSISTANT_KEY, not in the address.",
                id="uncommon.E008",
            )
        ]
    if address.scheme == "http" and address.hostname not in LOCAL_HOSTS:
        return [
            Warning(
                "ASSISTANT_URL is not https: conversations and the key would cross the network unencrypted.",
                hint="Use https, or run the assistant on this machine.",
                id="uncommon.W008",
            )
        ]
    return []


def check_content_origin(**kwargs: Any) -> list[CheckMessage]:
    """Packages are foreign script: on the site's own host name they could act as whoever opens them. Unset is well: none is played."""
    origin = settings.CONTENT_ORIGIN
    if not origin:
        return []
    if host_and_port(origin) is None or urlsplit(origin).path not in {"", "/"}:
        return [
            Error(
                f"CONTENT_ORIGIN is “{origin}”, which is no origin.",
                hint="Set it to scheme and host name, for example https://content.learn.example.com.",
                id="uncommon.E009",
            )
        ]
    sites = [settings.BASE_URL, *settings.CSRF_TRUSTED_ORIGINS]
    if any(is_same_host(origin, site) for site in sites):
        return [
            Error(
                "CONTENT_ORIGIN is the host name of the site itself: packages could read and do there what their viewer can. "
                "Another port does not keep them apart.",
                hint="Give packages a host name of their own, for example https://content.learn.example.com.",
                id="uncommon.E010",
            )
        ]
    if urlsplit(origin).scheme != urlsplit(settings.BASE_URL).scheme:
        return [
            Warning(
                "CONTENT_ORIGIN and BASE_URL differ in http and https: browsers refuse to show one inside the other.",
                hint="Use https for both.",
                id="uncommon.W009",
            )
        ]
    return []


def check_badges(**kwargs: Any) -> list[CheckMessage]:
    """Off is well; on without a key that can sign, or at an address that nobody believes, is not."""
    if not settings.OPEN_BADGES:
        return []
    try:
        keys_from(settings.OPEN_BADGES_KEY)
    except BadKey as problem:
        return [Error(str(problem), hint="Set OPEN_BADGES_KEY and keep it, or unset OPEN_BADGES.", id="uncommon.E011")]
    if urlsplit(settings.BASE_URL).scheme != "https":
        return [
            Warning(
                f"OPEN_BADGES is on and BASE_URL is {settings.BASE_URL}: nobody can check who signed a badge.",
                hint="Set BASE_URL to the public https address; its /.well-known/did.json must open.",
                id="uncommon.W010",
            )
        ]
    return []


def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] != "foundation.sqlite" or sqlite_version() >= SAFE_SQLITE:
        return []
    return [
        Warning(
            f"SQLite {'.'.join(map(str, sqlite_version()))} can damage a database in WAL mode when two connections write.",
            hint="Install the pysqlite3 wheel, use SQLite 3.51.3 or newer, or set DATABASE_URL to PostgreSQL.",
            id="uncommon.W007",
        )
    ]


def sqlite_version() -> tuple[int, ...]:
    return sqlite3.sqlite_version_info
