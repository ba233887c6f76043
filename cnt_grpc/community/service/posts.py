"""Answers the methods of CommunityService that are about posts."""

from cnt_grpc.community.messages import posts as messages
from cnt_grpc.community.rules import posts
from cnt_grpc.community.rules.feed import feed
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.call import Call
from cnt_grpc.kit.paging import Page
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
        found, next_page_token = await posts.listed(call.tx, call.caller, wanted, page)
        return messages.posts(found, next_page_token, self.urls)

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
