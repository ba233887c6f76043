"""Talking with the voice agent without a room: sound or words in, answer and sound out; limits, failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import grpc
import numpy as np
import pytest
from grpc import StatusCode

from cnt_grpc import live
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.deepgram import HEARD_RATE, Deepgram
from cnt_grpc.live.openai import OpenAI
from cnt_grpc.live.rules import voice_chats as rules
from cnt_grpc.live.talk import listening
from cnt_grpc.live.talk.character import FAILED as FAILED_TOOL
from cnt_grpc.live.talk.character import TOOLS
from cnt_grpc.live.talk.exchange import Beat, Cause, End, Input, Manner, Said
from cnt_grpc.live.talk.knowledge import NOTHING, Knowledge
from cnt_grpc.pb.cnt.live.v1 import voice_chat_pb2 as pb2
from tests.community import event_makers
from tests.content import makers as content_makers
from tests.harness.api import Api, ApiError
from tests.harness.voices import QUESTION
from tests.live.test_companion import indexed
from tests.live.test_streams import until

if TYPE_CHECKING:
    from tests.harness.voices import VoicesStandIn
    from tests.harness.world import Person, World

ANSWERED = pb2.VOICE_TURN_OUTCOME_ANSWERED
INTERRUPTED = pb2.VOICE_TURN_OUTCOME_INTERRUPTED
FAILED = pb2.VOICE_TURN_OUTCOME_FAILED
LIMIT = StatusCode.RESOURCE_EXHAUSTED
FINISHED = pb2.VOICE_CHAT_END_CAUSE_FINISHED

Request = pb2.VoiceChatRequest


def parties(world: World) -> tuple[OpenAI, Deepgram]:
    """The real adapters, before the stand-ins."""
    talkers = world.system.talkers
    assert isinstance(talkers.mind, OpenAI)
    assert isinstance(talkers.speech, Deepgram)
    return talkers.mind, talkers.speech


@pytest.fixture(autouse=True)
def patience(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Parties that fail in one test are asked again in the next."""
    yield
    for party in (each.party for each in parties(world)):
        party._failures, party._rests_until = 0, 0.0


class Chat:
    """An open conversation, and what came of it."""

    def __init__(self, api: Api, who: Person, *, timeout: float = 60, **start: Any) -> None:
        self._call = api.as_(who).voice.VoiceChat(self._requests(), timeout=timeout).start()
        self._sent: asyncio.Queue[Any] = asyncio.Queue()
        self._sent.put_nowait(Request(start=pb2.VoiceChatStart(**start)))

    async def _requests(self) -> AsyncIterator[Any]:
        while (request := await self._sent.get()) is not None:
            yield request

    def send(self, **given: Any) -> None:
        """Say or do something."""
        self._sent.put_nowait(Request(**given))

    def close(self) -> None:
        """Say nothing more."""
        self._sent.put_nowait(None)

    def cancel(self) -> None:
        """Go away."""
        self._call.cancel()

    async def next(self) -> Any:
        """The next event; None when the stream is over."""
        try:
            async with asyncio.timeout(20):
                reply = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise ApiError(error) from None
        return None if reply is grpc.aio.EOF else reply.event

    async def turn(self) -> list[Any]:
        """Everything until a turn ends."""
        found: list[Any] = []
        while not found or found[-1].WhichOneof("event") != "turn_end":
            event = await self.next()
            assert event is not None, found
            if event.WhichOneof("event") != "heartbeat":
                found.append(event)
        return found


def words(events: Sequence[Any]) -> str:
    """The answer."""
    return "".join(event.answer.text for event in events)


def sound(events: Sequence[Any]) -> bytes:
    """What is heard of it."""
    return b"".join(event.sound for event in events)


def spoken(seconds: float, *, loud: bool = True) -> bytes:
    """So many seconds of sound as a microphone gives it."""
    number = int(seconds * HEARD_RATE)
    tone = np.sin(np.arange(number) * 2 * np.pi * 220 / HEARD_RATE) * (12_000 if loud else 0)
    return tone.astype("<i2").tobytes()


