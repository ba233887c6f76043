"""What VoiceService answers."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.messages import streams as messages
from cnt_grpc.live.messages import voice as chat_messages
from cnt_grpc.live.rules import voice as rules
from cnt_grpc.live.rules import voice_chats as chats
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.rules.voice_chats import Talkers
from cnt_grpc.live.talk.exchange import Beat, Input, Manner, Said, Sound, TurnEnd
from cnt_grpc.pb.cnt.live.v1 import voice_chat_pb2 as pb2_chat
from cnt_grpc.pb.cnt.live.v1 import voice_service
from cnt_grpc.pb.cnt.live.v1 import voice_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class VoiceService(voice_service.Servicer):
    """The voice agent, in rooms and without."""

    studio: Studio | None
    ws_url: str
    talkers: Talkers

    async def EnterVoiceRoom(self, request: pb2.EnterVoiceRoomRequest, call: Call) -> pb2.EnterVoiceRoomResponse:
        way = await rules.enter(call.db, self.studio, call.caller, request.room_name)
        return pb2.EnterVoiceRoomResponse(**messages.way_in(way, self.ws_url))

    async def OpenVoiceRoom(self, request: pb2.OpenVoiceRoomRequest, call: Call) -> pb2.OpenVoiceRoomResponse:
        name = await rules.opened(self.studio, call.caller, request.room_name)
        return pb2.OpenVoiceRoomResponse(room=pb2.VoiceRoom(room_name=name))

    async def CloseVoiceRoom(self, request: pb2.CloseVoiceRoomRequest, call: Call) -> pb2.CloseVoiceRoomResponse:
        await rules.close(self.studio, call.caller, request.room_name)
        return pb2.CloseVoiceRoomResponse()

    async def ListVoiceRooms(self, request: pb2.ListVoiceRoomsRequest, call: Call) -> pb2.ListVoiceRoomsResponse:  # noqa: ARG002
        names = await rules.mine(self.studio, call.caller)
        return pb2.ListVoiceRoomsResponse(rooms=[pb2.VoiceRoom(room_name=name) for name in names])

    async def GetVoiceHealth(self, request: pb2.GetVoiceHealthRequest, call: Call) -> pb2.GetVoiceHealthResponse:  # noqa: ARG002
        return pb2.GetVoiceHealthResponse(is_answered=await rules.is_answered(call.tx))

    async def VoiceChat(
        self, requests: AsyncIterator[pb2_chat.VoiceChatRequest], call: Call
    ) -> AsyncIterator[pb2_chat.VoiceChatResponse]:
        first = await anext(requests, None)
        if first is None:
            raise Invalid.of("start", "comes first")
        manner = Manner(is_spoken=first.start.is_spoken, history=chat_messages.history(first.start.history))
        given = self._given(None if first.HasField("start") else first, requests)
        async with chats.begun(call.db, self.talkers, call.caller, manner) as talk:
            yield pb2_chat.VoiceChatResponse(event=chat_messages.event(Beat()))
            events = talk.events(given, until=call.deadline, stopping=call.stopping)
            async with aclosing(events):
                async for event in events:
                    yield pb2_chat.VoiceChatResponse(event=chat_messages.event(event))

    async def _given(
        self, first: pb2_chat.VoiceChatRequest | None, others: AsyncIterator[pb2_chat.VoiceChatRequest]
    ) -> AsyncIterator[Input]:
        if first is not None:
            yield self._admitted(first)
        async for request in others:
            yield self._admitted(request)

    def _admitted(self, request: pb2_chat.VoiceChatRequest) -> Input:
        given = chat_messages.given(request)
        if isinstance(given, Sound):
            self.talkers.required(sound=True)
        return given

    async def AskVoice(self, request: pb2_chat.AskVoiceRequest, call: Call) -> AsyncIterator[pb2_chat.AskVoiceResponse]:
        manner = Manner(is_spoken=request.is_spoken, history=chat_messages.history(request.history))
        is_answered = False
        async with chats.begun(call.db, self.talkers, call.caller, manner) as talk:
            events = talk.events(_only(Said(request.text)), until=call.deadline, stopping=call.stopping)
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, TurnEnd) and event.error is not None and not is_answered:
                        raise event.error  # nothing was sent that a status would contradict
                    is_answered = True
                    yield pb2_chat.AskVoiceResponse(event=chat_messages.event(event))


async def _only(given: Input) -> AsyncIterator[Input]:
    yield given
