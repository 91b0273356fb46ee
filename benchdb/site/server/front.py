"""The door: refuses what is not served, answers from memory what was asked before, and gives every answer its headers."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from benchdb.site.server.problems import MEDIA_TYPE, ProblemError, problem_of
from benchdb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from benchdb.site.server.asking import Asker

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOG = logging.getLogger("benchdb.access")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
"""Names of a server on loopback."""
WITH_BODY = frozenset({"/api/v1/verify"})
"""Addresses that take a body, and POST alone."""
_COMPRESSED_FROM = 1000
_LARGEST_BODY = 65536
_LEVEL = 5
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_ANYBODY = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After"),
)
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"If-None-Match, Content-Type"),
    (b"access-control-max-age", b"86400"),
)


@dataclass(slots=True, kw_only=True)
class Reply:
    """One whole answer, ready to be sent again."""

    status: int
    """Status code of HTTP."""
    headers: list[tuple[bytes, bytes]]
    """Headers but for those about its length and encoding."""
    body: bytes
    """The body as it is."""
    compressed: bytes | None = None
    """The body by gzip, once somebody has asked for it."""

    def packed(self) -> bytes:
        """Return the body by gzip; the same bytes for the same body."""
        if self.compressed is None:
            self.compressed = gzip.compress(self.body, _LEVEL, mtime=0)
        return self.compressed


class Guard(NamedTuple):
    """Who may ask, and how."""

    hosts: frozenset[str] | None = LOOPBACK
    """Names that requests may call this server by; None is any. Keeps pages of other sites from asking by a name of their own."""
    cors: bool = False
    """Whether pages of other sites may read the answers."""
    log: bool = True
    """Whether each request is logged."""


@dataclass(slots=True)
class _Kept:
    """Answers by request and state, those used last kept."""

    most: int
    n_bytes: int = 0
    replies: OrderedDict[bytes, Reply] = field(default_factory=OrderedDict)

    def find(self, key: bytes) -> Reply | None:
        reply = self.replies.get(key)
        if reply is not None:
            self.replies.move_to_end(key)
        return reply

    def keep(self, key: bytes, reply: Reply) -> None:
        size = 2 * len(reply.body)  # with its compressed twin at most
        if size > self.most or key in self.replies:
            return
        self.replies[key] = reply
        self.n_bytes += size
        while self.n_bytes > self.most:
            self.n_bytes -= 2 * len(self.replies.popitem(last=False)[1].body)


class Front:
    """An ASGI application around the one that computes answers."""

    def __init__(self, app: App, asker: Asker, guard: Guard) -> None:
        self._app = app
        self._asker = asker
        self._guard = guard
        self._kept = _Kept(asker.limits.kept_bytes)
        self._coming: dict[bytes, asyncio.Task[Reply]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass on what is none.

        Args:
            scope: What is asked, as ASGI has it.
            receive: Gives the body of the request, which is read only where an address takes one.
            send: Takes the answer.
        """
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        try:
            reply, tag = await self._reply(scope, headers, receive)
        except ProblemError as problem:
            reply, tag = _reply_of(problem), None
        sent = await self._send(scope, headers, reply, tag, send)
        if self._guard.log:
            _log(scope, *sent, time.perf_counter() - started)

    async def _reply(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> tuple[Reply, bytes | None]:
        if scope["method"] == "OPTIONS" and self._guard.cors:
            return Reply(status=204, headers=list(_PREFLIGHT), body=b""), None
        target = _target(scope)
        self._refuse(scope, headers, target)
        if scope["method"] == "POST":
            limit = self._asker.limits.body_bytes
            return await _run(self._app, scope, await _body(headers, receive, limit)), None
        state = self._asker.known_state()
        if state is None:
            state = await self._asker.state()
        key = blake2b(b"\0".join((__version__.encode(), state.encode(), target)), digest_size=16).digest()
        reply = self._kept.find(key)
        if reply is None:
            if _matches(headers, _tag(key)):
                return Reply(status=200, headers=[], body=b""), _tag(key)
            reply = await self._computed(scope, key, state)
        return reply, _tag(key) if _is_kept(reply) else None

    def _refuse(self, scope: Scope, headers: dict[bytes, bytes], target: bytes) -> None:
        takes_body = scope["path"] in WITH_BODY
        methods = ("POST",) if takes_body else ("GET", "HEAD")
        if scope["method"] not in methods:
            raise ProblemError.not_allowed(*methods)
        hosts = self._guard.hosts
        if hosts is not None and _host(headers) not in hosts:
            detail = "Address it as localhost or 127.0.0.1, or start it with --allow-host NAME."
            raise ProblemError(421, "wrong-host", detail)
        if len(target) > self._asker.limits.target_bytes:
            limit = self._asker.limits.target_bytes
            raise ProblemError(414, "too-large", f"The address may have {limit} bytes, and has {len(target)}.")
        if takes_body:
            return
        length = headers.get(b"content-length", b"0")
        if b"transfer-encoding" in headers or not length.isdigit() or int(length[:9]) > _LARGEST_BODY:
            raise ProblemError(413, "too-large", "A question has no body.")

    async def _computed(self, scope: Scope, key: bytes, state: str) -> Reply:
        """Return what the application answers; who asks the same meanwhile waits for the same answer."""
        task = self._coming.get(key)
        if task is None:
            task = asyncio.create_task(self._compute(scope, key, state))
            self._coming[key] = task
            task.add_done_callback(lambda _task: self._coming.pop(key, None))
        return await asyncio.shield(task)

    async def _compute(self, scope: Scope, key: bytes, state: str) -> Reply:
        reply = await _run(self._app, {**scope, "method": "GET"})
        if _is_kept(reply):
            if await self._asker.state() == state:
                self._kept.keep(key, reply)
            else:
                reply.headers.append((b"cache-control", b"no-store"))
        return reply

    async def _send(
        self, scope: Scope, headers: dict[bytes, bytes], reply: Reply, tag: bytes | None, send: Send
    ) -> tuple[int, int]:
        status, body = reply.status, reply.body
        found = [*reply.headers, *_SAFE]
        names = {name for name, _ in reply.headers}
        if b"content-security-policy" not in names:
            found.append(_POLICY)
        if self._guard.cors:
            found += _ANYBODY
        if tag is not None:
            found += [(b"etag", tag), (b"cache-control", b"no-cache"), (b"vary", b"accept-encoding")]
            if _matches(headers, tag):
                status, body = 304, b""
                found = [each for each in found if each[0] not in {b"content-type", b"link"}]
        elif b"cache-control" not in names:
            found.append((b"cache-control", b"no-store"))
        if len(body) >= _COMPRESSED_FROM and _takes_gzip(headers):
            body = reply.packed()
            found.append((b"content-encoding", b"gzip"))
        if status not in {204, 304}:
            found.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": found})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        return status, len(body)


async def _body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Return the body of a request that is JSON and not too large; no more than that is ever read."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        raise ProblemError(415, "wrong-type", "Send it as application/json.")
    too_large = ProblemError(413, "too-large", f"The body may have {limit} bytes.")
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:19]) > limit:
        raise too_large
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ProblemError(400, "bad-request", "The body ended before its end.")
        found += message.get("body", b"")
        if len(found) > limit:
            raise too_large
        if not message.get("more_body", False):
            return bytes(found)


