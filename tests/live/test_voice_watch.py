"""What ends a conversation, and what begins it anew, seen from the one who decides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from livekit.agents import AgentSession
from livekit.agents.voice import AgentStateChangedEvent, UserInputTranscribedEvent
from livekit.agents.voice.events import AgentState, UserTranscriptionTimeoutEvent

from cnt_grpc.live.rules.voice import AGENT
from cnt_grpc.live.talk.knowledge import Knowledge
from cnt_grpc.live.voice import conversation
from cnt_grpc.live.voice.conversation import RESTARTS, Watch
from livekit import api, rtc

if TYPE_CHECKING:
    from tests.harness.world import World

ROOM = "voice-agent-1-evening"
UNHEARD = UserTranscriptionTimeoutEvent(speech_duration=1, vad_speech_started_at=0)


@dataclass
class Job:
    """A job without LiveKit: what was asked of it is written down."""

    tries: int = 0
    done: list[str] = field(default_factory=list)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        metadata = str(self.tries) if self.tries else ""
        emitter: rtc.EventEmitter[Any] = rtc.EventEmitter()
        self.job = SimpleNamespace(metadata=metadata)
        self.room = SimpleNamespace(name=ROOM, on=emitter.on, emit=emitter.emit, remote_participants={})
        self.api = SimpleNamespace(agent_dispatch=SimpleNamespace(create_dispatch=self._send))

    async def _send(self, wanted: api.CreateAgentDispatchRequest) -> None:
        assert (wanted.agent_name, wanted.room) == (AGENT, ROOM)
        self.done.append(f"anew {wanted.metadata}")

    async def delete_room(self) -> None:
        self.done.append("closed")

    def shutdown(self, why: str) -> None:
        self.done.append(why)
        self.is_over.set()


def watched(job: Any) -> AgentSession[None]:
    """A session whose end is decided on."""
    session = AgentSession[None](vad=None)
    Watch(job, session, "user-1")
    return session


async def outcome(job: Job) -> list[str]:
    """What was done in the end."""
    await asyncio.wait_for(job.is_over.wait(), 5)
    return job.done[:-1]


@pytest.mark.parametrize(("tries", "done"), [(0, ["anew 1"]), (1, ["anew 2"]), (RESTARTS, ["closed"])])
async def test_a_deaf_ear_is_replaced_and_after_some_tries_the_room_closes(tries: int, done: list[str]) -> None:
    job = Job(tries)
    session = watched(job)
    for _ in range(3):
        session.emit("user_transcription_timeout", UNHEARD)
    assert await outcome(job) == done


async def test_a_cough_is_no_deafness() -> None:
    job = Job()
    session = watched(job)
    for _ in range(3):
        session.emit("user_transcription_timeout", UNHEARD)
        session.emit("user_input_transcribed", UserInputTranscribedEvent(transcript="Yes.", is_final=True))
    await asyncio.sleep(0.05)
    assert not job.done


async def test_an_answer_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "THINKING_SECONDS", 0.05)
    cases: tuple[tuple[AgentState, list[str]], ...] = (("thinking", ["anew 1"]), ("speaking", []))
    for new_state, expected in cases:
        job = Job()
        session = watched(job)
        session.emit("agent_state_changed", AgentStateChangedEvent(old_state="listening", new_state="thinking"))
        session.emit("agent_state_changed", AgentStateChangedEvent(old_state="thinking", new_state=new_state))
        await asyncio.sleep(0.2)
        assert job.done[:-1] == expected


async def test_whoever_is_banned_is_put_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "ALLOWED_SECONDS", 0.05)
    ann = await world.user()
    job: Any = Job()
    Watch(job, AgentSession[None](vad=None), f"user-{ann.id}").while_allowed(Knowledge(world.db, ann.id))
    await asyncio.sleep(0.3)
    assert not job.done
    await world.ban(ann)
    assert await outcome(job) == ["closed"]


async def test_a_conversation_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "LONGEST_SECONDS", 0.05)
    job = Job()
    watched(job)
    assert await outcome(job) == ["closed"]


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_broken_connection_may_come_back(monkeypatch: pytest.MonkeyPatch, *, comes_back: bool) -> None:
    monkeypatch.setattr(conversation, "GRACE_SECONDS", 0.05)
    job = Job()
    watched(job)
    job.room.emit("participant_disconnected", SimpleNamespace(identity="user-1"))
    if comes_back:
        job.room.remote_participants["user-1"] = object()
    await asyncio.sleep(0.2)
    assert job.done[:-1] == ([] if comes_back else ["closed"])
