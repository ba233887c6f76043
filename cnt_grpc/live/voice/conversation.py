"""One conversation in a voice room: the agent comes in, greets, answers, and leaves when the person does."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from livekit.agents import (
    AgentSession,
    APIConnectOptions,
    AutoSubscribe,
    CloseEvent,
    CloseReason,
    JobContext,
    inference,
)
from livekit.agents.voice import AgentStateChangedEvent, UserInputTranscribedEvent
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.agents.voice.room_io import RoomOptions
from livekit.plugins import deepgram, openai

from cnt_grpc import auth
from cnt_grpc.kit import seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live.identities import identity_of, owner_of_voice_room
from cnt_grpc.live.openai import LONGEST
from cnt_grpc.live.rules.voice import AGENT
from cnt_grpc.live.talk.knowledge import Knowledge
from cnt_grpc.live.voice.companion import Companion
from livekit import api, rtc

_log = structlog.get_logger("cnt.voice")

GREETING: Final = "Peace be with you! I am your companion here. What is on your heart today?"
AGAIN: Final = "I am sorry, I lost you for a moment. Please say that again."

ARRIVAL_SECONDS: Final = 180.0
"""How long the agent waits for the person: longer than a token lives."""
GRACE_SECONDS: Final = 15.0
"""How long it waits for one whose connection broke."""
ALLOWED_SECONDS: Final = 30.0
"""How often it looks whether the person may still use the platform: LiveKit renews the token of whoever is inside."""
DEAF_SECONDS: Final = 8.0
"""Speech that is not understood within this time was not heard; twice, and the ear is taken for broken."""
THINKING_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 15 * 60.0
"""How long an agent stays in a room; then the room is closed, and the person may open another."""
RESTARTS: Final = 2
"""How often a conversation is begun anew in its room before it is given up, and the room closed."""

_TRIES = APIConnectOptions(max_retry=1, retry_interval=0.5, timeout=6.0)


@dataclass(frozen=True, slots=True)
class Means:
    """What a conversation is made with; it travels to the process that holds it."""

    dsn: str = field(repr=False)
    secret_key: str = field(repr=False)
    openai_key: str = field(repr=False)
    openai_url: str
    deepgram_key: str = field(repr=False)
    deepgram_url: str


async def converse(means: Means, job: JobContext) -> None:
    """Hold one conversation: the job that LiveKit gives to a worker."""
    room = job.job.room.name
    user_id = owner_of_voice_room(room)
    seal.configure(means.secret_key)
    db = await Database.open(means.dsn, writers=1, readers=2)
    job.add_shutdown_callback(db.close)
    async with db.reading() as tx:
        caller = await auth.caller_of(tx, user_id)
    if caller is None:
        await job.delete_room(room)
        job.shutdown("nobody's room")
        return
    person = identity_of(user_id)
    try:
        await job.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY)
    except rtc.ConnectError:
        _log.warning("the room cannot be entered; it may be closed already", room=room)
        job.shutdown("no way in")
        return
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS):
            await job.wait_for_participant(identity=person)
    except TimeoutError:
        await job.delete_room(room)
        job.shutdown("nobody came")
        return
    session = session_with(means)
    watch = Watch(job, session, person)
    watch.while_allowed(Knowledge(db, user_id))
    options = RoomOptions(participant_identity=person, video_input=False)
    await session.start(agent=Companion(Knowledge(db, user_id)), room=job.room, room_options=options)
    _ = session.say(AGAIN if job.job.metadata else GREETING)


def session_with(means: Means) -> AgentSession[None]:
    """Ears, mind and voice. Turns are told by voice activity (Silero, on this machine) and by what was understood."""
    return AgentSession(
        vad=inference.VAD(model="silero"),
        stt=deepgram.STT(model="nova-3", api_key=means.deepgram_key, base_url=f"{means.deepgram_url}/v1/listen"),
        llm=openai.LLM(
            model="gpt-4o-mini",
            api_key=means.openai_key,
            base_url=means.openai_url,
            max_completion_tokens=LONGEST,
        ),
        tts=deepgram.TTS(
            model="aura-2-andromeda-en", api_key=means.deepgram_key, base_url=f"{means.deepgram_url}/v1/speak"
        ),
        turn_handling={"turn_detection": "vad", "interruption": {"mode": "vad"}},
        transcription_timeout=DEAF_SECONDS,
        conn_options=SessionConnectOptions(
            stt_conn_options=_TRIES, llm_conn_options=_TRIES, tts_conn_options=_TRIES, max_unrecoverable_errors=0
        ),
    )


class Watch:
    """Ends a conversation when its person has left, and begins it anew when hearing, thinking or speaking fails."""

    def __init__(self, job: JobContext, session: AgentSession[None], person: str) -> None:
        self._job = job
        self._person = person
        self._unheard = 0
        self._is_over = False
        self._thinking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        session.on("user_transcription_timeout", self._not_understood)
        session.on("user_input_transcribed", self._understood)
        session.on("agent_state_changed", self._changed)
        session.on("close", self._closed)
        job.room.on("participant_disconnected", self._left)
        self._longest = asyncio.get_running_loop().call_later(LONGEST_SECONDS, self._too_long)

    def while_allowed(self, knowledge: Knowledge) -> None:
        """End the conversation once the person is banned or gone."""
        task = asyncio.get_running_loop().create_task(self._look_again(knowledge))
        self._tasks.add(task)

    async def _look_again(self, knowledge: Knowledge) -> None:
        while not self._is_over:
            await asyncio.sleep(ALLOWED_SECONDS)
            with suppress(Unavailable):
                if not await knowledge.is_allowed():
                    self._end(self._close_room(), "the person may not use the platform any more")

    def _too_long(self) -> None:
        self._end(self._close_room(), "the conversation has taken its time")

    def _not_understood(self, _: object) -> None:
        self._unheard += 1
        if self._unheard > 1:
            self._fail("the person speaks and nothing is understood")

    def _understood(self, event: UserInputTranscribedEvent) -> None:
        if event.transcript:
            self._unheard = 0

    def _changed(self, event: AgentStateChangedEvent) -> None:
        if self._thinking is not None:
            self._thinking.cancel()
            self._thinking = None
        if event.new_state == "thinking":
            loop = asyncio.get_running_loop()
            self._thinking = loop.call_later(THINKING_SECONDS, self._fail, "no answer comes")

    def _closed(self, event: CloseEvent) -> None:
        if event.reason is CloseReason.ERROR:
            self._fail(f"an outside party fails: {getattr(event.error, 'type', '')}")
        elif event.reason is CloseReason.PARTICIPANT_DISCONNECTED:
            self._end(self._close_room(), "the person has left")

    def _left(self, who: rtc.RemoteParticipant) -> None:
        if who.identity == self._person:
            task = asyncio.get_running_loop().create_task(self._wait_for_return())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _wait_for_return(self) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        if self._person not in self._job.room.remote_participants:
            self._end(self._close_room(), "the person does not come back")

    def _fail(self, why: str) -> None:
        tries = int(self._job.job.metadata or 0)
        _log.warning("a conversation fails", why=why, room=self._job.room.name, tries=tries)
        self._end(self._begin_anew(tries + 1) if tries < RESTARTS else self._close_room(), why)

    def _end(self, last: Coroutine[Any, Any, None], why: str) -> None:
        if self._is_over:
            last.close()
            return
        self._is_over = True
        self._longest.cancel()
        task = asyncio.get_running_loop().create_task(self._finish(last, why))
        self._tasks.add(task)

    async def _finish(self, last: Coroutine[Any, Any, None], why: str) -> None:
        try:
            with suppress(TimeoutError, OSError, api.ServerError):
                await asyncio.wait_for(last, 5)
        finally:
            self._job.shutdown(why)

    async def _begin_anew(self, tries: int) -> None:
        """Another agent comes, with new connections to everything."""
        wanted = api.CreateAgentDispatchRequest(agent_name=AGENT, room=self._job.room.name, metadata=str(tries))
        await self._job.api.agent_dispatch.create_dispatch(wanted)

    async def _close_room(self) -> None:
        await self._job.delete_room()
