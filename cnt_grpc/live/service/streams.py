"""What LiveService answers."""

from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.messages import streams as messages
from cnt_grpc.live.messages.words import CATEGORY_ASKED, STATUS_ASKED
from cnt_grpc.live.queries.streams import Narrowed
from cnt_grpc.live.rules import airing, finding, hosting, joining
from cnt_grpc.live.rules import streams as rules
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.standing import Kind, Status
from cnt_grpc.pb.cnt.live.v1 import live_service, stream_pb2
from cnt_grpc.pb.cnt.live.v1 import live_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class LiveService(live_service.Servicer):
    """Streams; `studio` is None where LiveKit is not configured."""

    studio: Studio | None
    ws_url: str
    urls: media.Urls

    def _shown(self, row: Row, call: Call) -> stream_pb2.Stream:
        return messages.stream(row, self.urls, for_host=row["host_id"] == call.caller.user_id)

    async def CreateStream(self, request: pb2.CreateStreamRequest, call: Call) -> pb2.CreateStreamResponse:
        row = await rules.create(call.tx, call.caller, messages.new_stream(request))
        return pb2.CreateStreamResponse(stream=self._shown(row, call))

    async def GetStream(self, request: pb2.GetStreamRequest, call: Call) -> pb2.GetStreamResponse:
        row = await rules.shown(call.tx, call.caller, request.stream_id)
        return pb2.GetStreamResponse(stream=self._shown(row, call))

    async def ListStreams(self, request: pb2.ListStreamsRequest, call: Call) -> pb2.ListStreamsResponse:
        category = CATEGORY_ASKED.get(request.category)
        narrowed = Narrowed(
            status=STATUS_ASKED.get(request.status), category=category is not None, host=request.host_id != 0
        )
        filters = (request.status, request.category, request.host_id, call.caller.user_id)
        page = Page.of(request, method=f"{live_service.SERVICE}/ListStreams", filters=filters)
        values = {"category": category} if category else {}
        host = {"host_id": request.host_id} if request.host_id else {}
        rows, token = await rules.listed(call.tx, call.caller, Kind.STREAM, narrowed, page, **values, **host)
        return pb2.ListStreamsResponse(streams=[self._shown(row, call) for row in rows], next_page_token=token)

    async def UpdateStream(self, request: pb2.UpdateStreamRequest, call: Call) -> pb2.UpdateStreamResponse:
        row = await rules.update(call.tx, call.caller, request.stream_id, messages.changes(request))
        return pb2.UpdateStreamResponse(stream=self._shown(row, call))

    async def DeleteStream(self, request: pb2.DeleteStreamRequest, call: Call) -> pb2.DeleteStreamResponse:
        await rules.delete(call.tx, call.caller, request.stream_id)
        return pb2.DeleteStreamResponse()

    async def JoinStream(self, request: pb2.JoinStreamRequest, call: Call) -> pb2.JoinStreamResponse:
        way = await joining.join(call.db, self.studio, call.caller, request.stream_id)
        return pb2.JoinStreamResponse(**messages.way_in(way, self.ws_url))

    async def JoinStreamByRoom(self, request: pb2.JoinStreamByRoomRequest, call: Call) -> pb2.JoinStreamByRoomResponse:
        way = await joining.join(call.db, self.studio, call.caller, room=request.room_name)
        return pb2.JoinStreamByRoomResponse(**messages.way_in(way, self.ws_url))

    async def ReportHostJoined(self, request: pb2.ReportHostJoinedRequest, call: Call) -> pb2.ReportHostJoinedResponse:
        row = await hosting.report_joined(call.db, self.studio, call.caller, request.stream_id)
        return pb2.ReportHostJoinedResponse(stream=self._shown(row, call))

    async def EndStream(self, request: pb2.EndStreamRequest, call: Call) -> pb2.EndStreamResponse:
        row = await airing.end(call.tx, call.caller, request.stream_id)
        return pb2.EndStreamResponse(stream=self._shown(row, call))

    async def ListLiveStreams(self, request: pb2.ListLiveStreamsRequest, call: Call) -> pb2.ListLiveStreamsResponse:
        category = CATEGORY_ASKED.get(request.category)
        page = Page.of(
            request,
            method=f"{live_service.SERVICE}/ListLiveStreams",
            filters=(request.category, call.caller.user_id),
        )
        narrowed = Narrowed(status=Status.LIVE, category=category is not None)
        values = {"category": category} if category else {}
        rows, token = await rules.listed(call.tx, call.caller, Kind.STREAM, narrowed, page, **values)
        return pb2.ListLiveStreamsResponse(streams=[self._shown(row, call) for row in rows], next_page_token=token)

    async def ListPastStreams(self, request: pb2.ListPastStreamsRequest, call: Call) -> pb2.ListPastStreamsResponse:
        me = call.caller.user_id
        page = Page.of(request, method=f"{live_service.SERVICE}/ListPastStreams", filters=(me,))
        narrowed = Narrowed(status=Status.ENDED, host=True)
        rows, token = await rules.listed(call.tx, call.caller, Kind.STREAM, narrowed, page, host_id=me)
        return pb2.ListPastStreamsResponse(streams=[self._shown(row, call) for row in rows], next_page_token=token)

    async def ListRecommendedStreams(
        self,
        request: pb2.ListRecommendedStreamsRequest,  # noqa: ARG002
        call: Call,
    ) -> pb2.ListRecommendedStreamsResponse:
        rows = await rules.recommended(call.tx, call.caller)
        return pb2.ListRecommendedStreamsResponse(streams=[self._shown(row, call) for row in rows])

    async def ListFollowedStreams(
        self, request: pb2.ListFollowedStreamsRequest, call: Call
    ) -> pb2.ListFollowedStreamsResponse:
        me = call.caller.user_id
        page = Page.of(request, method=f"{live_service.SERVICE}/ListFollowedStreams", filters=(me,))
        narrowed = Narrowed(but_ended=True, followed=True)
        rows, token = await rules.listed(call.tx, call.caller, Kind.STREAM, narrowed, page)
        return pb2.ListFollowedStreamsResponse(streams=[self._shown(row, call) for row in rows], next_page_token=token)

    async def SearchStreams(self, request: pb2.SearchStreamsRequest, call: Call) -> pb2.SearchStreamsResponse:
        rows = await finding.found(call.tx, call.caller, request.q, STATUS_ASKED.get(request.status))
        return pb2.SearchStreamsResponse(streams=[self._shown(row, call) for row in rows])

    async def GetStreamOfPerson(
        self, request: pb2.GetStreamOfPersonRequest, call: Call
    ) -> pb2.GetStreamOfPersonResponse:
        row = await rules.of_person(call.tx, call.caller, request.username)
        return pb2.GetStreamOfPersonResponse(stream=self._shown(row, call))
