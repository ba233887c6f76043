"""Talking with the voice agent through Envoy: a question by JSON lines, and a conversation by gRPC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientTimeout

from cnt_grpc.pb.cnt.live.v1 import voice_chat_pb2 as pb2
from tests.harness.api import Api

if TYPE_CHECKING:
    from tests.edge.edges import Edge
    from tests.harness.voices import VoicesStandIn
    from tests.harness.world import Person, World


async def lines(gate: Edge, who: Person, **question: Any) -> list[dict[str, Any]]:
    """What comes of a question, line by line."""
    headers = {"authorization": f"Bearer {who.token}"}
    url = f"{gate.url}/api/v1/voice/chat"
    async with gate.http.post(url, json=question, headers=headers, timeout=ClientTimeout(60)) as answer:
        assert answer.status == 200, await answer.text()
        return [json.loads(line)["event"] async for line in answer.content]


async def test_a_question_by_json(world: World, gate: Edge) -> None:
    ann = await world.user()
    history = [{"speaker": "VOICE_SPEAKER_AGENT", "text": "Peace be with you."}]
    found = await lines(gate, ann, text="Say: And also with you.", history=history)
    assert "".join(each["answer"]["text"] for each in found if "answer" in each) == "And also with you."
    assert found[-2]["turn_end"]["outcome"] == "VOICE_TURN_OUTCOME_ANSWERED"
    assert found[-1] == {"end": {"cause": "VOICE_CHAT_END_CAUSE_FINISHED"}}


async def test_what_goes_wrong_before_the_first_word_is_a_status(
    world: World, gate: Edge, voices: VoicesStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    monkeypatch.setattr(voices, "is_broken", True)
    headers = {"authorization": f"Bearer {ann.token}"}
    answer = await gate.ask("POST", "/api/v1/voice/chat", data=b'{"text": "Hm"}', headers=headers)
    assert (answer.status, answer.reason) == (503, "PARTY_UNAVAILABLE")
    answer = await gate.ask("POST", "/api/v1/voice/chat", data=b'{"text": ""}', headers=headers)
    assert (answer.status, answer.reason) == (400, "INVALID")
    assert (await gate.ask("POST", "/api/v1/voice/chat", data=b'{"text": "Hm"}')).status == 401


async def test_a_conversation_by_grpc(world: World, gate: Edge) -> None:
    ann = await world.user()
    asked = [pb2.VoiceChatRequest(start=pb2.VoiceChatStart(is_spoken=True)), pb2.VoiceChatRequest(text="Say: Amen.")]
    events = [reply.event async for reply in Api(gate.channel).as_(ann).voice.VoiceChat(asked, timeout=60)]
    assert "".join(event.answer.text for event in events) == "Amen."
    assert sum(len(event.sound) for event in events) == 2 * 24_000
    assert events[-1].end.cause == pb2.VOICE_CHAT_END_CAUSE_FINISHED
