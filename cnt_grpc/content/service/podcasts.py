"""Answers the methods of ContentService that are about podcasts."""

from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.messages import podcasts as messages
from cnt_grpc.content.rules import bulk, items
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import (
    BulkCreatePodcastsRequest,
    BulkCreatePodcastsResponse,
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


class Podcasts(Part):
    """Podcasts."""

    __slots__ = ()

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
        row = await items.update(call.tx, call.caller, PODCAST, request.podcast_id, messages.podcast_changes(request))
        return UpdatePodcastResponse(podcast=messages.podcast(row, self.urls))

    async def DeletePodcast(self, request: DeletePodcastRequest, call: Call) -> DeletePodcastResponse:
        """Delete a podcast."""
        await items.delete(call.tx, call.caller, PODCAST, request.podcast_id)
        return DeletePodcastResponse()

    async def BulkCreatePodcasts(self, request: BulkCreatePodcastsRequest, call: Call) -> BulkCreatePodcastsResponse:
        """Publish many podcasts."""
        wanted = [messages.new_podcast(each) for each in request.podcasts]
        outcomes = await bulk.create_many(call.tx, call.caller, PODCAST, wanted)
        return messages.results(outcomes, self.urls)
