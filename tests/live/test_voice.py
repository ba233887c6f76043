"""The voice agent in a real room: it comes, greets, hears, looks things up, answers, leaves, and heals when mute."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
from livekit.rtc.data_stream import StreamError

from cnt_grpc.live.voice.conversation import AGAIN, DEAF_SECONDS, GREETING
from livekit import rtc
from tests import machine
from tests.community import event_makers
from tests.conftest import SECRET_KEY
from tests.faults.sizes import FULL
from tests.harness import livekit, voices
from tests.harness.api import Api
from tests.harness.running import settings_for, start
from tests.harness.speech import speech
from tests.harness.voices import VoicesStandIn
from tests.harness.world import World
from tests.live.server import Server, serving
from tests.live.test_livekit import RATE, first_sound
from tests.live.test_streams import until

if TYPE_CHECKING:
    from tests.harness.database import Cluster
    from tests.harness.google import GoogleStandIn
    from tests.harness.world import Person

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).parents[2]


class Venue:
    """A system with a real LiveKit and a real voice agent."""

    def __init__(self, world: World, api: Api, server: Server, voices_: VoicesStandIn) -> None:
        self.world = world
        self.api = api
        self.server = server
        self.voices = voices_

    async def is_answered(self) -> bool:
        """What health says."""
        return bool((await self.api.voice.GetVoiceHealth()).is_answered)

    async def rooms(self, who: Person) -> int:
        """How many voice rooms this person has."""
        return len((await self.api.as_(who).voice.ListVoiceRooms()).rooms)


class Visitor:
    """Somebody in a voice room, and what they read there."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.read: list[tuple[str, str]] = []
        self._reading: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler("lk.transcription", self._open)

    def _open(self, reader: rtc.TextStreamReader, identity: str) -> None:
        task = asyncio.create_task(self._read(reader, identity))
        self._reading.add(task)

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        with suppress(StreamError):  # the room was left before the end of these words
            self.read.append((identity, await reader.read_all()))

    def words(self) -> str:
        """Everything that was read."""
        return "\n".join(words for _, words in self.read)

    def agents(self) -> list[str]:
        """Who else is there."""
        return list(self.room.remote_participants)

    async def reads(self, words: str, seconds: float = 20) -> None:
        """Wait until these words were read."""

        async def is_there() -> bool:
            return words in self.words()

        await until(is_there, True, seconds)


@asynccontextmanager
async def entered(venue: Venue, who: Person) -> AsyncIterator[Visitor]:
    """Come into a new voice room as LiveKit's SDK does."""
    token = (await venue.api.as_(who).voice.EnterVoiceRoom()).token
    room = rtc.Room()
    visitor = Visitor(room)
    await asyncio.wait_for(room.connect(venue.server.url.replace("http", "ws", 1), token), 20)
    try:
        yield visitor
    finally:
        await room.disconnect()


@asynccontextmanager
async def working(dsn: str, folder: Path, server: Server, stand_in: VoicesStandIn) -> AsyncIterator[None]:
    """`cnt-grpc voice-agent`, until the block ends."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": dsn,
        "CNT_STATE_DIR": str(folder),
        "LIVEKIT_WS_URL": server.url.replace("http", "ws", 1),
        "LIVEKIT_API_KEY": livekit.KEY,
        "LIVEKIT_API_SECRET": livekit.SECRET,
        "OPENAI_API_KEY": voices.OPENAI_KEY,
        "OPENAI_BASE_URL": f"{stand_in.url}/v1",
        "DEEPGRAM_API_KEY": voices.DEEPGRAM_KEY,
        "DEEPGRAM_BASE_URL": stand_in.url,
    }
    with (folder / "voice.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cnt_grpc", "voice-agent"),
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 25)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, (folder / "voice.log").read_text()


@pytest.fixture(scope="module")
async def venue(
    cluster: Cluster, google: GoogleStandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Venue]:
    """The whole system; the agent's process has said that it is registered."""
    program = machine.program("livekit-server")
    folder = tmp_path_factory.mktemp("voice")
    dsn = await cluster.clone()
    async with (
        VoicesStandIn().serving() as stand_in,
        serving(program, folder, "http://127.0.0.1:9/nobody") as server,
        start(settings_for(dsn, folder, SECRET_KEY, livekit_url=server.url)) as running,
        grpc.aio.insecure_channel(running.target) as channel,
    ):
        made = Venue(World(running.system, folder, google), Api(channel), server, stand_in)
        assert not await made.is_answered()
        async with working(dsn, folder, server, stand_in):
            await until(made.is_answered, True, 60)
            await asyncio.sleep(3)  # its first process for a conversation is being made ready
            yield made
        assert not await made.is_answered()


