"""One ear of a conversation: sound goes in as it comes, words come out, and silence ends a question."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live.deepgram import HEARD_RATE, Ear, Heard, Speech
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

DEAF: Final = 8.0
"""Seconds in which sound goes in and no word comes out, not even an empty one: then the ear is stuck."""
_ENOUGH: Final = HEARD_RATE * 2
"""Bytes of sound about which Deepgram says something: a second. Of less it may be silent with good reason."""
FINISHING: Final = 3.0
"""Seconds after which a question that was to be complete is taken as it is: of mere noise Deepgram says nothing."""
_LOOK: Final = 0.1
"""Seconds between two looks at these."""


class Listener(Protocol):
    """Who wants to know what is heard."""

    async def heard(self, words: str, *, is_final: bool) -> None:
        """Words of the question that goes on."""
        ...

    async def complete(self, words: str) -> None:
        """The question is complete; empty when nothing was understood although something should have been."""
        ...

    async def failed(self, error: Exception) -> None:
        """The ear failed, or what it told of did; the question is lost."""
        ...


class Listening:
    """An ear that opens with the first sound; when it fails, the next sound opens another one."""

    def __init__(self, speech: Speech, listener: Listener) -> None:
        self._speech = speech
        self._listener = listener
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue()
        """What was said and not yet passed on; None asks for completion. Its length is bounded by the pace of talk."""
        self._task: asyncio.Task[None] | None = None
        self._words: list[str] = []
        self._is_pending = False
        """Sound came that no complete question answers yet."""
        self._is_ending = False
        self._unheard = 0
        """Bytes of sound since Deepgram last said anything."""
        self._unheard_since = 0.0
        self._finishing_since: float | None = None
        self._settled = asyncio.Event()
        self._settled.set()

    def hear(self, sound: bytes) -> None:
        """Take in the next sound."""
        self._is_pending = True
        self._settled.clear()
        self._open()
        self._sound.put_nowait(sound)

    async def finish(self) -> None:
        """What was said is complete: say so to the listener soon."""
        if not self._is_pending:
            await self._listener.complete("")
            return
        self._open()
        self._sound.put_nowait(None)

    async def end(self) -> None:
        """No more sound comes: return when everything that was heard has become a question, or has failed to."""
        self._is_ending = True
        if self._is_pending:
            await self.finish()
        await self._settled.wait()

    async def aclose(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _open(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            async with self._speech.listening() as ear:
                await _until_one_ends(self._feed(ear), self._heed(ear), self._watch())
        except Unavailable as error:
            was_needed = self._is_pending
            self._forget()
            if was_needed:
                await self._listener.failed(error)
            # Otherwise Deepgram has only ended a connection on which nothing was said.
            self._settled.set()
        except Exception as error:  # noqa: BLE001  (whoever listens raises it where it is answered)
            self._forget()
            await self._listener.failed(error)

    async def _feed(self, ear: Ear) -> None:
        while True:
            sound = await self._sound.get()
            if sound is None:
                await ear.finish()
                self._finishing_since = _now()
                continue
            await ear.hear(sound)
            if not self._unheard:
                self._unheard_since = _now()
            self._unheard += len(sound)

    async def _heed(self, ear: Ear) -> None:
        async for heard in ear.heard():
            self._unheard = 0
            await self._take(heard)

    async def _take(self, heard: Heard) -> None:
        if heard.words:
            if heard.is_final:
                self._words.append(heard.words)
            await self._listener.heard(heard.words, is_final=heard.is_final)
        if heard.ends:
            await self._complete()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            if self._unheard >= _ENOUGH and _now() - self._unheard_since > DEAF:
                raise Unavailable(CommonReason.PARTY_UNAVAILABLE, "deepgram does not answer", party="deepgram")
            if self._finishing_since is None or self._unheard >= _ENOUGH:
                continue  # nothing is to be completed, or the ear seems to be stuck
            if _now() - self._finishing_since > FINISHING:
                await self._complete()

    async def _complete(self) -> None:
        words, was_asked = " ".join(self._words), self._finishing_since is not None
        if words or was_asked:
            self._words.clear()
            self._finishing_since = None
            self._is_pending = not self._sound.empty()
            if words or not self._is_ending:
                await self._listener.complete(words)
            if not self._is_pending:
                self._settled.set()

    def _forget(self) -> None:
        self._words.clear()
        self._sound = asyncio.Queue()
        self._is_pending = False
        self._unheard, self._finishing_since = 0, None


async def _until_one_ends(*works: Awaitable[None]) -> None:
    """Let them run side by side until one ends or fails; then the others are ended as well."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


_now: Callable[[], float] = lambda: asyncio.get_running_loop().time()  # noqa: E731
