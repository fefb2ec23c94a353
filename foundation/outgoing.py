"""Calls to other machines, guarded: no address of our own network is ever reached through one.

Whoever may type in a URL could otherwise make this server read what only it can reach (server-side
request forgery). Every call goes through `guarded_client`, which looks the name up itself, refuses
the connection where any of its addresses is not a public one, and connects to the very address that
was checked: a name that answers differently the next time (DNS rebinding) gains nothing. Each
redirect is a new connection, so it is checked like the first.

`settings.OUTGOING_ALLOWED_HOSTS` lists what may be reached all the same, as "host" or "host:port". A single client may be
given more of them (`also_allowed`): only for an address that the operator set, never for one that a person typed in.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import httpcore2
import httpx2
from django.conf import settings
from django.utils.translation import gettext as _

__all__ = ["AnswerTooLarge", "OutgoingRefused", "check_url", "guarded_client", "is_public_address"]

TOTAL_SECONDS = 10.0
MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
USER_AGENT = "Uncommon"

# What the standard library of Python 3.11 calls global, or does not know, and what is not reachable from outside
# or leads back inside: carrier NAT, benchmarking, relays and translators that carry an IPv4 address within an IPv6 one.
# https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip

SocketOptions: TypeAlias = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]
Resolver: TypeAlias = Callable[[str, int], list[str]]


class OutgoingRefused(httpx2.TransportError):
    """The address may not be called; the message says why. Trying again does not help."""


class AnswerTooLarge(httpx2.TransportError):
    """The other side sent more than is read, or packed it, so that its size cannot be told."""


def is_public_address(address: str) -> bool:
    """Is this IP address (text, as the resolver gives it) one of the public internet?"""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return parsed.is_global and not any(parsed in network for network in NOT_PUBLIC if network.version == parsed.version)


def check_url(url: str | httpx2.URL, also_allowed: Collection[str] = ()) -> httpx2.URL:
    """The URL, where its form may be called at all; the address behind its name is checked at connect.

    Raises OutgoingRefused for other schemes than http and https, other ports than 80 and 443, a user
    name or password within it, or an address written out that is not public.
    """
    try:
        parsed = httpx2.URL(url) if isinstance(url, str) else url
        port = parsed.port
    except (httpx2.InvalidURL, TypeError, ValueError, UnicodeError) as error:
        raise OutgoingRefused(_("This is not an address that can be called.")) from error
    if parsed.scheme not in PORTS or not parsed.host:
        raise OutgoingRefused(_("Only addresses that begin with https:// or http:// can be called."))
    if parsed.userinfo:
        raise OutgoingRefused(_("The address may not carry a user name or password. Take it out."))
    port = port or PORTS[parsed.scheme]
    if _is_allowed(parsed.host, port, also_allowed):
        return parsed
    if port not in PORTS.values():
        raise OutgoingRefused(
            _("Port %(port)s is not called. Use 443 or 80, or have the host added to OUTGOING_ALLOWED_HOSTS.") % {"port": port}
        )
    if _looks_like_address(parsed.host) and not is_public_address(parsed.host):
        raise _inside()
    return parsed


def _looks_like_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _inside() -> OutgoingRefused:
    return OutgoingRefused(
        _("This leads into a private network, which is not called. Use a public address, or have it allowed by the operator.")
    )


def _is_allowed(host: str, port: int, also_allowed: Collection[str] = ()) -> bool:
    named = host.lower().rstrip(".")
    bracketed = f"[{named}]" if ":" in named else named
    allowed = {entry.strip().lower() for entry in (*settings.OUTGOING_ALLOWED_HOSTS, *also_allowed)}
    return f"{bracketed}:{port}" in allowed or (port in PORTS.values() and bracketed in allowed)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. The resolver also reads 2130706433, 0177.0.0.1 and 0x7f.1, as browsers do."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Deadline(threading.local):
    """When the call of this thread must be over, on the monotonic clock."""

    at: float | None = None

    def left(self, timeout: float | None) -> float | None:
        if self.at is None:
            return timeout
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("The call took too long.")
        return left if timeout is None else min(left, timeout)


class _TimedStream(httpcore2.NetworkStream):
    """A connection of which every step ends by the call's deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, deadline: _Deadline, resolver: Resolver, also_allowed: Collection[str]) -> None:
        self._inner = httpcore2.SyncBackend()
        self._also_allowed = also_allowed
        self._deadline = deadline
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore2.NetworkStream:
        allowed = _is_allowed(host, port, self._also_allowed)
        if not allowed and port not in PORTS.values():
            raise OutgoingRefused(_("Port %(port)s is not called.") % {"port": port})
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(_("The name %(host)s cannot be found.") % {"host": host}) from error
        # One inner address among several is enough to refuse: which of them is taken would be the name server's choice.
        if not allowed and not all(is_public_address(address) for address in addresses):
            raise _inside()
        if not addresses:
            raise httpcore2.ConnectError(_("The name %(host)s has no address.") % {"host": host})
        stream = self._inner.connect_tcp(addresses[0], port, self._deadline.left(timeout), local_address, socket_options)
        return _TimedStream(stream, self._deadline)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: SocketOptions | None = None
    ) -> httpcore2.NetworkStream:
        raise OutgoingRefused(_("Sockets of this machine are not called."))


