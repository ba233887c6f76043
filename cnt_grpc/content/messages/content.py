"""Items of several kinds in one list: rows as messages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cnt_grpc import media
from cnt_grpc.content.kinds import BIBLE_STORY, DOCUMENT, KINDS, MOVIE, MUSIC, PODCAST
from cnt_grpc.content.messages.bible_stories import fill_story
from cnt_grpc.content.messages.documents import fill_document
from cnt_grpc.content.messages.movies import fill_movie
from cnt_grpc.content.messages.music import fill_track
from cnt_grpc.content.messages.podcasts import fill_podcast
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import content_pb2

_OF_KIND: Final[Mapping[str, tuple[str, Callable[[Any, Row, media.Urls], None]]]] = {
    PODCAST.name: ("podcast", fill_podcast),
    MOVIE.name: ("movie", fill_movie),
    MUSIC.name: ("track", fill_track),
    DOCUMENT.name: ("document", fill_document),
    BIBLE_STORY.name: ("bible_story", fill_story),
}
"""The field that holds an item of a kind, and what fills it."""

assert _OF_KIND.keys() == {kind.name for kind in KINDS}, "a kind that no mixed list could show"


def fill_content(message: content_pb2.Content, row: Row, urls: media.Urls) -> None:
    """Set an item of whatever kind, from a row of queries.items that tells its kind."""
    kind = row["kind"]
    field, fill = _OF_KIND[kind]
    message.content_id = row["id"]
    message.content_type = kind
    fill(getattr(message, field), row, urls)


def content(rows: Iterable[Row], urls: media.Urls) -> list[content_pb2.Content]:
    """Items of whatever kind."""
    found = []
    for row in rows:
        message = content_pb2.Content()
        fill_content(message, row, urls)
        found.append(message)
    return found