async def test_a_conversation(venue: Venue) -> None:
    ann, bob = await venue.world.users(2)
    await event_makers.made(venue.world, bob, title="Night of psalms")
    begun = time.monotonic()
    async with entered(venue, ann) as visitor:

        async def agents() -> int:
            return len(visitor.agents())

        await until(agents, 1, 20)
        came = time.monotonic() - begun
        assert await asyncio.wait_for(first_sound(visitor.room), 20) > 1000
        await visitor.reads(GREETING)
        await speak(visitor.room)
        await visitor.reads(voices.QUESTION)
        await visitor.reads("Night of psalms")
        assert came < (5 if FULL else 20), "a busy machine takes longer"
    await until(lambda: venue.rooms(ann), 0, 20)
    heard, asked = venue.voices.heard[0], venue.voices.asked[0]
    assert heard["model"] == "nova-3"
    assert asked["model"] == "gpt-4o-mini"
    assert asked["messages"][-1]["content"] == voices.QUESTION
    assert asked["max_completion_tokens"] == 300
    assert {tool["function"]["name"] for tool in asked["tools"]} == {
        "search_content",
        "read_bible_story",
        "list_upcoming_events",
    }
    assert "Night of psalms" in venue.voices.said[-1]


async def test_an_agent_that_is_there_is_not_sent_again_and_a_missing_one_is(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnt_grpc.live.livekit._AGENT_COMES", timedelta(0))
    ann = await venue.world.user()
    calls = venue.api.as_(ann).voice
    async with entered(venue, ann) as visitor:

        async def agents() -> int:
            return len(visitor.agents())

        await until(agents, 1, 20)
        await visitor.reads(GREETING)
        first = visitor.agents()
        await calls.OpenVoiceRoom(room_name=visitor.room.name)
        await asyncio.sleep(2)
        assert visitor.agents() == first
        studio = venue.world.system.studio
        assert studio is not None
        await studio.rooms.remove(visitor.room.name, first[0])
        await until(agents, 0, 20)
        await asyncio.sleep(1)  # LiveKit learns that the job has ended
        await calls.OpenVoiceRoom(room_name=visitor.room.name)
        await until(agents, 1, 20)


async def test_a_voice_that_is_stuck_is_replaced(venue: Venue) -> None:
    ann = await venue.world.user()
    venue.voices.is_mute = True
    try:
        async with entered(venue, ann) as visitor:

            async def is_another() -> bool:
                return bool(visitor.agents()) and visitor.agents() != first

            async def has_tried() -> bool:
                return len(venue.voices.said) > before and bool(visitor.agents())

            before = len(venue.voices.said)
            await until(has_tried, True, 20)
            first = visitor.agents()
            await until(is_another, True, 40)
            venue.voices.is_mute = False
            await visitor.reads(AGAIN, 40)
            assert GREETING not in visitor.words()
    finally:
        venue.voices.is_mute = False
    await until(lambda: venue.rooms(ann), 0, 20)


async def test_an_ear_that_hears_nothing_is_replaced(venue: Venue) -> None:
    """Silero hears that somebody speaks, Deepgram understands no word of it: twice, and another agent comes."""
    ann = await venue.world.user()
    async with entered(venue, ann) as visitor:
        await visitor.reads(GREETING)
        venue.voices.is_deaf = True
        try:
            for _ in range(2):
                await speak(visitor.room)
                await asyncio.sleep(DEAF_SECONDS)
            venue.voices.is_deaf = False
            await visitor.reads(AGAIN, 40)
            await speak(visitor.room)
            await visitor.reads(voices.QUESTION, 40)
        finally:
            venue.voices.is_deaf = False


async def speak(room: rtc.Room) -> None:
    """Silence, a second and a half of speech, and silence after it."""
    source = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("voice", source)
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
    number = RATE // 10
    silence = bytes(number * 2)
    sound = silence * 10 + speech(RATE) + silence * 15
    for at in range(0, len(sound), len(silence)):
        piece = sound[at : at + len(silence)].ljust(len(silence), b"\0")
        await source.capture_frame(rtc.AudioFrame(piece, RATE, 1, number))
    await source.wait_for_playout()
    await room.local_participant.unpublish_track(track.sid)
