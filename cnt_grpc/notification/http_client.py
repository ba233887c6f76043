"""Requests to the parties that send for us over HTTP: bounded in time and size, and never inside a transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.common.v1.reason import Reason

_LARGEST_ANSWER = 64 * 1024
_SERVER_ERRORS = 500
_TOO_MANY = 429


class TryLater(Unavailable):
    """The party is there, and asks to be left alone for a while."""

    def __init__(self, party: str, seconds: float) -> None:
        super().__init__(Reason.PARTY_UNAVAILABLE, f"{party} wants fewer calls", party=party)
        self.seconds = seconds
        """How long; 0 where it did not say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the party said."""

    status: int
    body: Mapping[str, Any]
    """Empty where it was no JSON object."""


class HttpClient:
    """The connections to one party of one process."""

    def __init__(self, party: Party, *, connections: int = 20) -> None:
        self.party = party
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, **given: Any) -> Answer:  # noqa: ANN401  (aiohttp's own)
        """An answer with a status below 500 other than 429; raises Unavailable, and TryLater where it is asked to.

        Redirects are not followed: they would take our keys elsewhere.
        """
        async with self.party.call():
            if self._session is None:
                self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=self._connections))
            try:
                async with self._session.post(url, allow_redirects=False, **given) as reply:
                    answer = Answer(reply.status, _json_object(await _read(reply.content)))
                    pause = _seconds(reply.headers.get("Retry-After", ""))
            except (aiohttp.ClientError, aiohttp.InvalidURL) as error:
                raise OSError(type(error).__name__) from error
            if answer.status >= _SERVER_ERRORS and not pause:
                raise OSError(f"{self.party.name} answered with status {answer.status}")
        if answer.status >= _SERVER_ERRORS or answer.status == _TOO_MANY:
            raise TryLater(self.party.name, pause)
        return answer

    def away(self, why: str) -> Unavailable:
        """What to raise when an answer means that the party does not work now."""
        return Unavailable(Reason.PARTY_UNAVAILABLE, why, party=self.party.name)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


async def _read(content: aiohttp.StreamReader) -> bytes:
    found = bytearray()
    async for piece in content.iter_chunked(_LARGEST_ANSWER):
        found += piece
        if len(found) > _LARGEST_ANSWER:
            return b""
    return bytes(found)


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(retry_after: str) -> float:
    # The other form, a date, is as good as none: our own pauses are longer.
    return min(float(retry_after), 3600.0) if retry_after.isdecimal() else 0.0
