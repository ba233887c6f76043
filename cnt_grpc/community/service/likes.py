"""Answers the methods of CommunityService that are about likes of posts."""

from cnt_grpc.community.rules import likes
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1.like_pb2 import (
    LikePostRequest,
    LikePostResponse,
    ToggleLikeRequest,
    ToggleLikeResponse,
    UnlikePostRequest,
    UnlikePostResponse,
)


class Likes(Part):
    """Likes of posts."""

    __slots__ = ()

    async def ToggleLike(self, request: ToggleLikeRequest, call: Call) -> ToggleLikeResponse:
        """Like a post, or no longer."""
        liked, likes_count = await likes.set_like(call.tx, call.caller, request.post_id, wanted=None)
        return ToggleLikeResponse(liked=liked, likes_count=likes_count)

    async def LikePost(self, request: LikePostRequest, call: Call) -> LikePostResponse:
        """Like a post."""
        liked, likes_count = await likes.set_like(call.tx, call.caller, request.post_id, wanted=True)
        return LikePostResponse(liked=liked, likes_count=likes_count)

    async def UnlikePost(self, request: UnlikePostRequest, call: Call) -> UnlikePostResponse:
        """Like a post no longer."""
        liked, likes_count = await likes.set_like(call.tx, call.caller, request.post_id, wanted=False)
        return UnlikePostResponse(liked=liked, likes_count=likes_count)
