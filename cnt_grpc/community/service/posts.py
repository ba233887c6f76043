"""Answers the methods of CommunityService that are about posts."""

from typing import Final

from cnt_grpc.community.messages import posts as messages
from cnt_grpc.community.rules import posts
from cnt_grpc.community.rules.feed import feed
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import ANONYMOUS, Call
from cnt_grpc.pb.cnt.community.v1.post_pb2 import (
    CreatePostRequest,
    CreatePostResponse,
    DeletePostRequest,
    DeletePostResponse,
    GetPostRequest,
    GetPostResponse,
    ListFeedRequest,
    ListFeedResponse,
    ListPostsRequest,
    ListPostsResponse,
    ListUserPostsRequest,
    ListUserPostsResponse,
    SetCarouselVisibilityRequest,
    SetCarouselVisibilityResponse,
    UpdatePostRequest,
    UpdatePostResponse,
)

_SECONDS: Final = 1.0
"""How long a page that everyone sees is kept: as long as anonymous callers may get one again."""


class Posts(Part):
    """Posts."""

    __slots__ = ()

    async def CreatePost(self, request: CreatePostRequest, call: Call) -> CreatePostResponse:
        """Write a post."""
        found = await posts.create(call.tx, call.caller, messages.new_post(request))
        return CreatePostResponse(post=messages.post(found, self.urls))

    async def GetPost(self, request: GetPostRequest, call: Call) -> GetPostResponse:
        """Show a post."""
        found = await posts.shown(call.tx, call.caller, request.post_id)
        return GetPostResponse(post=messages.post(found, self.urls))

    async def ListPosts(self, request: ListPostsRequest, call: Call) -> ListPostsResponse:
        """Show a page of posts."""
        wanted = messages.post_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        is_shared = page.is_first and not wanted.author_id
        if is_shared and not call.caller.is_anonymous and not call.caller.is_moderator:
            shared = await self._shared(call, wanted, page)
            if shared is not None:
                return shared
        found, next_page_token = await posts.listed(call.tx, call.caller, wanted, page)
        return messages.posts(found, next_page_token, self.urls)

    async def _shared(self, call: Call, wanted: posts.Filter, page: Page) -> ListPostsResponse | None:
        """The first page that everyone sees, made once a second, with what is the caller's own and new of it.

        None when the caller sees another: something was edited or hidden since, or was written by someone in a block.
        """

        async def make() -> bytes:
            found, next_page_token = await posts.listed(call.tx, ANONYMOUS, wanted, page)
            return messages.posts(found, next_page_token, self.urls).SerializeToString()

        key = (call.method, repr((wanted.key, page.size)).encode())
        body = self.pages.get(key) or await self.pages.fill(key, _SECONDS, make)
        answer = ListPostsResponse.FromString(body)
        own = await posts.seen_by(call.tx, call.caller, [post.post_id for post in answer.posts])
        return answer if messages.make_personal(answer, own) else None

    async def ListUserPosts(self, request: ListUserPostsRequest, call: Call) -> ListUserPostsResponse:
        """Show a page of someone's posts."""
        wanted = posts.Filter(author_id=request.user_id)
        page = Page.of(request, method=call.method, filters=wanted.key)
        found, next_page_token = await posts.listed(call.tx, call.caller, wanted, page)
        return messages.user_posts(found, next_page_token, self.urls)

    async def ListFeed(self, request: ListFeedRequest, call: Call) -> ListFeedResponse:
        """Show a page of the caller's feed."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        found, next_page_token = await feed(call.tx, call.caller, page)
        return messages.feed(found, next_page_token, self.urls)

    async def UpdatePost(self, request: UpdatePostRequest, call: Call) -> UpdatePostResponse:
        """Change a post."""
        found = await posts.update(call.tx, call.caller, request.post_id, messages.post_changes(request))
        return UpdatePostResponse(post=messages.post(found, self.urls))

    async def DeletePost(self, request: DeletePostRequest, call: Call) -> DeletePostResponse:
        """Delete a post."""
        await posts.delete(call.tx, call.caller, request.post_id)
        return DeletePostResponse()

    async def SetCarouselVisibility(
        self, request: SetCarouselVisibilityRequest, call: Call
    ) -> SetCarouselVisibilityResponse:
        """Put a post into the carousel, or take it out."""
        found = await posts.set_carousel(call.tx, call.caller, request.post_id, show=request.show_in_carousel)
        return SetCarouselVisibilityResponse(post=messages.post(found, self.urls))
