# Generated from cnt/moderation/v1/moderation_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.moderation.v1.ModerationService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.moderation.v1 import moderation_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.moderation.v1 import audit_pb2 as cnt_moderation_v1_audit_pb2

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

    @abstractmethod
    async def DeleteContent(self, request: pb2.DeleteContentRequest, call: Call) -> pb2.DeleteContentResponse:
        """Deletes the content for good, with all that hangs on it, and tells its author why.
        Administrators. SUBJECT_NOT_FOUND; OWN_CASE for one's own, which its own methods delete.
        """
        ...

    @abstractmethod
    async def DecideInBulk(self, request: pb2.DecideInBulkRequest, call: Call) -> pb2.DecideInBulkResponse:
        """Decides on up to 100 things at once. Each gets its own result, as if it had been decided on by itself: what is
        refused of one leaves the others as they are.
        Moderators; deleting is for administrators, and ROLE_MISSING in the result of others.
        """
        ...

    @abstractmethod
    async def ListAudit(self, request: cnt_moderation_v1_audit_pb2.ListAuditRequest, call: Call) -> cnt_moderation_v1_audit_pb2.ListAuditResponse:
        """What was done by virtue of a role, by whom and why; the last act first. `cnt-grpc audit verify` shows that nothing
        of it was changed.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...
