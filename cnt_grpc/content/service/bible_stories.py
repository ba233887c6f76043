"""Answers the methods of ContentService that are about stories of the Bible."""

from cnt_grpc.content.kinds import BIBLE_STORY
from cnt_grpc.content.messages import bible_stories as messages
from cnt_grpc.content.rules import items
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.bible_story_pb2 import (
    CreateBibleStoryRequest,
    CreateBibleStoryResponse,
    DeleteBibleStoryRequest,
    DeleteBibleStoryResponse,
    GetBibleStoryRequest,
    GetBibleStoryResponse,
    ListBibleStoriesRequest,
    ListBibleStoriesResponse,
    UpdateBibleStoryRequest,
    UpdateBibleStoryResponse,
)


class BibleStories(Part):
    """Stories of the Bible."""

    __slots__ = ()

    async def CreateBibleStory(self, request: CreateBibleStoryRequest, call: Call) -> CreateBibleStoryResponse:
        """Publish a story."""
        row = await items.create(call.tx, call.caller, BIBLE_STORY, messages.new_story(request))
        return CreateBibleStoryResponse(bible_story=messages.story(row, self.urls))

    async def GetBibleStory(self, request: GetBibleStoryRequest, call: Call) -> GetBibleStoryResponse:
        """Show a story."""
        row = await items.shown(call.tx, call.caller, BIBLE_STORY, request.bible_story_id)
        return GetBibleStoryResponse(bible_story=messages.story(row, self.urls))

    async def ListBibleStories(self, request: ListBibleStoriesRequest, call: Call) -> ListBibleStoriesResponse:
        """Show a page of stories."""
        wanted = messages.story_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        rows, next_page_token = await items.listed(call.tx, call.caller, BIBLE_STORY, wanted, page)
        return messages.stories(rows, next_page_token, self.urls)

    async def UpdateBibleStory(self, request: UpdateBibleStoryRequest, call: Call) -> UpdateBibleStoryResponse:
        """Change a story."""
        row = await items.update(
            call.tx, call.caller, BIBLE_STORY, request.bible_story_id, messages.story_changes(request)
        )
        return UpdateBibleStoryResponse(bible_story=messages.story(row, self.urls))

    async def DeleteBibleStory(self, request: DeleteBibleStoryRequest, call: Call) -> DeleteBibleStoryResponse:
        """Delete a story."""
        await items.delete(call.tx, call.caller, BIBLE_STORY, request.bible_story_id)
        return DeleteBibleStoryResponse()
