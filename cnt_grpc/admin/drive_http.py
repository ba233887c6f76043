"""Requests to Google Drive: bounded in time and size, never inside a transaction, and no further than its own host."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from cnt_grpc.kit.errors import NotFound, Precondition, Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.admin.v1.reason import Reason
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

TIMEOUT: Final = 10.0
"""Seconds for one question, and until the first byte of a file."""
SILENCE: Final = 30.0
"""Seconds without a byte after which a download is taken for dead."""
LARGEST_ANSWER: Final = 4_000_000
"""Bytes of JSON: a hundred files of a folder, with the longest names."""
_BLOCK: Final = 256 * 1024

_OK, _PARTIAL = 200, 206
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 401, 403, 404, 429
_SERVER_ERRORS = 500
_SLOWER: Final = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "sharingRateLimitExceeded"}
)


class TokenEndedError(Exception):
    """Drive does not take this access token any more: get a new one and ask again."""


@dataclass
class DriveHttp:
    """The connections to Google Drive of one process."""

    _party: Party = field(default_factory=lambda: Party("google drive", TIMEOUT))
    _session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        verb: str,
        url: str,
        **given: Any,  # noqa: ANN401  (aiohttp's own)
    ) -> tuple[int, Mapping[str, Any]]:
        """The status, below 500, and the JSON of an answer; raises Unavailable. Redirects are not followed."""
        async with self._party.call():
            try:
                async with self._connections().request(verb, url, allow_redirects=False, **given) as reply:
                    return reply.status, await _json(reply)
            except (aiohttp.ClientError, aiohttp.InvalidURL) as error:
                raise OSError(type(error).__name__) from error

    async def told(self, url: str, token: str, **query: str) -> Mapping[str, Any]:
        """What Drive says to a question of ours.

        Raises TokenEndedError, NotFound, Precondition for what it refuses, and Unavailable.
        """
        status, answer = await self.ask("GET", url, params=query, headers=_bearer(token))
        if status != _OK:
            raise _refusal(status, answer, self._party)
        return answer

    @asynccontextmanager
    async def bytes_of(self, url: str, token: str, offset: int, **query: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file from an offset on; what ends them early is an OSError, or a TimeoutError.

        Raises the same as `told`.
        """
        headers = _bearer(token) | ({"Range": f"bytes={offset}-"} if offset else {})
        patience = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT, sock_read=SILENCE)
        async with self._party.call():
            try:
                reply = await self._connections().get(
                    url, params=query, headers=headers, allow_redirects=False, timeout=patience
                )
            except (aiohttp.ClientError, aiohttp.InvalidURL) as error:
                raise OSError(type(error).__name__) from error
            try:
                if reply.status not in {_OK, _PARTIAL}:
                    raise _refusal(reply.status, await _json(reply), self._party)
                if offset and not reply.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                    raise OSError("Drive did not go on from where we asked")
            except BaseException:
                reply.close()
                raise
        try:
            yield _pieces(reply)
        finally:
            reply.close()

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No cookies, and no compression: ranges count the bytes of the file itself.
            headers = {"Accept-Encoding": "identity"}
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers=headers)
        return self._session


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _pieces(reply: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for piece in reply.content.iter_chunked(_BLOCK):
            yield piece
    except aiohttp.ClientError as error:
        raise OSError(type(error).__name__) from error


async def _json(reply: aiohttp.ClientResponse) -> Mapping[str, Any]:
    if reply.status >= _SERVER_ERRORS:
        raise OSError(f"Drive answered with status {reply.status}")
    found = bytearray()
    async for piece in reply.content.iter_chunked(64 * 1024):
        found += piece
        if len(found) > LARGEST_ANSWER:
            raise OSError("Drive answered with more than we take")
    try:
        answer = json.loads(found or b"{}")
    except ValueError as error:
        raise OSError("Drive answered with something that is no JSON") from error
    if not isinstance(answer, dict):
        raise OSError("Drive answered with something unexpected")
    return answer


def _refusal(status: int, answer: Mapping[str, Any], party: Party) -> Exception:
    error = answer.get("error")
    errors = error.get("errors") if isinstance(error, dict) else None
    reason = errors[0].get("reason", "") if isinstance(errors, list) and errors and isinstance(errors[0], dict) else ""
    if status == _UNAUTHORIZED:
        return TokenEndedError()
    if status == _TOO_MANY or (status == _FORBIDDEN and reason in _SLOWER):
        party.failed()
        return Unavailable(CommonReason.PARTY_UNAVAILABLE, "Google Drive asks us to be slower", party=party.name)
    if status == _NOT_FOUND:
        return NotFound(Reason.DRIVE_FILE_NOT_FOUND)
    return Precondition(Reason.DRIVE_FILE_REFUSED, "Google Drive does not let us read that")
