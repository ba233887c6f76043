"""What MeetingService answers."""

from dataclasses import dataclass

from cnt_grpc import auth
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.messages import streams as messages
from cnt_grpc.live.rules import meetings as rules
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.rules.meetings import Waiting
from cnt_grpc.pb.cnt.live.v1 import meeting_service
from cnt_grpc.pb.cnt.live.v1 import meeting_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class MeetingService(meeting_service.Servicer):
    """Meetings."""

    studio: Studio | None
    ws_url: str
    passwords: auth.Passwords

    async def CreateMeeting(self, request: pb2.CreateMeetingRequest, call: Call) -> pb2.CreateMeetingResponse:
        wanted = messages.new_meeting(request)
        row = await rules.create(call.tx, call.caller, self.passwords, wanted, request.password)
        return pb2.CreateMeetingResponse(meeting=messages.meeting(row))

    async def ListMyMeetings(self, request: pb2.ListMyMeetingsRequest, call: Call) -> pb2.ListMyMeetingsResponse:
        page = Page.of(request, method=f"{meeting_service.SERVICE}/ListMyMeetings", filters=(call.caller.user_id,))
        rows, token = await rules.mine(call.tx, call.caller, page)
        return pb2.ListMyMeetingsResponse(meetings=[messages.meeting(row) for row in rows], next_page_token=token)

    async def GetMeeting(self, request: pb2.GetMeetingRequest, call: Call) -> pb2.GetMeetingResponse:
        row = await rules.shown(call.tx, call.caller, request.room_name)
        return pb2.GetMeetingResponse(meeting=messages.meeting(row))

    async def JoinMeeting(self, request: pb2.JoinMeetingRequest, call: Call) -> pb2.JoinMeetingResponse:
        way = await rules.join(call.db, self.studio, self.passwords, call.caller, request.room_name, request.password)
        if isinstance(way, Waiting):
            return pb2.JoinMeetingResponse(is_waiting=True, identity=way.identity)
        return pb2.JoinMeetingResponse(**messages.way_in(way, self.ws_url))

    async def AdmitParticipant(self, request: pb2.AdmitParticipantRequest, call: Call) -> pb2.AdmitParticipantResponse:
        admitted = await rules.admit(call.tx, call.caller, request.room_name, request.identity)
        return pb2.AdmitParticipantResponse(admitted=admitted)

    async def EndMeeting(self, request: pb2.EndMeetingRequest, call: Call) -> pb2.EndMeetingResponse:
        row = await rules.end(call.tx, call.caller, request.room_name)
        return pb2.EndMeetingResponse(meeting=messages.meeting(row))
