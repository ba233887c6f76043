"""The kinds of content, and what is particular to each: a further kind is a further entry here."""

from dataclasses import dataclass

from sqlalchemy import Table

from cnt_grpc.content.tables import bible_stories, movies, music_tracks, podcasts
from cnt_grpc.media import Kind


# eq=False: a kind is itself, and to find a statement of its own nobody has to hash all that it consists of.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemKind:
    """One kind of item."""

    name: str
    """As it stands in content_items.kind, in paths, and in notifications."""
    media: tuple[Kind, ...]
    """What the item's main file may be."""
    details: Table | None = None
    """Holds what only this kind has and only a single item shows; its key is item_id."""
    columns: tuple[str, ...] = ()
    """Columns of content_items that only this kind has, and that an update may set."""
    shown: tuple[str, ...] = ()
    """Columns of content_items that only this kind shows, in lists as well."""
    reviewed: frozenset[str] = frozenset()
    """What moderators look at besides what all kinds have."""

    subtitle: str = ""
    """The column that search results show below the title; none for most."""
    words: tuple[str, ...] = ()
    """Columns by whose words it is found besides title and description."""

    @property
    def detail_columns(self) -> tuple[str, ...]:
        """The names of what the detail table holds."""
        if self.details is None:
            return ()
        return tuple(column.name for column in self.details.columns if column.name != "item_id")


_WORDS = ("genre", "artist", "album")

PODCAST = ItemKind(name="podcast", media=(Kind.AUDIO, Kind.VIDEO), details=podcasts)
MOVIE = ItemKind(
    name="movie",
    media=(Kind.VIDEO,),
    details=movies,
    shown=("preview_key", "ratings_count", "ratings_sum"),
    subtitle="director",
    words=("cast",),
)
MUSIC = ItemKind(
    name="music",
    media=(Kind.AUDIO,),
    details=music_tracks,
    columns=_WORDS,
    shown=_WORDS,
    reviewed=frozenset({"lyrics"}),
    subtitle="artist",
    words=("album", "genre", "lyrics"),
)
DOCUMENT = ItemKind(name="document", media=(Kind.DOCUMENT,))
BIBLE_STORY = ItemKind(
    name="bible_story",
    media=(Kind.AUDIO,),
    details=bible_stories,
    reviewed=frozenset({"scripture_reference", "text"}),
    subtitle="scripture_reference",
    words=("text",),
)

KINDS = (PODCAST, MOVIE, MUSIC, DOCUMENT, BIBLE_STORY)
"""Every kind."""
