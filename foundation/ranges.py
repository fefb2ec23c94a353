"""A part of a file over HTTP: what a player asks for to jump in a video. RFC 9110, section 14, single ranges of bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe

BLOCK = 64 * 1024
RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*$", re.IGNORECASE | re.ASCII)
LONGEST_NUMBER = 18  # digits; a file is never that long, and int() of thousands of digits takes its time


@dataclass(frozen=True)
class Unsatisfiable:
    """The range lies wholly behind the end of the file."""


def asked_range(header: str, size: int) -> tuple[int, int] | Unsatisfiable | None:
    """First and last byte that a Range header asks for, of a file of `size` bytes.

    None where the whole file is the answer: no range, another unit, several ranges, or one that makes no
    sense (RFC 9110 lets a server ignore all of these).
    """
    match = RANGE.match(header)
    if match is None:
        return None
    first, last = match.groups()
    if max(len(first), len(last)) > LONGEST_NUMBER or not (first or last):
        return None
    if not first:
        length = int(last)
        return (max(0, size - length), size - 1) if length and size else Unsatisfiable()
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    return (start, min(end, size - 1)) if start < size else Unsatisfiable()


def in_parts(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with a whole file, cut down to the part that was asked for: 206, or 416 where there is none.

    Whatever is no whole file (a redirect, 304, 404) is given back as it is, and so is the file where no part
    was asked for, or where `If-Range` names another version of it.
    """
    if not isinstance(response, FileResponse) or response.status_code != 200:
        return response
    response.headers["Accept-Ranges"] = "bytes"
    header = request.headers.get("Range", "")
    if not header or request.method != "GET" or not _still_the_same(request.headers.get("If-Range", ""), response):
        return response
    size = int(response.headers["Content-Length"])
    asked, stream = asked_range(header, size), response.file_to_stream
    if asked is None or stream is None:
        return response
    if isinstance(asked, Unsatisfiable):
        stream.close()  # not the response: closing that says that the request is over
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    first, last = asked
    stream.seek(first)
    response.streaming_content = _bytes(stream, last - first + 1)  # the response closes the file, as before
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _still_the_same(condition: str, response: HttpResponseBase) -> bool:
    """Does `If-Range` name this very version? Only a strong tag or the exact date does."""
    condition = condition.strip()
    if not condition:
        return True
    if condition.startswith('"'):
        return condition == response.headers.get("ETag")
    date = parse_http_date_safe(condition)
    return date is not None and date == parse_http_date_safe(response.headers.get("Last-Modified", ""))


def _bytes(stream: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0 and (block := stream.read(min(BLOCK, length))):
        length -= len(block)
        yield block