class _CountedStream(httpx2.SyncByteStream):
    """An answer's body, cut off where it grows too large."""

    def __init__(self, stream: httpx2.SyncByteStream, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for part in self._stream:
            seen += len(part)
            if seen > self._max_bytes:
                raise AnswerTooLarge(_("The answer is larger than %(bytes)s bytes.") % {"bytes": self._max_bytes})
            yield part

    def close(self) -> None:
        self._stream.close()


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whose certificates are believed. Read once: it takes longer than many a call."""
    return httpx2.create_ssl_context(trust_env=False)


class _GuardedTransport(httpx2.HTTPTransport):
    def __init__(self, deadline: _Deadline, max_bytes: int, resolver: Resolver, also_allowed: Collection[str]) -> None:
        # trust_env=False: a proxy named in the environment would do the look-up, behind our back.
        super().__init__(verify=_certificates(), trust_env=False)
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_certificates(),
            max_connections=10,
            max_keepalive_connections=2,
            keepalive_expiry=5.0,
            network_backend=_GuardedBackend(deadline, resolver, also_allowed),
        )
        self._also_allowed = also_allowed
        self._max_bytes = max_bytes

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        check_url(request.url, self._also_allowed)
        response = super().handle_request(request)
        stream = response.stream
        packed = response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}
        if packed or not isinstance(stream, httpx2.SyncByteStream):
            response.close()
            raise AnswerTooLarge(_("The answer came packed although it was asked for plain."))
        response.stream = _CountedStream(stream, self._max_bytes)
        return response


class _GuardedClient(httpx2.Client):
    """One call, redirects included, ends within `total_seconds`. Not to be shared between threads."""

    def __init__(self, deadline: _Deadline, total_seconds: float, **options: Any) -> None:
        super().__init__(**options)
        self._deadline = deadline
        self._total_seconds = total_seconds

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        self._deadline.at = time.monotonic() + self._total_seconds
        return super().send(request, **options)


def guarded_client(
    *,
    headers: Mapping[str, str] | None = None,
    follow_redirects: bool = True,
    total_seconds: float = TOTAL_SECONDS,
    max_bytes: int = MAX_BYTES,
    resolver: Resolver = resolve,
    also_allowed: Collection[str] = (),
) -> httpx2.Client:
    """An HTTP client that reaches public addresses only: use it as a context manager, from one thread.

    At most 3 redirects, `total_seconds` for a call with all of them, `max_bytes` of body, ports 80 and
    443, certificates checked, no proxy. Its calls raise OutgoingRefused (never try again), AnswerTooLarge,
    or httpx2's own errors; all of them are httpx2.HTTPError. `resolver` is replaced by tests. `also_allowed`: see above.
    """
    deadline = _Deadline()
    return _GuardedClient(
        deadline,
        total_seconds,
        transport=_GuardedTransport(deadline, max_bytes, resolver, also_allowed),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})},
        follow_redirects=follow_redirects,
        max_redirects=MAX_REDIRECTS,
        timeout=httpx2.Timeout(total_seconds),
        trust_env=False,
    )
