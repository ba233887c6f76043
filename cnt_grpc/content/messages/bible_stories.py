"""Stories of the Bible: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.messages.items import fill, fill_length, item_changes, item_filter, new_item
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import bible_story_pb2

_DETAILS = ("scripture_reference", "text")


def new_story(request: bible_story_pb2.CreateBibleStoryRequest) -> Changes:
    """A story to be."""
    return new_item(request, *_DETAILS)


def story_changes(request: bible_story_pb2.UpdateBibleStoryRequest) -> Changes:
    """What to change of a story."""
    return item_changes(request, *_DETAILS)


def story_filter(request: bible_story_pb2.ListBibleStoriesRequest) -> Filter:
    """Which stories a list shows."""
    return item_filter(request)


def story(row: Row, urls: media.Urls) -> bible_story_pb2.BibleStory:
    """One story with its details."""
    message = bible_story_pb2.BibleStory(scripture_reference=row["scripture_reference"], text=row["text"])
    fill_story(message, row, urls)
    return message


def stories(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> bible_story_pb2.ListBibleStoriesResponse:
    """A page of stories."""
    answer = bible_story_pb2.ListBibleStoriesResponse(next_page_token=next_page_token)
    for row in rows:
        fill_story(answer.bible_stories.add(), row, urls)
    return answer


def fill_story(message: bible_story_pb2.BibleStory, row: Row, urls: media.Urls) -> None:
    """Set what lists show of a story."""
    message.bible_story_id = row["id"]
    fill(message, row, urls)
    fill_length(message, row)