async def test_sound_goes_in_and_transcript_answer_and_sound_come_out(
    world: World, api: Api, voices: VoicesStandIn
) -> None:
    ann, bob = await world.users(2)
    await event_makers.made(world, bob, title="Night of psalms", starts_at=clock.now() + timedelta(minutes=2))
    chat = Chat(api, ann, is_spoken=True)
    assert (await chat.next()).WhichOneof("event") == "heartbeat"
    for _ in range(3):
        chat.send(sound=spoken(0.2))
    chat.send(sound=spoken(0.2, loud=False))
    events = await chat.turn()
    transcripts = [event.transcript for event in events if event.HasField("transcript")]
    assert (transcripts[-1].text, transcripts[-1].is_final) == (QUESTION, True)
    assert not transcripts[0].is_final
    assert QUESTION.startswith(transcripts[0].text)
    assert [event.lookup.tool for event in events if event.HasField("lookup")] == ["list_upcoming_events"]
    assert "Night of psalms" in words(events)
    assert events[-1].turn_end.outcome == ANSWERED
    heard = np.frombuffer(sound(events), "<i2")
    assert np.abs(heard.astype(int)).max() > 10_000
    assert len(heard) >= 24_000
    assert all(len(event.sound) % 2 == 0 for event in events)
    chat.close()
    assert (await chat.next()).end.cause == FINISHED
    assert await chat.next() is None
    assert voices.heard[-1]["model"] == "nova-3"
    assert {tool["function"]["name"] for tool in voices.asked[-1]["tools"]} == {tool.name for tool in TOOLS}


async def test_the_end_of_speech_may_be_told_and_silence_is_not_understood(world: World, api: Api) -> None:
    ann = await world.user()
    chat = Chat(api, ann)
    chat.send(sound=spoken(0.3))
    chat.send(speech_end=pb2.VoiceSpeechEnd())
    events = await chat.turn()
    assert [event.transcript.text for event in events if event.transcript.is_final] == [QUESTION]
    assert words(events)
    assert not sound(events)
    chat.send(sound=spoken(0.3, loud=False))
    chat.send(speech_end=pb2.VoiceSpeechEnd())
    assert (await chat.turn())[-1].turn_end.outcome == pb2.VOICE_TURN_OUTCOME_NOT_UNDERSTOOD
    # What was said before the last word of the caller is still answered.
    chat.send(sound=spoken(0.3))
    chat.close()
    assert (await chat.turn())[-1].turn_end.outcome == ANSWERED
    assert (await chat.next()).end.cause == FINISHED


async def test_words_are_remembered_and_an_answer_can_be_interrupted(
    world: World, api: Api, voices: VoicesStandIn
) -> None:
    ann = await world.user()
    past = [pb2.VoiceLine(speaker=pb2.VOICE_SPEAKER_PERSON, text="My name is Ruth.")]
    chat = Chat(api, ann, history=past)
    chat.send(text="Say: Peace be with you.")
    assert words(await chat.turn()) == "Peace be with you."
    left = voices.left
    for stop in ({"interruption": pb2.VoiceInterruption()}, {"text": "Say: Amen."}, {"sound": spoken(0.2)}):
        chat.send(text="Count.")
        while not (await chat.next()).HasField("answer"):
            pass
        chat.send(**stop)
        assert (await chat.turn())[-1].turn_end.outcome == INTERRUPTED
        if "text" in stop:
            assert words(await chat.turn()) == "Amen."
    told = [(line["role"], line["content"]) for line in voices.asked[-1]["messages"]]
    assert told[1:4] == [
        ("user", "My name is Ruth."),
        ("user", "Say: Peace be with you."),
        ("assistant", "Peace be with you."),
    ]
    assert told[5][0] == "assistant"
    assert told[5][1].startswith("1. "), "the part that was said is remembered"
    chat.cancel()

    async def all_left() -> bool:
        return voices.left >= left + 3

    await until(all_left, True)


