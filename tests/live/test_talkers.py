"""OpenAI and Deepgram through their libraries: every way to fail is one refusal, and no key is told to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live.deepgram import Deepgram
from cnt_grpc.live.openai import OpenAI, ToolCall
from tests.harness.voices import DEEPGRAM_KEY, OPENAI_KEY, VoicesStandIn

if TYPE_CHECKING:
    from cnt_grpc.live.deepgram import Ear

LINES = [{"role": "user", "content": "Say: Peace be with you."}]


@pytest.fixture
async def outside() -> AsyncIterator[VoicesStandIn]:
    """Stand-ins of their own: what troubles them troubles no other test."""
    async with VoicesStandIn().serving() as voices:
        yield voices


@pytest.fixture
async def mind(outside: VoicesStandIn) -> AsyncIterator[OpenAI]:
    made = OpenAI(OPENAI_KEY, f"{outside.url}/v1")
    yield made
    await made.aclose()


@pytest.fixture
async def speech(outside: VoicesStandIn) -> AsyncIterator[Deepgram]:
    made = Deepgram(DEEPGRAM_KEY, outside.url)
    yield made
    await made.aclose()


async def thought(mind: OpenAI) -> list[str | ToolCall]:
    return [each async for each in mind.think(LINES, [])]


async def test_words_come_as_they_are_found(mind: OpenAI) -> None:
    assert await thought(mind) == ["Peace ", "be ", "with ", "you."]


@pytest.mark.parametrize(("trouble", "counts"), [("refused", False), ("cut", True), ("junk", True), ("error", True)])
async def test_an_answer_in_trouble_is_unavailable(
    outside: VoicesStandIn, mind: OpenAI, trouble: str, *, counts: bool
) -> None:
    outside.trouble = trouble
    with pytest.raises(Unavailable):
        await thought(mind)
    # A request that is at fault itself says nothing about the others: it puts the party to no rest.
    assert (mind.party._failures > 0) is counts
    outside.trouble = ""
    assert await thought(mind)


async def test_a_wrong_key_is_told_to_nobody(outside: VoicesStandIn) -> None:
    mind, speech = OpenAI("a wrong key 1", f"{outside.url}/v1"), Deepgram("a wrong key 2", outside.url)
    told = []
    for asking in (thought(mind), _listen(speech), _speak(speech)):
        with pytest.raises(Unavailable) as refused:
            await asking
        told += [str(refused.value), repr(refused.value), repr(refused.value.__cause__)]
        assert refused.value.metadata["party"] in ("openai", "deepgram")
    assert "wrong key" not in " ".join(told)
    await mind.aclose()
    await speech.aclose()


async def test_nobody_waits_for_an_ear_that_does_not_say_goodbye(outside: VoicesStandIn, speech: Deepgram) -> None:
    outside.is_rude = True
    async with asyncio.timeout(8), speech.listening():
        pass


async def test_a_connection_that_ends_is_unavailable(outside: VoicesStandIn, speech: Deepgram) -> None:
    async with speech.listening() as ear:
        await ear.hear(b"")
        with pytest.raises(Unavailable):
            await asyncio.gather(_all(ear), _closed_by_us(ear))


async def _all(ear: Ear) -> None:
    async for _ in ear.heard():
        pass


async def _closed_by_us(ear: Ear) -> None:
    # The stand-in hangs up when it is told that the stream is over, as Deepgram does.
    await ear._socket.send_close_stream()  # type: ignore[attr-defined]  # the library's own, of the one adapter here


async def _listen(speech: Deepgram) -> None:
    async with speech.listening():
        pass


async def _speak(speech: Deepgram) -> None:
    async for _ in speech.speak("Amen."):
        pass
