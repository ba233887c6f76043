"""Answers ModerationService: request, rules, message."""

from dataclasses import dataclass
from typing import Final

from cnt_grpc.kit.call import Call
from cnt_grpc.kit.paging import Page
from cnt_grpc.moderation import messages, rules
from cnt_grpc.moderation.kinds import Filter, Kinds, Subject
from cnt_grpc.moderation.status import Status
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service
from cnt_grpc.pb.cnt.moderation.v1.moderation_service_pb2 import (
    ApproveContentRequest,
    ApproveContentResponse,
    ArchiveContentRequest,
    ArchiveContentResponse,
    ListContentRequest,
    ListContentResponse,
    ListPendingRequest,
    ListPendingResponse,
    RejectContentRequest,
    RejectContentResponse,
)

_STATUSES: Final = {number: status for status, number in messages.STATUSES.items()}


@dataclass(frozen=True, slots=True)
class ModerationService(moderation_service.Servicer):
    """What moderators do."""

    kinds: Kinds

    async def ListPending(self, request: ListPendingRequest, call: Call) -> ListPendingResponse:
        """Show a page of what waits."""
        page = Page.of(request, method=call.method, filters=(request.creator_id,))
        shown, next_page_token = await rules.pending(call.tx, self.kinds, request.creator_id, page)
        return messages.pending(shown, next_page_token)

    async def ListContent(self, request: ListContentRequest, call: Call) -> ListContentResponse:
        """Show a page of everything."""
        wanted = Filter(status=_STATUSES.get(request.status), author_id=request.creator_id)
        page = Page.of(request, method=call.method, filters=(request.content_type, request.status, request.creator_id))
        shown, next_page_token = await rules.everything(call.tx, self.kinds, request.content_type, wanted, page)
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

    async def _decide(
        self, request: ApproveContentRequest | RejectContentRequest | ArchiveContentRequest, call: Call, status: Status
    ) -> Subject:
        return await rules.decide(
            call.tx,
            self.kinds,
            call.caller,
            kind_name=request.content_type,
            subject_id=request.content_id,
            status=status,
            reason=request.reason,
        )
