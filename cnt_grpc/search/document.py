"""What a room tells the search about one of its things, and how the search asks for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cnt_grpc.kit.db import Tx


class Kind(StrEnum):
    """What can be found; a further kind needs an index of its own (tables.py) and a value of the contract's Type."""

    PODCAST = "podcast"
    MOVIE = "movie"
    MUSIC = "music"
    DOCUMENT = "document"
    BIBLE_STORY = "bible_story"
    ARTIST = "artist"
    PERSON = "person"
    POST = "post"
    EVENT = "event"
    STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing that everyone may find, as it is found and shown. What is not public is never put into one."""

    kind: Kind
    ref: int
    """Its id in its room."""
    title: str
    """Found first. Of what has no title, the beginning of its text."""
    subtitle: str = ""
    """Shown below the title, and found after it: an artist, a place, a scripture reference. Not the owner's name,
    which is joined as it is now."""
    text: str = ""
    """Found last: a description, a text. Only its beginning is shown."""
    owner_id: int = 0
    """Whose it is: people whom they blocked, or who blocked them, do not find it. 0 is nobody."""
    picture_key: str | None = None
    """Of a picture that is public."""
    at: datetime
    """The moment that a result shows: published, begins, went live."""


class Source(Protocol):
    """A room's things of one kind, from which the index can be built anew."""

    @property
    def kind(self) -> Kind:
        """What these things are."""
        ...

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[Document]:
        """The public things behind this id, by rising id, at most `limit`; none means that there are no more.

        Read their rows FOR SHARE: whoever hides one meanwhile then comes first, or waits and takes it out again.
        """
        ...