async def test_who_goes_away_costs_nothing_more(world: World, api: Api, voices: VoicesStandIn) -> None:
    ann = await world.user()
    left = voices.left
    for _ in range(rules.AT_ONCE + 1):
        chat = Chat(api, ann, is_spoken=True)
        chat.send(text="Count.")
        while not (await chat.next()).HasField("answer"):
            pass
        chat.cancel()

        async def is_over(so_far: int = left) -> bool:
            async with world.db.transaction() as tx:
                rows = await tx.raw("SELECT 1 FROM voice_chats WHERE user_id = $1", ann.id)
            return not rows and voices.left > so_far

        await until(is_over, True)
        left = voices.left


async def test_a_person_has_few_conversations_at_once_over_all_servers(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    open_ = [Chat(api, ann) for _ in range(rules.AT_ONCE)]
    for chat in open_:
        await chat.next()
    refused = await api.as_(ann).voice.AskVoice(text="Say: Hm.").fails(LIMIT, "VOICE_CHATS_FULL")
    assert refused.retry_after > 0
    with pytest.raises(ApiError, match="VOICE_CHATS_FULL"):
        await Chat(api, ann).next()
    other = Chat(api, bob)
    await other.next()
    other.cancel()
    # A server that was killed says nothing of the end: its places are free again after a while.
    clock.move(3 * rules.RENEWAL)
    assert [event async for event in api.as_(ann).voice.AskVoice(text="Say: Hm.")]
    for chat in open_:
        chat.cancel()


async def test_sound_and_questions_come_no_faster_than_a_person_talks(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    chat = Chat(api, ann)
    for _ in range(12):
        chat.send(sound=spoken(1.9, loud=False))
    with pytest.raises(ApiError, match="VOICE_TOO_FAST"):
        while await chat.next() is not None:
            pass
    chat = Chat(api, bob)
    for number in range(25):
        chat.send(text=f"Say: {number}")
    with pytest.raises(ApiError, match="VOICE_TOO_FAST"):
        while await chat.next() is not None:
            pass


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [Request(start=pb2.VoiceChatStart()), Request(start=pb2.VoiceChatStart())],
        [Request(start=pb2.VoiceChatStart()), Request(sound=b"odd")],
        [Request(start=pb2.VoiceChatStart()), Request(sound=b"x" * 64_002)],
        [Request(start=pb2.VoiceChatStart()), Request(text="x" * 1001)],
        [Request(start=pb2.VoiceChatStart()), Request()],
    ],
)
async def test_what_is_no_conversation_is_refused(world: World, api: Api, requests: list[Any]) -> None:
    ann = await world.user()
    with pytest.raises(ApiError) as refused:
        _ = [reply async for reply in api.as_(ann).voice.VoiceChat(requests)]
    assert refused.value.code is StatusCode.INVALID_ARGUMENT


async def silence() -> AsyncIterator[Input]:
    """Somebody who has nothing to say."""
    await asyncio.Event().wait()
    yield Said("")


async def outcome_of(world: World, who: Person, *, seconds: float, stops: bool) -> list[Any]:
    """What happens in a conversation in which nothing is said."""
    stopping = asyncio.Event()
    if stops:
        stopping.set()
    until_ = asyncio.get_running_loop().time() + seconds
    found = []
    async with rules.begun(world.db, world.system.talkers, caller_of(who), Manner(is_spoken=False)) as talk:
        async for event in talk.events(silence(), until=until_, stopping=stopping):
            found.append(event)  # noqa: PERF401  (an asynchronous generator)
    return found


def caller_of(who: Person) -> Caller:
    """The person as a caller."""
    return Caller(user_id=who.id, session_id=who.session_id)


