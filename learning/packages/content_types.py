"""What kinds of files a package may hold, and as what they are served: our table, never the package's word."""

from __future__ import annotations

from pathlib import PurePosixPath

# Served, with exactly this content type. Everything else stays in the zip.
CONTENT_TYPES = {
    "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml",
    "css": "text/css", "js": "text/javascript", "mjs": "text/javascript", "json": "application/json",
    "xml": "text/xml", "xsd": "text/xml", "dtd": "application/xml-dtd", "xsl": "text/xml", "txt": "text/plain", "map": "application/json",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "ico": "image/x-icon", "bmp": "image/bmp", "avif": "image/avif",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf", "eot": "application/vnd.ms-fontobject",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "wav": "audio/wav", "aac": "audio/aac",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg",
    "vtt": "text/vtt", "srt": "text/plain", "pdf": "application/pdf", "wasm": "application/wasm",
}  # fmt: skip

# Programs and scripts of servers: no lesson needs them, and a package that has them was made for something else.
FORBIDDEN = {
    "php", "php3", "php4", "php5", "php7", "phps", "phtml", "phar", "cgi", "pl", "py", "pyc", "rb", "sh", "bash", "asp", "aspx",
    "ashx", "jsp", "jspx", "war", "jar", "exe", "dll", "so", "bat", "cmd", "com", "msi", "ps1", "vbs", "scr", "hta", "htaccess",
    "htpasswd", "shtml",
}  # fmt: skip


def extension_of(name: str) -> str:
    """The ending without its dot, in small letters; of ".htaccess" it is "htaccess"."""
    last = PurePosixPath(name).name
    return last.rpartition(".")[2].lower() if "." in last else ""


def is_forbidden(name: str) -> bool:
    return extension_of(name) in FORBIDDEN


def is_served(name: str) -> bool:
    return extension_of(name) in CONTENT_TYPES


def content_type_of(name: str) -> str:
    """Raises KeyError for a file that is never served."""
    return CONTENT_TYPES[extension_of(name)]
