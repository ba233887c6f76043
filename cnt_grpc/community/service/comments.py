"""Answers the methods of CommunityService that are about comments."""

from cnt_grpc.community.messages import comments as messages
from cnt_grpc.community.rules import comments, likes
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1.comment_pb2 import (
    CreateCommentRequest,
    CreateCommentResponse,
    DeleteCommentRequest,
    DeleteCommentResponse,
    ListCommentsRequest,
    ListCommentsResponse,
    ToggleCommentLikeRequest,
    ToggleCommentLikeResponse,
    UpdateCommentRequest,
    UpdateCommentResponse,
)


class Comments(Part):
    """Comments."""

    __slots__ = ()

    async def ListComments(self, request: ListCommentsRequest, call: Call) -> ListCommentsResponse:
        """Show a page of what people say to a post."""
        page = Page.of(request, method=call.method, filters=(request.post_id,))
        rows, next_page_token = await comments.listed(call.tx, call.caller, request.post_id, page)
        return messages.comments(rows, next_page_token, self.urls)

    async def CreateComment(self, request: CreateCommentRequest, call: Call) -> CreateCommentResponse:
        """Say something to a post."""
        given = (request.post_id, request.content, request.parent_id)
        row, comments_count = await comments.create(call.tx, call.caller, *given)
        return CreateCommentResponse(comment=messages.comment(row, self.urls), comments_count=comments_count)

    async def UpdateComment(self, request: UpdateCommentRequest, call: Call) -> UpdateCommentResponse:
        """Change a comment."""
        row = await comments.update(call.tx, call.caller, request.comment_id, request.content)
        return UpdateCommentResponse(comment=messages.comment(row, self.urls))

    async def DeleteComment(self, request: DeleteCommentRequest, call: Call) -> DeleteCommentResponse:
        """Delete a comment."""
        left = await comments.delete(call.tx, call.caller, request.comment_id)
        return DeleteCommentResponse(comments_count=left)

    async def ToggleCommentLike(self, request: ToggleCommentLikeRequest, call: Call) -> ToggleCommentLikeResponse:
        """Like a comment, or no longer."""
        liked, likes_count = await likes.toggle_comment_like(call.tx, call.caller, request.comment_id)
        return ToggleCommentLikeResponse(liked=liked, likes_count=likes_count)
