"""Streams, as the search asks for all of them."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.kit.db import Tx
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.rules.streams import document


class Streams:
    """Every stream; meetings are found by their link alone."""

    @property
    def kind(self) -> search.Kind:
        """What these things are."""
        return search.Kind.STREAM

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """The streams behind this id, by rising id, at most `limit`; their rows are held."""
        return [document(row) for row in await tx.all(queries.streams_after(limit), after=after)]
