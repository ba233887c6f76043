"""Answers AdminService: request, rules, message."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc.admin.messages.metrics import NAME_OF, point, span
from cnt_grpc.admin.messages.users import ROLE_OF
from cnt_grpc.admin.messages.users import user as user_message
from cnt_grpc.admin.rules import dashboard, metrics, users
from cnt_grpc.kit import defects
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.times import set_time
from cnt_grpc.media import Urls
from cnt_grpc.pb.cnt.admin.v1 import admin_service
from cnt_grpc.pb.cnt.admin.v1.admin_service_pb2 import (
    BanUserRequest,
    BanUserResponse,
    DeleteUserRequest,
    DeleteUserResponse,
    GetDashboardRequest,
    GetDashboardResponse,
    GetErrorRequest,
    GetErrorResponse,
    GetMetricsRequest,
    GetMetricsResponse,
    ListUsersRequest,
    ListUsersResponse,
    SetUserAdminRequest,
    SetUserAdminResponse,
    SetUserRolesRequest,
    SetUserRolesResponse,
    UnbanUserRequest,
    UnbanUserResponse,
)
from cnt_grpc.pb.cnt.admin.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class AdminService(admin_service.Servicer):
    """What administrators do with people."""

    urls: Urls
    figures: Sequence[Figure]
    kinds: Sequence[str]
    """What moderators decide on, by name."""

    async def GetDashboard(self, request: GetDashboardRequest, call: Call) -> GetDashboardResponse:
        """Show the platform in numbers."""
        del request
        found = await dashboard.shown(call.tx, self.figures, self.kinds)
        answer = GetDashboardResponse(pending=found.pending, open=found.exact, totals=found.totals)
        if found.totals_at is not None:
            set_time(answer.totals_at, found.totals_at)
        return answer

    async def GetMetrics(self, request: GetMetricsRequest, call: Call) -> GetMetricsResponse:
        """Show how a number went."""
        rows = await metrics.series(call.tx, NAME_OF[request.name], *span(request))
        return GetMetricsResponse(points=map(point, rows))

    async def GetError(self, request: GetErrorRequest, call: Call) -> GetErrorResponse:
        """Show where a defect happened."""
        row = await defects.find(call.tx, request.error_id)
        if row is None:
            raise NotFound(Reason.ERROR_NOT_FOUND)
        answer = GetErrorResponse(error_id=row["error_id"], method=row["method"], kind=row["kind"], stack=row["stack"])
        set_time(answer.at, row["at"])
        return answer

    async def ListUsers(self, request: ListUsersRequest, call: Call) -> ListUsersResponse:
        """Show a page of people."""
        banned = request.banned if request.HasField("banned") else None
        wanted = users.Wanted(request.search, ROLE_OF.get(request.role), banned)
        page = Page.of(request, method=call.method, filters=(request.search, request.role, banned))
        rows, next_page_token = await users.listed(call.tx, wanted, page)
        return ListUsersResponse(users=[user_message(row, self.urls) for row in rows], next_page_token=next_page_token)

    async def SetUserAdmin(self, request: SetUserAdminRequest, call: Call) -> SetUserAdminResponse:
        """Make somebody an administrator, or no longer."""
        row = await users.set_admin(call.tx, call.caller, request.user_id, wanted=request.is_admin)
        return SetUserAdminResponse(user=user_message(row, self.urls))

    async def SetUserRoles(self, request: SetUserRolesRequest, call: Call) -> SetUserRolesResponse:
        """Give somebody these roles and no others."""
        wanted = {ROLE_OF[each] for each in request.roles}
        row = await users.set_roles(call.tx, call.caller, request.user_id, wanted)
        return SetUserRolesResponse(user=user_message(row, self.urls))

    async def BanUser(self, request: BanUserRequest, call: Call) -> BanUserResponse:
        """Shut somebody out."""
        row = await users.ban(call.tx, call.caller, request.user_id, request.reason)
        return BanUserResponse(user=user_message(row, self.urls))

    async def UnbanUser(self, request: UnbanUserRequest, call: Call) -> UnbanUserResponse:
        """Let somebody in again."""
        row = await users.unban(call.tx, call.caller, request.user_id, request.reason)
        return UnbanUserResponse(user=user_message(row, self.urls))

    async def DeleteUser(self, request: DeleteUserRequest, call: Call) -> DeleteUserResponse:
        """Remove somebody's account for good."""
        await users.delete(call.tx, call.caller, request.user_id, request.reason)
        return DeleteUserResponse()
