"""What BroadcastService answers."""

from dataclasses import dataclass

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.rules import broadcasting as rules
from cnt_grpc.live.rules.broadcasting import Recorder
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.pb.cnt.live.v1 import broadcast_service
from cnt_grpc.pb.cnt.live.v1 import broadcast_service_pb2 as pb2

_KINDS = {"rtmp": pb2.INGRESS_KIND_RTMP, "whip": pb2.INGRESS_KIND_WHIP}
_ASKED = {value: word for word, value in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class BroadcastService(broadcast_service.Servicer):
    """Studios' software, and recordings."""

    studio: Studio | None
    recorder: Recorder

    async def CreateIngress(self, request: pb2.CreateIngressRequest, call: Call) -> pb2.CreateIngressResponse:
        kind = _ASKED.get(request.kind, "rtmp")
        way = await rules.open_ingress(call.db, self.studio, call.caller, request.stream_id, kind)
        return pb2.CreateIngressResponse(ingress=pb2.Ingress(kind=_KINDS[kind], url=way.url), stream_key=way.stream_key)

    async def GetIngress(self, request: pb2.GetIngressRequest, call: Call) -> pb2.GetIngressResponse:
        row = await rules.ingress(call.tx, call.caller, request.stream_id)
        return pb2.GetIngressResponse(ingress=pb2.Ingress(kind=_KINDS[row["kind"]], url=row["url"]))

    async def DeleteIngress(self, request: pb2.DeleteIngressRequest, call: Call) -> pb2.DeleteIngressResponse:
        await rules.close_ingress(call.db, self.studio, call.caller, request.stream_id)
        return pb2.DeleteIngressResponse()

    async def StartRecording(self, request: pb2.StartRecordingRequest, call: Call) -> pb2.StartRecordingResponse:
        await rules.record(call.db, self.studio, self.recorder, call.caller, request.stream_id)
        return pb2.StartRecordingResponse()

    async def StopRecording(self, request: pb2.StopRecordingRequest, call: Call) -> pb2.StopRecordingResponse:
        await rules.stop(call.db, self.studio, call.caller, request.stream_id)
        return pb2.StopRecordingResponse()