async def test_a_stopping_server_and_the_last_minute_end_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    monkeypatch.setattr("cnt_grpc.live.talk.talk.BEAT", 0.1)
    assert await outcome_of(world, ann, seconds=60, stops=True) == [End(Cause.SERVER_STOPPING)]
    *beats, last = await outcome_of(world, ann, seconds=3, stops=False)
    assert last == End(Cause.TIME_UP)
    assert beats
    assert all(isinstance(beat, Beat) for beat in beats)


async def test_the_silence_after_a_question_is_no_question(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A microphone that stays open for a moment longer: nothing fails, and nothing is misunderstood."""
    ann = await world.user()
    monkeypatch.setattr(listening, "DEAF", 0.3)
    chat = Chat(api, ann)
    for loud in (True, False, False):
        chat.send(sound=spoken(0.3, loud=loud))
    assert (await chat.turn())[-1].turn_end.outcome == ANSWERED
    chat.send(sound=spoken(0.3, loud=False))
    await asyncio.sleep(0.6)
    chat.close()
    assert (await chat.next()).end.cause == FINISHED


async def test_guests_and_strangers_do_not_talk(world: World, api: Api) -> None:
    guest = await world.user(is_guest=True)
    for caller, code in ((api, StatusCode.UNAUTHENTICATED), (api.as_(guest), StatusCode.PERMISSION_DENIED)):
        for call in (caller.voice.VoiceChat([Request(text="Hm")]), caller.voice.AskVoice(text="Hm")):
            with pytest.raises(ApiError) as refused:
                _ = [reply async for reply in call]
            assert refused.value.code is code


async def test_the_session_ends_and_so_does_the_conversation(world: World, api: Api) -> None:
    ann = await world.user()
    chat = Chat(api, ann)
    await chat.next()
    chat.send(text="Count.")
    await world.ban(ann)
    with pytest.raises(ApiError, match="NOT_SIGNED_IN"):
        while await chat.next() is not None:
            pass


async def test_a_stuck_voice_fails_the_turn_and_keeps_the_words(
    world: World, api: Api, voices: VoicesStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    _, deepgram = parties(world)
    monkeypatch.setattr(deepgram.party, "timeout", 0.3)
    monkeypatch.setattr(voices, "is_mute", True)
    chat = Chat(api, ann, is_spoken=True)
    chat.send(text="Say: Peace.")
    events = await chat.turn()
    assert words(events) == "Peace."
    ended = events[-1].turn_end
    assert (ended.outcome, ended.reason, ended.party) == (FAILED, "PARTY_UNAVAILABLE", "deepgram")
    voices.is_mute = False
    monkeypatch.setattr(deepgram.party, "timeout", 6.0)
    chat.send(text="Say: Peace.")
    events = await chat.turn()
    assert events[-1].turn_end.outcome == ANSWERED, "the conversation went on"
    assert sound(events)
    chat.cancel()


async def test_a_stuck_ear_fails_the_turn_and_the_next_sound_opens_another(
    world: World, api: Api, voices: VoicesStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    monkeypatch.setattr(listening, "DEAF", 0.5)
    monkeypatch.setattr(voices, "is_deaf", True)
    chat = Chat(api, ann)
    chat.send(sound=spoken(1.2))
    ended = (await chat.turn())[-1].turn_end
    assert (ended.outcome, ended.party) == (FAILED, "deepgram")
    voices.is_deaf = False
    monkeypatch.setattr(listening, "DEAF", 8.0)
    chat.send(sound=spoken(0.2))
    chat.send(speech_end=pb2.VoiceSpeechEnd())
    assert (await chat.turn())[-1].turn_end.outcome == ANSWERED
    chat.cancel()


@pytest.mark.parametrize("trouble", ["is_lost", "is_broken"])
async def test_a_mind_that_fails_twice_ends_the_conversation(
    world: World, api: Api, voices: VoicesStandIn, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    ann = await world.user()
    openai, _ = parties(world)
    monkeypatch.setattr(openai.party, "timeout", 0.3)
    monkeypatch.setattr(voices, trouble, True)
    chat = Chat(api, ann)
    chat.send(text="Hm")
    ended = (await chat.turn())[-1].turn_end
    assert (ended.outcome, ended.party) == (FAILED, "openai")
    chat.send(text="Hm")
    await chat.turn()
    with pytest.raises(ApiError) as refused:
        await chat.next()
    assert (refused.value.code, refused.value.reason) == (StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    # A single question has nothing else to say: its status says it.
    await api.as_(ann).voice.AskVoice(text="Hm").fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE", party="openai")


async def test_what_is_not_configured_is_named(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = await world.user()
    mind, speech = parties(world)
    for lacking, sound_, settings in (
        (live.Talkers(None, None), True, "OPENAI_API_KEY, DEEPGRAM_API_KEY"),
        (live.Talkers(None, speech), False, "OPENAI_API_KEY"),
        (live.Talkers(mind, None), True, "DEEPGRAM_API_KEY"),
    ):
        with pytest.raises(Precondition) as refused:
            lacking.required(sound=sound_)
        assert refused.value.metadata["settings"] == settings
    assert live.Talkers(mind, None).required(sound=False) is mind
    del caller, api, monkeypatch


async def test_a_question_in_words_by_one_call(world: World, api: Api, voices: VoicesStandIn) -> None:
    ann = await world.user()
    history = [
        pb2.VoiceLine(speaker=pb2.VOICE_SPEAKER_PERSON, text="Hello."),
        pb2.VoiceLine(speaker=pb2.VOICE_SPEAKER_AGENT, text="Peace be with you."),
    ]
    asking = api.as_(ann).voice.AskVoice(text="Say: He is. Risen indeed.", is_spoken=True, history=history)
    events = [reply.event async for reply in asking]
    assert words(events) == "He is. Risen indeed."
    assert len(sound(events)) == 2 * 2 * 24_000, "two sentences, a second each"
    assert voices.said[-2:] == ["He is.", "Risen indeed."]
    assert [event.WhichOneof("event") for event in events[-2:]] == ["turn_end", "end"]
    told = [(line["role"], line["content"]) for line in voices.asked[-1]["messages"]]
    assert told[1:3] == [("user", "Hello."), ("assistant", "Peace be with you.")]


async def test_the_tools_find_what_the_person_may_see_and_nothing_else(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    word = f"zephyr{ann.id}ine"
    async with world.db.transaction() as tx:
        await content_makers.podcast(tx, by=bob.id, title=f"{word} approved")
        await content_makers.podcast(tx, by=bob.id, title=f"{word} pending", status="pending")
    await indexed(world)
    asking = f'search_content {{"words": "{word}"}}'
    found = words([reply.event async for reply in api.as_(ann).voice.AskVoice(text=asking)])
    assert f"podcast: {word} approved" in found
    assert "pending" not in found
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    assert NOTHING in words([reply.event async for reply in api.as_(ann).voice.AskVoice(text=asking)])


@pytest.mark.parametrize(
    ("asking", "told"),
    [
        ('no_such_tool {"words": "x"}', "There is no such tool."),
        ('search_content {"words": 7}', NOTHING),
        ("search_content {broken}", "These arguments are no JSON."),
    ],
)
async def test_a_model_that_asks_wrongly_is_told_so(
    world: World, api: Api, voices: VoicesStandIn, asking: str, told: str
) -> None:
    ann = await world.user()
    events = [reply.event async for reply in api.as_(ann).voice.AskVoice(text=asking)]
    assert told in words(events)
    assert events[-2].turn_end.outcome == ANSWERED


async def test_a_failing_tool_is_survived(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await world.user()

    async def broken(self: Knowledge) -> str:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Knowledge, "events", broken)
    answer = words([reply.event async for reply in api.as_(ann).voice.AskVoice(text="What is on?")])
    assert answer == f"I found this: {FAILED_TOOL}"
