# Generated from cnt/live/v1/voice_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.VoiceService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import voice_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.VoiceService"


class Servicer(Protocol):
    """Voice rooms: one person and an agent. A room's name is voice-agent-, its owner's id, and a tail; nobody else may do
    anything with it. LiveKit gives up a room a while after it was left.
    """

    __slots__ = ()

    @abstractmethod
    async def EnterVoiceRoom(self, request: pb2.EnterVoiceRoomRequest, call: Call) -> pb2.EnterVoiceRoomResponse:
        """A token for a voice room of the caller. The room is opened if it is not there.
        Anyone signed in with a real account. VOICE_ROOM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def OpenVoiceRoom(self, request: pb2.OpenVoiceRoomRequest, call: Call) -> pb2.OpenVoiceRoomResponse:
        """Opens a voice room of the caller and sends the agent into it. One that is open stays as it is.
        Anyone signed in with a real account. VOICE_ROOM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
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
