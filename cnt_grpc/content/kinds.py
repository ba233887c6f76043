"""The kinds of content, and what is particular to each: a further kind is a further entry here."""

from dataclasses import dataclass

from sqlalchemy import Table

from cnt_grpc.content.tables import podcasts
from cnt_grpc.media import Kind


@dataclass(frozen=True, slots=True)
class ItemKind:
    """One kind of item."""

    name: str
    """As it stands in content_items.kind, in paths, and in notifications."""
    detail: Table
    """Holds what only this kind has and only a single item shows; its key is item_id."""
    media: tuple[Kind, ...]
    """What the item's main file may be."""

    @property
    def detail_columns(self) -> tuple[str, ...]:
        """The names of what the detail table holds."""
        return tuple(column.name for column in self.detail.columns if column.name != "item_id")


PODCAST = ItemKind("podcast", podcasts, media=(Kind.AUDIO, Kind.VIDEO))

KINDS = (PODCAST,)
"""Every kind."""
