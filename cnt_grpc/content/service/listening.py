"""Answers the methods of ContentService that are about playing items of any kind."""

from cnt_grpc.content.messages import listening as messages
from cnt_grpc.content.rules import listening
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.listening_pb2 import (
    GetPositionRequest,
    GetPositionResponse,
    RecordPlayRequest,
    RecordPlayResponse,
    SavePositionRequest,
    SavePositionResponse,
)


class Listening(Part):
    """Plays, and where people stopped."""

    __slots__ = ()

    async def RecordPlay(self, request: RecordPlayRequest, call: Call) -> RecordPlayResponse:
        """Count a play."""
        device = listening.Device(request.device_id, call.address, call.metadata.get("user-agent", ""))
        await listening.play(call.tx, call.caller, request.content_id, device)
        return RecordPlayResponse()

    async def GetPosition(self, request: GetPositionRequest, call: Call) -> GetPositionResponse:
        """Show where the caller stopped."""
        row = await listening.position(call.tx, call.caller, request.content_id)
        return messages.position(row)

    async def SavePosition(self, request: SavePositionRequest, call: Call) -> SavePositionResponse:
        """Remember where the caller stopped."""
        await listening.save_position(call.tx, call.caller, request.content_id, request.position)
        return SavePositionResponse()
