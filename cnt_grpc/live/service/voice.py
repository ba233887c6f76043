"""What VoiceService answers."""

from dataclasses import dataclass

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.messages import streams as messages
from cnt_grpc.live.rules import voice as rules
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.pb.cnt.live.v1 import voice_service
from cnt_grpc.pb.cnt.live.v1 import voice_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class VoiceService(voice_service.Servicer):
    """Rooms in which an agent listens and speaks."""

    studio: Studio | None
    ws_url: str

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
