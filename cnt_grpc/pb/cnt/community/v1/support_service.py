# Generated from cnt/community/v1/support_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.community.v1.SupportService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.community.v1.SupportService"


class Servicer(Protocol):
    """Questions to the platform's team, and its answers. Who asks sees what is theirs, moderators see all. Whoever asked acts
    for themselves, and a moderator on the question of another acts for the team.
    """

    __slots__ = ()

    @abstractmethod
    async def CreateTicket(self, request: pb2.CreateTicketRequest, call: Call) -> pb2.CreateTicketResponse:
        """Asks the team something.
        Anyone signed in with a real account. None of its own.
        """
        ...

    @abstractmethod
    async def ListMyTickets(self, request: pb2.ListMyTicketsRequest, call: Call) -> pb2.ListMyTicketsResponse:
        """The caller's own questions, newest first, and how many answers they have not read.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetTicket(self, request: pb2.GetTicketRequest, call: Call) -> pb2.GetTicketResponse:
        """One question with its thread, page by page, the oldest first. It marks nothing as read.
        Who asked, and moderators. TICKET_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListTickets(self, request: pb2.ListTicketsRequest, call: Call) -> pb2.ListTicketsResponse:
        """Everybody's questions, newest first.
        Moderators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetSupportStats(self, request: pb2.GetSupportStatsRequest, call: Call) -> pb2.GetSupportStatsResponse:
        """How many questions stand where, and how much the team has not read.
        Moderators. None of its own.
        """
        ...

    @abstractmethod
    async def ReplyToTicket(self, request: pb2.ReplyToTicketRequest, call: Call) -> pb2.ReplyToTicketResponse:
        """Adds to the thread. An answer of the team puts an open question in progress, and who asked is told; who asks on after it
        was resolved opens it again.
        Who asked, and moderators. TICKET_NOT_FOUND; TICKET_CLOSED.
        """
        ...

    @abstractmethod
    async def MarkTicketRead(self, request: pb2.MarkTicketReadRequest, call: Call) -> pb2.MarkTicketReadResponse:
        """Notes that the side that the caller acts for has read everything.
        Who asked, and moderators. TICKET_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def SetTicketStatus(self, request: pb2.SetTicketStatusRequest, call: Call) -> pb2.SetTicketStatusResponse:
        """Says where a question stands. Who asked may resolve it, open it again, or close it, which is final for them.
        Who asked, and moderators. TICKET_NOT_FOUND; TICKET_CLOSED; TICKET_STATUS_OF_TEAM.
        """
        ...
