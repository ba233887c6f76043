"""Deepgram: turns speech into words while it is spoken, and words into speech."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

if TYPE_CHECKING:
    import httpx
    from deepgram import AsyncDeepgramClient
    from deepgram.listen.v1.socket_client import AsyncV1SocketClient

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
_LEAVING: Final = 1.0
"""Seconds for a goodbye: the library itself would wait ten for one that does not come."""
_OURS: Final = frozenset({400, 404, 413, 422})
"""Statuses that blame one request: others may well be answered, so they put the party to no rest."""


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
    """Deepgram by its own library, which is loaded when somebody speaks first."""

    def __init__(self, key: str, url: str) -> None:
        self.party = Party("deepgram", PATIENCE)
        self._key = key
        self._url = url.rstrip("/")
        self._http: httpx.AsyncClient | None = None
        self._client: AsyncDeepgramClient | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """See Speech."""
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=_LEAVING)
        if self._http is not None:
            await self._http.aclose()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        """See Speech."""
        client, stack = await self._library(), AsyncExitStack()
        with self.told():
            async with self.party.call():
                socket = await stack.enter_async_context(
                    client.listen.v1.connect(
                        model="nova-3",
                        encoding="linear16",
                        sample_rate=HEARD_RATE,
                        channels=1,
                        punctuate="true",
                        interim_results="true",
                        endpointing=500,  # milliseconds of silence
                        utterance_end_ms=1000,
                        vad_events="true",
                    )
                )
        ear = _Ear(self, socket)
        alive = asyncio.create_task(ear.keep_alive())
        try:
            yield ear
        finally:
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)
            # Cancelled, the library would go on waiting all the same: it ends by itself.
            leaving = asyncio.create_task(stack.aclose(), name="goodbye to Deepgram")
            self._leaving.add(leaving)
            leaving.add_done_callback(self._left)
            await asyncio.wait([leaving], timeout=_LEAVING)

    async def speak(self, words: str) -> AsyncGenerator[bytes, None]:
        """See Speech."""
        client = await self._library()
        pieces = client.speak.v1.audio.generate(
            text=words,
            model="aura-2-andromeda-en",
            encoding="linear16",
            sample_rate=SPOKEN_RATE,
            container="none",
            request_options={"chunk_size": PIECE},
        )
        with self.told():
            async with aclosing(pieces) as pieces:
                while True:
                    async with self.party.call():
                        came = await anext(pieces, None)
                    if came is None:
                        return
                    if whole := len(came) & ~1:  # the last piece may end in the middle of a sample
                        yield came[:whole]

    async def _library(self) -> "AsyncDeepgramClient":
        if self._client is None:
            # In a thread: whoever else is served by this process must not wait for it.
            deepgram = await asyncio.to_thread(importlib.import_module, "deepgram")
            httpx = await asyncio.to_thread(importlib.import_module, "httpx")
        if self._client is None:
            socket = "ws" + self._url.removeprefix("http")
            self._http = httpx.AsyncClient(timeout=PATIENCE)
            self._client = deepgram.AsyncDeepgramClient(
                api_key=self._key,
                max_retries=0,
                httpx_client=self._http,
                environment=deepgram.environment.DeepgramClientEnvironment(
                    base=self._url, production=socket, agent=socket, agent_rest=self._url
                ),
            )
        return self._client

    def _left(self, leaving: asyncio.Task[None]) -> None:
        self._leaving.discard(leaving)
        if not leaving.cancelled():
            leaving.exception()  # seen: whatever breaks while we leave concerns nobody

    @contextmanager
    def told(self) -> Iterator[None]:
        """What the library raises, as the one refusal that callers know."""
        import httpx  # noqa: PLC0415
        from deepgram.core.api_error import ApiError  # noqa: PLC0415
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        try:
            yield
        except ApiError as error:
            if error.status_code not in _OURS:
                self.party.failed()
            _log.error("Deepgram refuses", status=error.status_code)
            raise Unavailable(
                CommonReason.PARTY_UNAVAILABLE, f"deepgram: {error.status_code}", party="deepgram"
            ) from None  # it holds the key
        except (httpx.HTTPError, WebSocketException) as error:
            raise self.closed(type(error).__name__) from error

    def closed(self, why: str) -> Unavailable:
        """The refusal of a connection that broke, or that Deepgram has ended by itself."""
        self.party.failed()
        _log.warning("Deepgram fails", error=why)
        return Unavailable(CommonReason.PARTY_UNAVAILABLE, "deepgram does not answer", party="deepgram")


class _Ear:
    """One WebSocket to Deepgram."""

    def __init__(self, owner: Deepgram, socket: "AsyncV1SocketClient") -> None:
        self._owner = owner
        self._socket = socket

    async def hear(self, sound: bytes) -> None:
        """See Ear."""
        with self._owner.told():
            async with self._owner.party.call():
                await self._socket.send_media(sound)

    async def finish(self) -> None:
        """See Ear."""
        with self._owner.told():
            async with self._owner.party.call():
                await self._socket.send_finalize()

    async def keep_alive(self) -> None:
        """Say now and then that we are there."""
        while True:
            await asyncio.sleep(_KEEP_ALIVE)
            await self._socket.send_keep_alive()

    async def heard(self) -> AsyncIterator[Heard]:
        """See Ear."""
        with self._owner.told():
            async for told in self._socket:
                found = _understood(told)
                if found is not None:
                    yield found
        raise self._owner.closed("it ended")


def _understood(told: Any) -> Heard | None:  # noqa: ANN401  (the library does not check what it gives)
    match getattr(told, "type", None):
        case "Results" if told.channel.alternatives:
            ends = bool(told.speech_final or told.from_finalize)
            return Heard(told.channel.alternatives[0].transcript, bool(told.is_final), ends)
        case "UtteranceEnd":
            return Heard("", is_final=True, ends=True)
        case _:
            return None
