"""Answers ContentService: request, rules, message."""

from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.messages import categories as category_messages
from cnt_grpc.content.messages import podcasts as messages
from cnt_grpc.content.rules import categories, items
from cnt_grpc.kit.call import Call
from cnt_grpc.kit.paging import Page
from cnt_grpc.pb.cnt.content.v1 import content_service
from cnt_grpc.pb.cnt.content.v1.category_pb2 import ListCategoriesRequest, ListCategoriesResponse
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import (
    CreatePodcastRequest,
    CreatePodcastResponse,
    DeletePodcastRequest,
    DeletePodcastResponse,
    GetPodcastRequest,
    GetPodcastResponse,
    ListPodcastsRequest,
    ListPodcastsResponse,
    UpdatePodcastRequest,
    UpdatePodcastResponse,
)


@dataclass(frozen=True, slots=True)
class ContentService(content_service.Servicer):
    """The catalogue."""

    urls: media.Urls

    async def CreatePodcast(self, request: CreatePodcastRequest, call: Call) -> CreatePodcastResponse:
        """Publish a podcast."""
        row = await items.create(call.tx, call.caller, PODCAST, messages.new_podcast(request))
        return CreatePodcastResponse(podcast=messages.podcast(row, self.urls))

    async def GetPodcast(self, request: GetPodcastRequest, call: Call) -> GetPodcastResponse:
        """Show a podcast."""
        row = await items.shown(call.tx, call.caller, PODCAST, request.podcast_id)
        return GetPodcastResponse(podcast=messages.podcast(row, self.urls))

    async def ListPodcasts(self, request: ListPodcastsRequest, call: Call) -> ListPodcastsResponse:
        """Show a page of podcasts."""
        wanted = messages.podcast_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        rows, next_page_token = await items.listed(call.tx, call.caller, PODCAST, wanted, page)
        return messages.podcasts(rows, next_page_token, self.urls)

    async def UpdatePodcast(self, request: UpdatePodcastRequest, call: Call) -> UpdatePodcastResponse:
        """Change a podcast."""
        wanted = messages.podcast_changes(request)
        row = await items.update(call.tx, call.caller, PODCAST, request.podcast_id, wanted)
        return UpdatePodcastResponse(podcast=messages.podcast(row, self.urls))

    async def DeletePodcast(self, request: DeletePodcastRequest, call: Call) -> DeletePodcastResponse:
        """Delete a podcast."""
        await items.delete(call.tx, call.caller, PODCAST, request.podcast_id)
        return DeletePodcastResponse()

    async def ListCategories(self, request: ListCategoriesRequest, call: Call) -> ListCategoriesResponse:
        """Show the categories."""
        kind = category_messages.kind(request)
        page = Page.of(request, method=call.method, filters=(kind or "",))
        rows, next_page_token = await categories.listed(call.tx, kind, page)
        return category_messages.categories(rows, next_page_token)
