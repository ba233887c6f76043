"""Answers the methods of ContentService that are about categories."""

from cnt_grpc.content.messages import categories as messages
from cnt_grpc.content.rules import categories
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.category_pb2 import (
    CreateCategoryRequest,
    CreateCategoryResponse,
    DeleteCategoryRequest,
    DeleteCategoryResponse,
    ListCategoriesRequest,
    ListCategoriesResponse,
    UpdateCategoryRequest,
    UpdateCategoryResponse,
)


class Categories(Part):
    """Categories."""

    __slots__ = ()

    async def ListCategories(self, request: ListCategoriesRequest, call: Call) -> ListCategoriesResponse:
        """Show the categories."""
        kind = messages.kind(request)
        page = Page.of(request, method=call.method, filters=(kind or "",))
        rows, next_page_token = await categories.listed(call.tx, kind, page)
        return messages.categories(rows, next_page_token)

    async def CreateCategory(self, request: CreateCategoryRequest, call: Call) -> CreateCategoryResponse:
        """Make a category."""
        row = await categories.create(call.tx, call.caller, messages.new_category(request))
        return CreateCategoryResponse(category=messages.category(row))

    async def UpdateCategory(self, request: UpdateCategoryRequest, call: Call) -> UpdateCategoryResponse:
        """Change a category."""
        wanted = messages.category_changes(request)
        row = await categories.update(call.tx, call.caller, request.category_id, wanted)
        return UpdateCategoryResponse(category=messages.category(row))

    async def DeleteCategory(self, request: DeleteCategoryRequest, call: Call) -> DeleteCategoryResponse:
        """Delete a category."""
        await categories.delete(call.tx, call.caller, request.category_id)
        return DeleteCategoryResponse()