async def _run(app: App, scope: Scope, body: bytes = b"") -> Reply:
    """Return the whole answer of an application."""
    reply = Reply(status=500, headers=[], body=b"")
    parts: list[bytes] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
        else:
            parts.append(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the caller gets a problem and the log the traceback
        return _reply_of(problem_of(error))
    reply.body = b"".join(parts)
    return reply


def _reply_of(problem: ProblemError) -> Reply:
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    headers += [(name.encode(), value.encode()) for name, value in problem.headers().items()]
    return Reply(status=problem.status, headers=headers, body=orjson.dumps(problem.body()))


def _is_kept(reply: Reply) -> bool:
    return reply.status == 200 and not any(name == b"cache-control" for name, _ in reply.headers)


def _target(scope: Scope) -> bytes:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path.partition(b"?")[0] + (b"?" + query if query else b"")


def _host(headers: dict[bytes, bytes]) -> str:
    """Return the host that a request names, without its port."""
    host = headers.get(b"host", b"").decode("latin-1").lower()
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() and not (":" in name and not name.endswith("]")) else host


def _tag(key: bytes) -> bytes:
    return b'W/"' + key.hex().encode() + b'"'


def _matches(headers: dict[bytes, bytes], tag: bytes) -> bool:
    asked = headers.get(b"if-none-match")
    if asked is None:
        return False
    return asked.strip() == b"*" or tag.removeprefix(b"W/") in {
        each.strip().removeprefix(b"W/") for each in asked.split(b",")
    }


def _takes_gzip(headers: dict[bytes, bytes]) -> bool:
    for each in headers.get(b"accept-encoding", b"").split(b","):
        name, _, quality = each.replace(b" ", b"").partition(b";q=")
        if name in {b"gzip", b"*"}:
            return quality not in {b"0", b"0.0", b"0.00", b"0.000"}
    return False


def _log(scope: Scope, status: int, n_bytes: int, seconds: float) -> None:
    client = (scope.get("client") or ("-",))[0]
    target = _target(scope).decode("ascii", "backslashreplace")
    shown = "".join(each if each.isprintable() else "?" for each in target[:300])
    _LOG.info("%s %s %s %d %d %.1f ms", client, scope["method"], shown, status, n_bytes, seconds * 1000)
