"""What tests must know of each kind of item to run alike over all of them: an entry for each, and one for a sixth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from cnt_grpc.content.kinds import BIBLE_STORY, DOCUMENT, KINDS, MOVIE, MUSIC, PODCAST, ItemKind


@dataclass(frozen=True)
class Wire:
    """How the contract speaks of a kind."""

    kind: ItemKind
    noun: str
    """As the methods name one: Get…, Create…"""
    nouns: str
    """As the method names many: List…"""
    one: str
    """The field of an answer that holds one; its id is called the same, unless `id` says otherwise."""
    many: str
    """The field of an answer that holds many."""
    id: str
    """The field with the id."""
    role: str = ""
    """Who makes them; "" is anyone."""
    of_details: tuple[str, ...] = ()
    """Fields that lists leave out."""
    lists: tuple[str, ...] = ()
    """Other methods that list them, with no more than a page in the request."""
    new: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of a new one."""


ALL = (
    Wire(PODCAST, "Podcast", "Podcasts", "podcast", "podcasts", "podcast_id", of_details=("season", "episode")),
    Wire(
        MOVIE,
        "Movie",
        "Movies",
        "movie",
        "movies",
        "movie_id",
        of_details=("director", "cast", "release_date", "preview_start_time", "preview_end_time"),
        lists=("ListFeaturedMovies", "ListAnimatedBibleStories"),
        new={"director": "Ann", "cast": "Ruth, Boas", "release_date": "2020-02-29"},
    ),
    Wire(
        MUSIC,
        "MusicTrack",
        "MusicTracks",
        "track",
        "tracks",
        "track_id",
        of_details=("lyrics",),
        new={"artist": "The Choir", "album": "Psalms", "genre": "Gospel", "lyrics": "Sing."},
    ),
    Wire(DOCUMENT, "Document", "Documents", "document", "documents", "document_id", role="admin"),
    Wire(
        BIBLE_STORY,
        "BibleStory",
        "BibleStories",
        "bible_story",
        "bible_stories",
        "bible_story_id",
        role="admin",
        of_details=("scripture_reference", "text"),
        new={"scripture_reference": "Luke 15:11-32", "text": "A man had two sons."},
    ),
)

assert [each.kind for each in ALL] == list(KINDS), "a kind without tests"

each_kind = pytest.mark.parametrize("wire", ALL, ids=lambda wire: wire.kind.name)
"""Run a test once for each kind."""
