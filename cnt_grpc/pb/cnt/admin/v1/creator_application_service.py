# Generated from cnt/admin/v1/creator_application_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.admin.v1.CreatorApplicationService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.admin.v1 import creator_application_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.admin.v1.CreatorApplicationService"


class Servicer(Protocol):
    """Applications: made by people, decided by administrators, audited. An approved one makes a verified artist."""

    __slots__ = ()

    @abstractmethod
    async def ApplyAsCreator(self, request: pb2.ApplyAsCreatorRequest, call: Call) -> pb2.ApplyAsCreatorResponse:
        """Asks to be a creator. The papers are files that the caller uploaded for this purpose: nobody but administrators sees
        them, and they are removed once the application is decided. How creators are paid is told as bank details.
        Anyone signed in with a real account. APPLICATION_PENDING while one waits; CREATOR_ALREADY; MEDIA_NOT_FOUND,
        MEDIA_NOT_READY and MEDIA_WRONG_KIND for papers.
        """
        ...

    @abstractmethod
    async def GetMyCreatorApplication(self, request: pb2.GetMyCreatorApplicationRequest, call: Call) -> pb2.GetMyCreatorApplicationResponse:
        """The caller's own application, the newest one.
        Anyone signed in with a real account. APPLICATION_NOT_FOUND when they never applied.
        """
        ...

    @abstractmethod
    async def ListCreatorApplications(self, request: pb2.ListCreatorApplicationsRequest, call: Call) -> pb2.ListCreatorApplicationsResponse:
        """Everyone's applications, the newest first.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ApproveCreatorApplication(self, request: pb2.ApproveCreatorApplicationRequest, call: Call) -> pb2.ApproveCreatorApplicationResponse:
        """Makes the person a verified artist with the creator role, and tells them.
        Administrators. APPLICATION_NOT_FOUND; APPLICATION_DECIDED; ACT_ON_ONESELF.
        """
        ...

    @abstractmethod
    async def RejectCreatorApplication(self, request: pb2.RejectCreatorApplicationRequest, call: Call) -> pb2.RejectCreatorApplicationResponse:
        """Leaves the person as they are, and tells them why; they may apply again.
        Administrators. APPLICATION_NOT_FOUND; APPLICATION_DECIDED; ACT_ON_ONESELF.
        """
        ...
