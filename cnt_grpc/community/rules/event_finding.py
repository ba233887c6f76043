"""How the search finds events: those that everyone sees."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules.event_standing import document
from cnt_grpc.kit.db import Tx


class FoundEvents:
    """All events that everyone sees, as search.Source asks for them."""

    kind = search.Kind.EVENT

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """Those behind this id, by rising id, at most `limit`."""
        return [document(row) for row in await tx.all(queries.events_to_find(limit), after=after)]
