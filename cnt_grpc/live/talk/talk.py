"""A conversation with the voice agent without a room: what comes in, what goes out, and who interrupts whom."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Final

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live.deepgram import Speech
from cnt_grpc.live.openai import Line, Mind
from cnt_grpc.live.talk.answering import Lookup, Sentences, answer
from cnt_grpc.live.talk.exchange import (
    Answer,
    Beat,
    Cause,
    End,
    Event,
    Input,
    Manner,
    Outcome,
    Said,
    Sign,
    Sound,
    Spoken,
    Transcript,
    TurnEnd,
)
from cnt_grpc.live.talk.knowledge import Knowledge
from cnt_grpc.live.talk.listening import Listening
from cnt_grpc.live.talk.pace import Pace

BEAT: Final = 10.0
"""Seconds of silence after which a sign of life is sent."""
FAILURES: Final = 2
"""Turns that fail one after the other, and the conversation is over."""
MEMORY: Final = 40
"""Lines that the model is reminded of."""
_SPARE: Final = 2.0
"""Seconds before the end of the call in which the conversation ends in order."""
_AHEAD: Final = 32
"""Events that wait for a client that reads slowly: three seconds of sound."""


class Talk:
    """One conversation. It answers one question at a time: a new one takes the place of the one before."""

    def __init__(self, mind: Mind, speech: Speech | None, knowledge: Knowledge, manner: Manner) -> None:
        self._mind = mind
        self._speech = speech if manner.is_spoken else None
        self._knowledge = knowledge
        self._lines: list[Line] = list(manner.history)
        self._events: asyncio.Queue[Event | Exception] = asyncio.Queue(_AHEAD)
        self._pace = Pace(asyncio.get_running_loop().time)
        self._ear = Listening(speech, self) if speech is not None else None
        self._answer: asyncio.Task[None] | None = None
        self._failures = 0

    async def events(
        self, inputs: AsyncIterator[Input], *, until: float, stopping: asyncio.Event
    ) -> AsyncGenerator[Event, None]:
        """What happens, until the person has all answers, `until` (the loop's clock), or the server stops.

        Raises what `inputs` raises, Exhausted when too much comes at once, and Unavailable after FAILURES.
        """
        tasks = [asyncio.create_task(self._take_in(inputs)), asyncio.create_task(self._end(until, stopping))]
        try:
            while True:
                event = await self._next()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, End):
                    return
        finally:
            if self._answer is not None:
                tasks.append(self._answer)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._ear is not None:
                await self._ear.aclose()

    async def _next(self) -> Event | Exception:
        try:
            async with asyncio.timeout(BEAT):
                return await self._events.get()
        except TimeoutError:
            return Beat()

    async def _end(self, until: float, stopping: asyncio.Event) -> None:
        cause = Cause.SERVER_STOPPING
        try:
            async with asyncio.timeout_at(until - _SPARE):
                await stopping.wait()
        except TimeoutError:
            cause = Cause.TIME_UP
        await self._events.put(End(cause))

    # -- what comes in ------------------------------------------------------------------------------------------------

    async def _take_in(self, inputs: AsyncIterator[Input]) -> None:
        try:
            async for given in inputs:
                await self._take(given)
            await self._answer_all()
            await self._events.put(End(Cause.FINISHED))
        except Exception as error:  # noqa: BLE001  (raised where the conversation is read)
            await self._events.put(error)

    async def _take(self, given: Input) -> None:
        match given:
            case Sound(data):
                await self._hear(data)
            case Said(words):
                await self._ask(words)
            case Sign.SPEECH_END:
                await self._finish_speech()
            case Sign.INTERRUPTION:
                await self._hush()

    async def _hear(self, data: bytes) -> None:
        is_long = self._pace.sound(len(data))
        assert self._ear is not None  # the door lets no sound in where nobody hears
        self._ear.hear(data)
        if is_long:
            await self._finish_speech()

    async def _finish_speech(self) -> None:
        self._pace.sound(0)
        self._pace.speech_ended()
        if self._ear is not None:
            await self._ear.finish()

    async def _answer_all(self) -> None:
        """Wait for the answers to everything that was said."""
        if self._ear is not None:
            await self._ear.end()
        if self._answer is not None:
            await asyncio.wait({self._answer})

    # -- what is heard (a Listener) -----------------------------------------------------------------------------------

    async def heard(self, words: str, *, is_final: bool) -> None:
        """See Listener. Whoever speaks interrupts the answer."""
        await self._hush()
        await self._events.put(Transcript(words, is_final))

    async def complete(self, words: str) -> None:
        """See Listener."""
        self._pace.speech_ended()
        if words:
            await self._ask(words)
        else:
            await self._events.put(TurnEnd(Outcome.NOT_UNDERSTOOD))

    async def failed(self, error: Exception) -> None:
        """See Listener."""
        if isinstance(error, Unavailable):
            await self._fail(error)
        else:
            await self._events.put(error)

    # -- what goes out ------------------------------------------------------------------------------------------------

    async def _ask(self, words: str) -> None:
        self._pace.turn()
        await self._hush()
        self._lines.append({"role": "user", "content": words})
        del self._lines[:-MEMORY]
        self._answer = asyncio.create_task(self._reply())

    async def _hush(self) -> None:
        """Give up the answer that runs."""
        task, self._answer = self._answer, None
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self._events.put(TurnEnd(Outcome.INTERRUPTED))

    async def _reply(self) -> None:
        said: list[str] = []
        try:
            await self._say(said)
        except Unavailable as error:
            await self._fail(error)
        except Exception as error:  # noqa: BLE001  (likewise)
            await self._events.put(error)
        else:
            self._failures = 0
            await self._events.put(TurnEnd(Outcome.ANSWERED))
        finally:
            if said:
                self._lines.append({"role": "assistant", "content": "".join(said)})

    async def _fail(self, error: Unavailable) -> None:
        self._failures += 1
        await self._events.put(TurnEnd(Outcome.FAILED, error))
        if self._failures >= FAILURES:
            await self._events.put(error)

    async def _say(self, said: list[str]) -> None:
        """Find the words, and speak each sentence as soon as it is complete."""
        sentences: asyncio.Queue[str | None] = asyncio.Queue()
        cut = Sentences()
        speaking = asyncio.create_task(self._speak(sentences))
        try:
            async with aclosing(answer(self._mind, self._knowledge, self._lines)) as parts:
                async for part in parts:
                    if isinstance(part, Lookup):
                        await self._events.put(part)
                        continue
                    said.append(part)
                    await self._events.put(Answer(part))
                    _pass_on(cut.add(part), sentences)
            _pass_on([*cut.rest(), None], sentences)
            await speaking
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)

    async def _speak(self, sentences: asyncio.Queue[str | None]) -> None:
        while (sentence := await sentences.get()) is not None:
            if self._speech is None:
                continue
            async with aclosing(self._speech.speak(sentence)) as sound:
                async for piece in sound:
                    await self._events.put(Spoken(piece))


def _pass_on(found: Sequence[str | None], sentences: asyncio.Queue[str | None]) -> None:
    for each in found:
        sentences.put_nowait(each)
