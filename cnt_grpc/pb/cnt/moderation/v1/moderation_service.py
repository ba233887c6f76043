# Generated from cnt/moderation/v1/moderation_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.moderation.v1.ModerationService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.moderation.v1 import moderation_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.call import Call

SERVICE: Final = "cnt.moderation.v1.ModerationService"


class Servicer(Protocol):
    """Approves, rejects and archives what people publish, by one mechanism for every kind. Every decision is audited."""

    __slots__ = ()

    @abstractmethod
    async def ListPending(self, request: pb2.ListPendingRequest, call: Call) -> pb2.ListPendingResponse:
        """Everything that waits for a decision, of all kinds in one list, the longest waiting first.
        Moderators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListContent(self, request: pb2.ListContentRequest, call: Call) -> pb2.ListContentResponse:
        """Everything of all kinds, whatever its status, newest first: by when it was published, or made while it never was.
        Moderators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ApproveContent(self, request: pb2.ApproveContentRequest, call: Call) -> pb2.ApproveContentResponse:
        """Shows the content to everyone, and tells its author.
        Moderators. SUBJECT_NOT_FOUND; OWN_CASE for one's own; STATUS_UNSUITABLE when it is approved already.
        """
        ...

    @abstractmethod
    async def RejectContent(self, request: pb2.RejectContentRequest, call: Call) -> pb2.RejectContentResponse:
        """Hides the content from everyone but its author, and tells the author why.
        Moderators. SUBJECT_NOT_FOUND; OWN_CASE for one's own; STATUS_UNSUITABLE unless it is pending or approved.
        """
        ...

    @abstractmethod
    async def ArchiveContent(self, request: pb2.ArchiveContentRequest, call: Call) -> pb2.ArchiveContentResponse:
        """Takes the content out of the catalogue and keeps it; approving it brings it back.
        Moderators. SUBJECT_NOT_FOUND; OWN_CASE for one's own; STATUS_UNSUITABLE when it is archived already.
        """
        ...
