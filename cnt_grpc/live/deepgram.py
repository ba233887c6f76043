"""Deepgram: turns speech into words while it is spoken, and words into speech."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import aiohttp
import structlog

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

_log = structlog.get_logger("cnt.deepgram")

PATIENCE: Final = 6.0
"""Seconds until an ear is open, and until the next piece of speech comes."""
HEARD_RATE: Final = 16_000
SPOKEN_RATE: Final = 24_000
"""Samples a second; each is two bytes, little-endian, one channel."""
PIECE: Final = SPOKEN_RATE // 10 * 2
"""Bytes: a tenth of a second."""

_KEEP_ALIVE: Final = 4.0
"""Deepgram closes a connection on which nothing comes for ten seconds."""
_LISTENING = {
    "model": "nova-3",
    "encoding": "linear16",
    "sample_rate": HEARD_RATE,
    "channels": 1,
    "punctuate": "true",
    "interim_results": "true",
    "endpointing": 500,  # milliseconds of silence
    "utterance_end_ms": 1000,
    "vad_events": "true",
}
_SPEAKING = {
    "model": "aura-2-andromeda-en",
    "encoding": "linear16",
    "sample_rate": SPOKEN_RATE,
    "container": "none",
}

OK = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """What Deepgram makes of the sound so far."""

    words: str
    is_final: bool
    """These words stay; others are a guess that the next ones replace."""
    ends: bool
    """The person has come to an end."""


class Ear(Protocol):
    """One person who is listened to. Its methods raise Unavailable."""

    async def hear(self, sound: bytes) -> None:
        """Take in the next sound."""
        ...

    async def finish(self) -> None:
        """Have what was said until now understood at once; something that `ends` follows, unless it was nothing."""
        ...

    def heard(self) -> AsyncIterator[Heard]:
        """What is understood, as it comes; also nothing, now and then, while there is sound."""
        ...


class Speech(Protocol):
    """What the voice agent asks of a party that hears and speaks."""

    def listening(self) -> AbstractAsyncContextManager[Ear]:
        """An ear, until the block ends. Raises Unavailable."""
        ...

    def speak(self, words: str) -> AsyncGenerator[bytes, None]:
        """The words as sound, in pieces of a tenth of a second and less. Raises Unavailable."""
        ...

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...


class Deepgram:
    """Deepgram over WebSocket and HTTP."""

    def __init__(self, key: str, url: str) -> None:
        self.party = Party("deepgram", PATIENCE)
        self._headers = {"authorization": f"Token {key}"}
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """See Speech."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), headers=self._headers)
        return self._session

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        """See Speech."""
        url = f"{self._url}/v1/listen?{urlencode(_LISTENING)}"
        try:
            async with self.party.call():
                socket = await self._connections().ws_connect(url)
        except aiohttp.ClientError as error:
            raise self._failed(error) from error
        ear = _Ear(self, socket)
        alive = asyncio.create_task(ear.keep_alive())
        try:
            yield ear
        finally:
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)
            await socket.close()

    async def speak(self, words: str) -> AsyncGenerator[bytes, None]:
        """See Speech."""
        url = f"{self._url}/v1/speak?{urlencode(_SPEAKING)}"
        try:
            async with self.party.call():
                answer = await self._connections().post(url, json={"text": words})
            async with answer:
                if answer.status != OK:
                    raise self._refused(answer.status)
                rest = b""
                while True:
                    async with self.party.call():
                        came = await answer.content.read(PIECE)
                    if not came:
                        return
                    sound = rest + came
                    whole = len(sound) & ~1  # a piece may end in the middle of a sample
                    rest = sound[whole:]
                    if whole:
                        yield sound[:whole]
        except aiohttp.ClientError as error:
            raise self._failed(error) from error

    def _refused(self, status: int) -> Unavailable:
        self.party.failed()
        _log.error("Deepgram refuses", status=status)
        return Unavailable(CommonReason.PARTY_UNAVAILABLE, f"deepgram: {status}", party="deepgram")

    def _failed(self, error: Exception) -> Unavailable:
        self.party.failed()
        _log.warning("Deepgram fails", error=type(error).__name__)
        return Unavailable(CommonReason.PARTY_UNAVAILABLE, "deepgram does not answer", party="deepgram")

    def closed(self) -> Unavailable:
        """The refusal of a connection that Deepgram has ended by itself."""
        return self._failed(ConnectionResetError())


class _Ear:
    """One WebSocket to Deepgram."""

    def __init__(self, owner: Deepgram, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._owner = owner
        self._socket = socket

    async def hear(self, sound: bytes) -> None:
        """See Ear."""
        try:
            async with self._owner.party.call():
                await self._socket.send_bytes(sound)
        except aiohttp.ClientError as error:
            raise self._owner.closed() from error

    async def finish(self) -> None:
        """See Ear."""
        try:
            async with self._owner.party.call():
                await self._socket.send_json({"type": "Finalize"})
        except aiohttp.ClientError as error:
            raise self._owner.closed() from error

    async def keep_alive(self) -> None:
        """Say now and then that we are there."""
        while not self._socket.closed:
            await asyncio.sleep(_KEEP_ALIVE)
            await self._socket.send_json({"type": "KeepAlive"})

    async def heard(self) -> AsyncIterator[Heard]:
        """See Ear."""
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            found = _understood(json.loads(message.data))
            if found is not None:
                yield found
        raise self._owner.closed()


def _understood(told: dict[str, Any]) -> Heard | None:
    match told:
        case {"type": "Results", "channel": {"alternatives": [{"transcript": words}, *_]}}:
            ends = bool(told.get("speech_final") or told.get("from_finalize"))
            return Heard(words, bool(told.get("is_final")), ends)
        case {"type": "UtteranceEnd"}:
            return Heard("", is_final=True, ends=True)
        case _:
            return None
