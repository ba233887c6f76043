"""Answers the methods of ContentService that are about documents."""

from cnt_grpc.content.kinds import DOCUMENT
from cnt_grpc.content.messages import documents as messages
from cnt_grpc.content.rules import categories, items
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.document_pb2 import (
    CreateDocumentRequest,
    CreateDocumentResponse,
    DeleteDocumentRequest,
    DeleteDocumentResponse,
    GetDocumentRequest,
    GetDocumentResponse,
    ListDocumentsRequest,
    ListDocumentsResponse,
    UpdateDocumentRequest,
    UpdateDocumentResponse,
)


class Documents(Part):
    """Documents."""

    __slots__ = ()

    async def CreateDocument(self, request: CreateDocumentRequest, call: Call) -> CreateDocumentResponse:
        """Publish a document."""
        row = await items.create(call.tx, call.caller, DOCUMENT, messages.new_document(request))
        return CreateDocumentResponse(document=messages.document(row, self.urls))

    async def GetDocument(self, request: GetDocumentRequest, call: Call) -> GetDocumentResponse:
        """Show a document."""
        row = await items.shown(call.tx, call.caller, DOCUMENT, request.document_id)
        return GetDocumentResponse(document=messages.document(row, self.urls))

    async def ListDocuments(self, request: ListDocumentsRequest, call: Call) -> ListDocumentsResponse:
        """Show a page of documents."""
        wanted = messages.document_filter(request)
        page = Page.of(request, method=call.method, filters=(*wanted.key, request.category.lower()))
        narrowed = await categories.of_name(call.tx, wanted, request.category)
        if narrowed is None:
            return ListDocumentsResponse()
        rows, next_page_token = await items.listed(call.tx, call.caller, DOCUMENT, narrowed, page)
        return messages.documents(rows, next_page_token, self.urls)

    async def UpdateDocument(self, request: UpdateDocumentRequest, call: Call) -> UpdateDocumentResponse:
        """Change a document."""
        row = await items.update(
            call.tx, call.caller, DOCUMENT, request.document_id, messages.document_changes(request)
        )
        return UpdateDocumentResponse(document=messages.document(row, self.urls))

    async def DeleteDocument(self, request: DeleteDocumentRequest, call: Call) -> DeleteDocumentResponse:
        """Delete a document."""
        await items.delete(call.tx, call.caller, DOCUMENT, request.document_id)
        return DeleteDocumentResponse()
