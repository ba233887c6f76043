"""Answers ModerationService: request, rules, message."""

from dataclasses import dataclass
from typing import Final

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.moderation.kinds import Filter, Kinds, Subject
from cnt_grpc.moderation.messages import acts as act_messages
from cnt_grpc.moderation.messages import subjects as messages
from cnt_grpc.moderation.rules import acts, decisions, lists
from cnt_grpc.moderation.rules.decisions import Wanted
from cnt_grpc.moderation.status import Status
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service_pb2 as pb2
from cnt_grpc.pb.cnt.moderation.v1.audit_pb2 import ListAuditRequest, ListAuditResponse
from cnt_grpc.pb.cnt.moderation.v1.moderation_service_pb2 import (
    ApproveContentRequest,
    ApproveContentResponse,
    ArchiveContentRequest,
    ArchiveContentResponse,
    DecideInBulkRequest,
    DecideInBulkResponse,
    DeleteContentRequest,
    DeleteContentResponse,
    ListContentRequest,
    ListContentResponse,
    ListPendingRequest,
    ListPendingResponse,
    RejectContentRequest,
    RejectContentResponse,
)

_STATUSES: Final = {number: status for status, number in messages.STATUSES.items()}
_DECIDED: Final = {
    pb2.BULK_ACTION_APPROVE: Status.APPROVED,
    pb2.BULK_ACTION_REJECT: Status.REJECTED,
    pb2.BULK_ACTION_ARCHIVE: Status.ARCHIVED,
}
"""Where an action of many puts a subject; deleting puts it nowhere."""


@dataclass(frozen=True, slots=True)
class ModerationService(moderation_service.Servicer):
    """What moderators do."""

    kinds: Kinds

    async def ListPending(self, request: ListPendingRequest, call: Call) -> ListPendingResponse:
        """Show a page of what waits."""
        page = Page.of(request, method=call.method, filters=(request.creator_id,))
        shown, next_page_token = await lists.pending(call.tx, self.kinds, request.creator_id, page)
        return messages.pending(shown, next_page_token)

    async def ListContent(self, request: ListContentRequest, call: Call) -> ListContentResponse:
        """Show a page of everything."""
        wanted = Filter(status=_STATUSES.get(request.status), author_id=request.creator_id)
        page = Page.of(request, method=call.method, filters=(request.content_type, request.status, request.creator_id))
        shown, next_page_token = await lists.everything(call.tx, self.kinds, request.content_type, wanted, page)
        return messages.content(shown, next_page_token)

    async def ApproveContent(self, request: ApproveContentRequest, call: Call) -> ApproveContentResponse:
        """Show a thing to everyone."""
        return ApproveContentResponse(content=messages.subject(await self._decide(request, call, Status.APPROVED)))

    async def RejectContent(self, request: RejectContentRequest, call: Call) -> RejectContentResponse:
        """Refuse a thing."""
        return RejectContentResponse(content=messages.subject(await self._decide(request, call, Status.REJECTED)))

    async def ArchiveContent(self, request: ArchiveContentRequest, call: Call) -> ArchiveContentResponse:
        """Take a thing out of the catalogue."""
        return ArchiveContentResponse(content=messages.subject(await self._decide(request, call, Status.ARCHIVED)))

    async def DeleteContent(self, request: DeleteContentRequest, call: Call) -> DeleteContentResponse:
        """Delete a thing."""
        subject = await decisions.delete(
            call.tx,
            self.kinds,
            call.caller,
            kind_name=request.content_type,
            subject_id=request.content_id,
            reason=request.reason,
        )
        return DeleteContentResponse(content=messages.subject(subject))

    async def DecideInBulk(self, request: DecideInBulkRequest, call: Call) -> DecideInBulkResponse:
        """Decide on many things."""
        wanted = [
            Wanted(
                kind_name=each.content_type,
                subject_id=each.content_id,
                status=_DECIDED.get(each.action),
                reason=each.reason,
            )
            for each in request.decisions
        ]
        outcomes = await decisions.decide_in_bulk(call.tx, self.kinds, call.caller, wanted)
        return DecideInBulkResponse(results=map(messages.bulk_result, outcomes))

    async def ListAudit(self, request: ListAuditRequest, call: Call) -> ListAuditResponse:
        """Show a page of acts."""
        wanted = (request.actor, request.action, request.target)
        page = Page.of(request, method=call.method, filters=wanted)
        rows, next_page_token = await acts.listed(call.tx, *wanted, page)
        return act_messages.acts(rows, next_page_token)

    async def _decide(
        self, request: ApproveContentRequest | RejectContentRequest | ArchiveContentRequest, call: Call, status: Status
    ) -> Subject:
        return await decisions.decide(
            call.tx,
            self.kinds,
            call.caller,
            kind_name=request.content_type,
            subject_id=request.content_id,
            status=status,
            reason=request.reason,
        )
