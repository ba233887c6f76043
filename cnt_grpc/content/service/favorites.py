"""Answers the methods of LibraryService that are about favourites, and about what is new."""

from cnt_grpc.content.messages import library as messages
from cnt_grpc.content.messages.content import content
from cnt_grpc.content.rules import favorites
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1 import library_service_pb2 as pb2


class Favorites(Part):
    """Favourites, and the feed."""

    __slots__ = ()

    async def ListFavorites(self, request: pb2.ListFavoritesRequest, call: Call) -> pb2.ListFavoritesResponse:
        """Show a page of the caller's favourites."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id, request.content_type))
        rows, next_page_token = await favorites.listed(call.tx, call.caller, request.content_type, page)
        return pb2.ListFavoritesResponse(favorites=messages.favorites(rows, self.urls), next_page_token=next_page_token)

    async def AddFavorite(self, request: pb2.AddFavoriteRequest, call: Call) -> pb2.AddFavoriteResponse:
        """Like an item."""
        await favorites.add(call.tx, call.caller, request.content_type, request.content_id)
        return pb2.AddFavoriteResponse()

    async def RemoveFavorite(self, request: pb2.RemoveFavoriteRequest, call: Call) -> pb2.RemoveFavoriteResponse:
        """Like an item no longer."""
        await favorites.remove(call.tx, call.caller, request.content_type, request.content_id)
        return pb2.RemoveFavoriteResponse()

    async def CheckFavorite(self, request: pb2.CheckFavoriteRequest, call: Call) -> pb2.CheckFavoriteResponse:
        """Show whether the caller likes an item."""
        liked = await favorites.check(call.tx, call.caller, request.content_type, request.content_id)
        return pb2.CheckFavoriteResponse(is_favorite=liked)

    async def ListFollowingFeed(
        self, request: pb2.ListFollowingFeedRequest, call: Call
    ) -> pb2.ListFollowingFeedResponse:
        """Show a page of what is new from those whom the caller follows."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, next_page_token = await favorites.feed(call.tx, call.caller, page)
        return pb2.ListFollowingFeedResponse(content=content(rows, self.urls), next_page_token=next_page_token)
