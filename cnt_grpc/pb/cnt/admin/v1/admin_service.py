# Generated from cnt/admin/v1/admin_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.admin.v1.AdminService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.admin.v1 import admin_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.admin.v1.AdminService"


class Servicer(Protocol):
    """Shows the platform in numbers, and manages people. Whatever is done here is audited; what changes somebody asks for a fresh confirmation."""

    __slots__ = ()

    @abstractmethod
    async def GetDashboard(self, request: pb2.GetDashboardRequest, call: Call) -> pb2.GetDashboardResponse:
        """What waits, what there is, and what happened lately, in numbers. What waits is counted exactly; the rest was counted
        within the last minute or two. Administrators.
        """
        ...

    @abstractmethod
    async def GetMetrics(self, request: pb2.GetMetricsRequest, call: Call) -> pb2.GetMetricsResponse:
        """How a number went: a point for each step in which it was measured, up to 1,500 of them. What happened (calls, errors,
        uploads, plays) is added up for each step; of what stands (active people, streams, job lag) it shows the highest.
        Measured each minute, kept for 90 days. Administrators.
        """
        ...

    @abstractmethod
    async def GetError(self, request: pb2.GetErrorRequest, call: Call) -> pb2.GetErrorResponse:
        """Where the defect happened whose id somebody was told with "internal error"; kept for 14 days.
        Administrators. ERROR_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListUsers(self, request: pb2.ListUsersRequest, call: Call) -> pb2.ListUsersResponse:
        """Finds people, the newest first; who is erased is not found.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def SetUserAdmin(self, request: pb2.SetUserAdminRequest, call: Call) -> pb2.SetUserAdminResponse:
        """Makes a person an administrator, or no longer one; it acts within a second everywhere.
        Administrators. USER_NOT_FOUND; ACT_ON_ONESELF; LAST_ADMIN.
        """
        ...

    @abstractmethod
    async def SetUserRoles(self, request: pb2.SetUserRolesRequest, call: Call) -> pb2.SetUserRolesResponse:
        """Gives a person exactly these roles, and takes all others; it acts within a second everywhere.
        Administrators. USER_NOT_FOUND; ACT_ON_ONESELF; LAST_ADMIN.
        """
        ...

    @abstractmethod
    async def BanUser(self, request: pb2.BanUserRequest, call: Call) -> pb2.BanUserResponse:
        """Shuts an account and ends its sessions, within a second everywhere. Banning twice is banning once.
        Administrators. USER_NOT_FOUND; ACT_ON_ONESELF; LAST_ADMIN.
        """
        ...

    @abstractmethod
    async def UnbanUser(self, request: pb2.UnbanUserRequest, call: Call) -> pb2.UnbanUserResponse:
        """Lets somebody in again, by a new sign-in.
        Administrators. USER_NOT_FOUND; ACT_ON_ONESELF.
        """
        ...

    @abstractmethod
    async def DeleteUser(self, request: pb2.DeleteUserRequest, call: Call) -> pb2.DeleteUserResponse:
        """Shuts an account at once and has it erased from every room; nothing takes that back.
        Administrators. USER_NOT_FOUND; ACT_ON_ONESELF; LAST_ADMIN.
        """
        ...
