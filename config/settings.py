"""Settings, driven by the environment. `docs/operations/configuration.md` explains each variable."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.env import env_flag, env_number
from config.front_end import H5P_FILES

BASE_DIR = Path(__file__).resolve().parent.parent


DEBUG = env_flag("DEBUG", default=False)
# Served over https? Decides Secure cookies, HSTS and the redirect. Only the demo turns it off.
HTTPS = env_flag("HTTPS", default=not DEBUG)
DATA_DIR = Path(os.environ.get("UNCOMMON_DATA", BASE_DIR / "var"))

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Put a long random value into the environment, "
            "or start through ./uncommon, which keeps one for you."
        )
    SECRET_KEY = "for-development-only-" + "x" * 40
# Earlier keys, separated by commas: what they signed (sessions, links in mails) stays good until they are taken out.
SECRET_KEY_FALLBACKS = [k.strip() for k in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if k.strip()]

# Encrypts stored secrets; several separated by commas: the first writes, all read. Empty: SECRET_KEY is used.
SECRETS_KEY = os.environ.get("SECRETS_KEY", "")

ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
BASE_URL = os.environ.get("BASE_URL", "http://localhost:8000")
# Where SCORM packages run: another host name than the site's own. Empty: none is played.
CONTENT_ORIGIN = os.environ.get("CONTENT_ORIGIN", "").strip().rstrip("/")
if CONTENT_ORIGIN and (_content_host := urlsplit(CONTENT_ORIGIN).hostname) and _content_host not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_content_host)
SITE_NAME = "Uncommon"
# Hosts ("name" or "name:port") that may be called although they are not public, or listen on another port than 80 and 443.
OUTGOING_ALLOWED_HOSTS = [h for h in os.environ.get("OUTGOING_ALLOWED_HOSTS", "").split(",") if h]
# An assistant that proposes answers to reviewers, at any address of the OpenAI form; off where these are not set.
ASSISTANT_URL = os.environ.get("ASSISTANT_URL", "").strip()
ASSISTANT_MODEL = os.environ.get("ASSISTANT_MODEL", "").strip()
ASSISTANT_KEY = os.environ.get("ASSISTANT_KEY", "").strip()
# Certificates as Open Badges 3.0 as well; the key is base64 of 32 random bytes, several separated by commas.
OPEN_BADGES = env_flag("OPEN_BADGES", default=False)
OPEN_BADGES_KEY = os.environ.get("OPEN_BADGES_KEY", "")

INSTALLED_APPS = [
    "config",
    "demo",
    "coaching.dashboards",
    "coaching.playbook",
    "coaching.signals",
    "coaching.feeds",
    "coaching.surveys",
    "coaching.connectors",
    "coaching.metrics",
    "coaching.quality",
    "coaching.interactions",
    "learning.classroom",
    "learning.statements",
    "learning.enrolment",
    "learning.quizzes",
    "learning.paths",
    "learning.packages",
    "learning.group_sessions",
    "learning.practice",
    "learning.assignments",
    "learning.feedback",
    "learning.certificates",
    "learning.modules",
    "cms",
    "operations",
    "people",
    "foundation",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django_filters",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before everything that knows files, sessions or people: the host of foreign packages answers launches and nothing else.
    "learning.packages.middleware.ContentOrigin",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.WagtailAdminPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.ActingAs",
    # Every page asks for a sign-in unless its view says otherwise (@login_not_required).
    "people.middleware.SignInFirst",
    "cms.middleware.EditorsOnly",
    "people.middleware.SessionRotation",
    "people.middleware.PersonalPreferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["foundation.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- Database -----------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'uncommon.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "foundation.sqlite"  # with a queue for writers: docs/decisions/0009
    # Measured: WAL with IMMEDIATE transactions and 20 s of patience gives no "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Compiling a statement takes a third of a second, and pays only for reports over whole tables, which nothing here asks
    # for: measured, one person's week of ten thousand cases is read in 102 ms without it and in 481 ms with it.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or os.environ.get("CACHE_URL") or ""
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    # Shared by all processes, so that sign-in throttling counts across them.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "uncommon_cache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Sign-in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_MAX_AGE_DAYS = 7
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Per account and per address; a correct reset link still works while an account is throttled.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,20/24h/key,20/h/ip", "login": "60/m/ip", "reset_password": "20/h/ip,5/h/key"}

SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env_flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # without a proxy, X-Forwarded-For is not believed
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# Wagtail's admin has inline scripts (date choosers) and frames its own previews.
WAGTAIL_ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'; form-action 'self'"
)

# --- Language and time --------------------------------------------------------------------
LANGUAGE_CODE = "en"
# A language is offered once its translation is complete; every string is marked for it.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# The organisation's own zone: days of teams and figures without a person are counted in it.
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")

# --- Files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "foundation.staticfiles.NpmFinder",
]
# Only what the pages use leaves node_modules; package-lock.json pins the versions.
NPM_ROOT = BASE_DIR / "node_modules"
NPM_FILES = [
    "bootstrap/dist/css/bootstrap.min.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
    "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-italic.woff2",
    # Served on the content host only (learning/packages/content_views.py).
    "scorm-again/dist/scorm12.min.js",
    "scorm-again/dist/scorm2004.min.js",
    *H5P_FILES,
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "foundation.staticfiles.HashedStaticFiles"},
}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
PACKAGE_ROOT = DATA_DIR / "packages"  # SCORM packages as they came: never under a public address either
IMPORT_ROOT = DATA_DIR / "imports"  # uploads and error files: never under a public address
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# What an import reads at most: an upload; a line; a file unpacked (CSV.gz, XLSX); times that an XLSX may grow.
IMPORT_MAX_BYTES = env_number("IMPORT_MAX_BYTES", default=500 * 1024**2)
IMPORT_MAX_LINE_BYTES = env_number("IMPORT_MAX_LINE_BYTES", default=16 * 1024**2)
IMPORT_MAX_UNPACKED_BYTES = env_number("IMPORT_MAX_UNPACKED_BYTES", default=20 * 1024**3)
IMPORT_MAX_XLSX_BYTES = env_number("IMPORT_MAX_XLSX_BYTES", default=2 * 1024**3)
IMPORT_MAX_XLSX_RATIO = env_number("IMPORT_MAX_XLSX_RATIO", default=200)
IMPORT_CHUNK_ROWS = env_number("IMPORT_CHUNK_ROWS", default=30_000)

# --- Mail ---------------------------------------------------------------------------------
EMAIL_URL = os.environ.get("EMAIL_URL", "console://")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Uncommon <uncommon@localhost>")
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if EMAIL_URL.startswith("smtp"):
    from urllib.parse import unquote

    _mail = urlsplit(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 10

# --- Wagtail and forms --------------------------------------------------------------------
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
# Neither the gravatar service nor the release check is called: nothing leaves this host unasked.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_I18N_ENABLED = False  # modules have a language of their own: docs/decisions/0041
TAGGIT_CASE_INSENSITIVE = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "cms.rich_text_editor.ForgivingRichTextArea"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # everything is a download; nothing opens inside our pages
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "mp4", "odt", "pdf", "pptx", "txt", "vtt", "webm", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 200 * 1024 * 1024
WAGTAILDOCS_CONTENT_TYPES = {"vtt": "text/vtt", "mp4": "video/mp4", "webm": "video/webm"}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no remote embeds: they would tell another host who reads what
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # It would write down every address that is called, with all that stands in it.
    "loggers": {"httpx2": {"level": "WARNING"}},
}
