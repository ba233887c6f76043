"""Requests to Google: bounded in time and size, and never inside a transaction."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from cnt_grpc.kit.outside import Party

TIMEOUT = 5.0
"""Seconds for one request."""

LARGEST_ANSWER = 256 * 1024
"""Bytes of JSON."""

OK = 200
_SERVER_ERRORS = 500
_TOO_MANY = 429
"""Google wants fewer calls, which says nothing about what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Google said."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None
    """None when it was larger than we take."""

    def json(self) -> Mapping[str, Any]:
        """The body as a JSON object; raises OSError when it is none."""
        try:
            found = json.loads(self.body or b"")
        except ValueError as error:
            raise OSError("Google answered with something that is no JSON") from error
        if not isinstance(found, dict):
            raise OSError("Google answered with something unexpected")
        return found


class GoogleHttp:
    """The connections to Google of one process."""

    def __init__(self) -> None:
        self._party = Party("google", TIMEOUT)
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def request(
        self,
        verb: str,
        url: str,
        *,
        most: int = LARGEST_ANSWER,
        **given: Any,  # noqa: ANN401  (aiohttp's own)
    ) -> AsyncIterator[Answer]:
        """An answer, whatever its status below 500 other than 429; raises Unavailable. Redirects are not followed.

        What reads the answer stands in the block, so that an answer that makes no sense counts as none.
        """
        async with self._party.call():
            if self._session is None:
                self._session = aiohttp.ClientSession()
            try:
                async with self._session.request(verb, url, allow_redirects=False, **given) as reply:
                    if reply.status >= _SERVER_ERRORS or reply.status == _TOO_MANY:
                        raise OSError(f"Google answered with status {reply.status}")
                    answer = Answer(reply.status, reply.headers, await _read(reply.content, most))
            except (aiohttp.ClientError, aiohttp.InvalidURL) as error:
                raise OSError(type(error).__name__) from error
            yield answer

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


async def _read(content: aiohttp.StreamReader, most: int) -> bytes | None:
    found = bytearray()
    async for piece in content.iter_chunked(64 * 1024):
        found += piece
        if len(found) > most:
            return None
    return bytes(found)
