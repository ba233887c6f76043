"""What StageService answers."""

from dataclasses import dataclass

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live.messages import log as messages
from cnt_grpc.live.messages.words import ROLE_ASKED, ROLES
from cnt_grpc.live.rules import stage as rules
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.standing import Role
from cnt_grpc.pb.cnt.live.v1 import stage_service
from cnt_grpc.pb.cnt.live.v1 import stage_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class StageService(stage_service.Servicer):
    """The people in a room."""

    studio: Studio | None

    async def ListParticipants(self, request: pb2.ListParticipantsRequest, call: Call) -> pb2.ListParticipantsResponse:
        found = await rules.participants(call.db, self.studio, call.caller, request.stream_id)
        return pb2.ListParticipantsResponse(participants=[messages.participant(one) for one in found])

    async def MuteParticipant(self, request: pb2.MuteParticipantRequest, call: Call) -> pb2.MuteParticipantResponse:
        keeps = (request.keeps_sound, request.keeps_picture)
        muted = await rules.mute(call.db, self.studio, call.caller, request.stream_id, request.identity, keeps)
        return pb2.MuteParticipantResponse(muted_tracks=muted)

    async def RemoveParticipant(
        self, request: pb2.RemoveParticipantRequest, call: Call
    ) -> pb2.RemoveParticipantResponse:
        await rules.remove(call.db, self.studio, call.caller, request.stream_id, request.identity)
        return pb2.RemoveParticipantResponse()

    async def BanParticipant(self, request: pb2.BanParticipantRequest, call: Call) -> pb2.BanParticipantResponse:
        await rules.ban(call.db, self.studio, call.caller, request.stream_id, request.identity)
        return pb2.BanParticipantResponse()

    async def PromoteParticipant(
        self, request: pb2.PromoteParticipantRequest, call: Call
    ) -> pb2.PromoteParticipantResponse:
        role = ROLE_ASKED.get(request.role, Role.SPEAKER)
        await rules.give_role(call.db, self.studio, call.caller, request.stream_id, request.identity, role)
        return pb2.PromoteParticipantResponse(role=ROLES[role])

    async def ListStreamBans(self, request: pb2.ListStreamBansRequest, call: Call) -> pb2.ListStreamBansResponse:
        page = Page.of(request, method=f"{stage_service.SERVICE}/ListStreamBans", filters=(request.stream_id,))
        rows, token = await rules.bans(call.tx, call.caller, request.stream_id, page)
        return pb2.ListStreamBansResponse(bans=[messages.ban(row) for row in rows], next_page_token=token)

    async def LiftStreamBan(self, request: pb2.LiftStreamBanRequest, call: Call) -> pb2.LiftStreamBanResponse:
        await rules.lift_ban(call.tx, call.caller, request.stream_id, request.identity)
        return pb2.LiftStreamBanResponse()
