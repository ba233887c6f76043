"""Answers the methods of LibraryService that are about drafts."""

from cnt_grpc.content.messages import library as messages
from cnt_grpc.content.rules import drafts
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1 import library_service_pb2 as pb2


class Drafts(Part):
    """Drafts."""

    __slots__ = ()

    async def ListDrafts(self, request: pb2.ListDraftsRequest, call: Call) -> pb2.ListDraftsResponse:
        """Show a page of the caller's drafts."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id, request.draft_type))
        rows, next_page_token = await drafts.listed(call.tx, call.caller, request.draft_type, page)
        shown = (messages.draft(row, self.urls) for row in rows)
        return pb2.ListDraftsResponse(drafts=shown, next_page_token=next_page_token)

    async def CreateDraft(self, request: pb2.CreateDraftRequest, call: Call) -> pb2.CreateDraftResponse:
        """Keep a draft."""
        row = await drafts.create(call.tx, call.caller, request.draft_type, messages.new_draft(request))
        return pb2.CreateDraftResponse(draft=messages.draft(row, self.urls))

    async def GetDraft(self, request: pb2.GetDraftRequest, call: Call) -> pb2.GetDraftResponse:
        """Show a draft."""
        row = await drafts.shown(call.tx, call.caller, request.draft_id)
        return pb2.GetDraftResponse(draft=messages.draft(row, self.urls))

    async def UpdateDraft(self, request: pb2.UpdateDraftRequest, call: Call) -> pb2.UpdateDraftResponse:
        """Change a draft."""
        row = await drafts.update(call.tx, call.caller, request.draft_id, messages.draft_changes(request))
        return pb2.UpdateDraftResponse(draft=messages.draft(row, self.urls))

    async def DeleteDraft(self, request: pb2.DeleteDraftRequest, call: Call) -> pb2.DeleteDraftResponse:
        """Delete a draft."""
        await drafts.delete(call.tx, call.caller, request.draft_id)
        return pb2.DeleteDraftResponse()
