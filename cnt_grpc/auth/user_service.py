"""The servicer of people: what each RPC asks of the rules, and nothing else."""

from dataclasses import dataclass

from cnt_grpc.auth import messages
from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.auth.queries import accounts as account_queries
from cnt_grpc.auth.queries import blocks as block_queries
from cnt_grpc.auth.queries import people
from cnt_grpc.auth.rules import blocks, confirming, deletion, exporting, profiles, usernames
from cnt_grpc.auth.service import device_of
from cnt_grpc.auth.vault import Vault
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.auth.v1 import user_service
from cnt_grpc.pb.cnt.auth.v1 import user_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class UserService(user_service.Servicer):
    """People."""

    avatars: Avatars
    passwords: Passwords
    vault: Vault

    async def GetMe(self, request: pb2.GetMeRequest, call: Call) -> pb2.GetMeResponse:  # noqa: ARG002
        profile = await account_queries.own_profile(call.tx, call.caller.user_id)
        return pb2.GetMeResponse(user=messages.user(profile, self.avatars))

    async def UpdateMe(self, request: pb2.UpdateMeRequest, call: Call) -> pb2.UpdateMeResponse:
        given = messages.profile_changes(request)
        profile = await profiles.change(call.tx, self.avatars, call.caller.user_id, given)
        return pb2.UpdateMeResponse(user=messages.user(profile, self.avatars))

    async def ChangePassword(self, request: pb2.ChangePasswordRequest, call: Call) -> pb2.ChangePasswordResponse:
        reply = pb2.ChangePasswordResponse()
        await confirming.change_password(
            call.db,
            self.passwords,
            call.caller,
            old=request.old_password,
            new=request.new_password,
            device=device_of(call),
            then=lambda tx: call.answered(tx, reply),
        )
        return reply

    async def ChangeUsername(self, request: pb2.ChangeUsernameRequest, call: Call) -> pb2.ChangeUsernameResponse:
        profile = await usernames.change(call.tx, call.caller.user_id, request.username)
        return pb2.ChangeUsernameResponse(user=messages.user(profile, self.avatars))

    async def DeleteMe(self, request: pb2.DeleteMeRequest, call: Call) -> pb2.DeleteMeResponse:  # noqa: ARG002
        until = await deletion.request(call.tx, call.caller, device_of(call))
        return pb2.DeleteMeResponse(delete_after=messages.timestamp(until))

    async def RequestExport(
        self,
        request: pb2.RequestExportRequest,  # noqa: ARG002
        call: Call,
    ) -> pb2.RequestExportResponse:
        export = await exporting.request(call.tx, self.vault, call.caller.user_id)
        return pb2.RequestExportResponse(export=messages.export(export, self.vault))

    async def GetExport(self, request: pb2.GetExportRequest, call: Call) -> pb2.GetExportResponse:  # noqa: ARG002
        export = await exporting.find(call.tx, call.caller.user_id)
        return pb2.GetExportResponse(export=messages.export(export, self.vault))

    async def GetPublicUser(self, request: pb2.GetPublicUserRequest, call: Call) -> pb2.GetPublicUserResponse:
        if request.username:
            person = await people.visible_person_by_username(call.tx, call.caller.user_id, request.username)
        else:
            person = await people.visible_person(call.tx, call.caller.user_id, request.user_id)
        return pb2.GetPublicUserResponse(user=messages.public_user(person, self.avatars))

    async def BlockUser(self, request: pb2.BlockUserRequest, call: Call) -> pb2.BlockUserResponse:
        await blocks.block(call.tx, call.caller.user_id, request.user_id)
        return pb2.BlockUserResponse()

    async def UnblockUser(self, request: pb2.UnblockUserRequest, call: Call) -> pb2.UnblockUserResponse:
        await blocks.unblock(call.tx, call.caller.user_id, request.user_id)
        return pb2.UnblockUserResponse()

    async def ListBlocks(self, request: pb2.ListBlocksRequest, call: Call) -> pb2.ListBlocksResponse:
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows = await block_queries.blocked_by(call.tx, call.caller.user_id, page)
        shown, token = page.cut(rows, key=lambda row: (row["blocked_at"], row["id"]))
        return pb2.ListBlocksResponse(
            blocks=[messages.block(row, self.avatars) for row in shown], next_page_token=token
        )
