# Generated from cnt/live/v1/voice_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.VoiceService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import voice_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.live.v1 import voice_chat_pb2 as cnt_live_v1_voice_chat_pb2

SERVICE: Final = "cnt.live.v1.VoiceService"


class Servicer(Protocol):
    """Voice rooms: one person and an agent. A room's name is voice-agent-, its owner's id, and a tail; nobody else may do
    anything with it. LiveKit gives up a room a while after it was left. Without a room: VoiceChat and AskVoice.
    """

    __slots__ = ()

    @abstractmethod
    async def EnterVoiceRoom(self, request: pb2.EnterVoiceRoomRequest, call: Call) -> pb2.EnterVoiceRoomResponse:
        """A token for a voice room of the caller. The room is opened if it is not there.
        Anyone signed in with a real account. VOICE_ROOM_NOT_FOUND; VOICE_ROOMS_FULL, at three; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def OpenVoiceRoom(self, request: pb2.OpenVoiceRoomRequest, call: Call) -> pb2.OpenVoiceRoomResponse:
        """Opens a voice room of the caller and sends the agent into it. One that is open stays as it is.
        Anyone signed in with a real account. VOICE_ROOM_NOT_FOUND; VOICE_ROOMS_FULL, at three; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def CloseVoiceRoom(self, request: pb2.CloseVoiceRoomRequest, call: Call) -> pb2.CloseVoiceRoomResponse:
        """Closes a voice room of the caller. One that is not open is closed already.
        Its owner. VOICE_ROOM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ListVoiceRooms(self, request: pb2.ListVoiceRoomsRequest, call: Call) -> pb2.ListVoiceRoomsResponse:
        """The caller's voice rooms that are open.
        Anyone signed in with a real account. LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def GetVoiceHealth(self, request: pb2.GetVoiceHealthRequest, call: Call) -> pb2.GetVoiceHealthResponse:
        """Whether an agent would come: one of its workers is registered with LiveKit, and has said so a moment ago.
        Everyone. No reason of its own.
        """
        ...

    @abstractmethod
    def VoiceChat(self, requests: AsyncIterator[cnt_live_v1_voice_chat_pb2.VoiceChatRequest], call: Call) -> AsyncIterator[cnt_live_v1_voice_chat_pb2.VoiceChatResponse]:
        """Talks with the voice agent without a room. The caller says how it shall be, and then sends sound or words; back come what
        was understood, what is looked up, the answer in words as they are found and, when it is to be spoken, its sound.
        Speaking or writing while an answer comes interrupts it. A heartbeat opens the conversation, and comes whenever nothing
        else came for 10 seconds; the last message before an orderly end is VoiceChatEnd. A conversation lasts 15 minutes at most. The agent's tools find what
        the caller may see, and nothing of it is kept.
        Anyone signed in with a real account. VOICE_NOT_CONFIGURED; VOICE_CHATS_FULL, at two; VOICE_TOO_FAST;
        PARTY_UNAVAILABLE when two turns fail one after the other.
        """
        ...

    @abstractmethod
    def AskVoice(self, request: cnt_live_v1_voice_chat_pb2.AskVoiceRequest, call: Call) -> AsyncIterator[cnt_live_v1_voice_chat_pb2.AskVoiceResponse]:
        """Asks the voice agent one question in words, for callers that cannot send a stream. The answer comes as in VoiceChat,
        and a turn_end and an end are its last messages. Over HTTP each line is one message as JSON.
        Anyone signed in with a real account. VOICE_NOT_CONFIGURED; VOICE_CHATS_FULL, at two; PARTY_UNAVAILABLE when there is
        no answer at all: one that breaks off says so in its turn_end.
        """
        ...
