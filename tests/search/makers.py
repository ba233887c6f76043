"""Makes documents straight in the index, as rooms would put them."""

import itertools
from datetime import datetime
from typing import Any

from cnt_grpc import search
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.search import Document, Kind

_REFS = itertools.count(10_000_000)


def document(**given: Any) -> Document:
    """A document with an id that nothing else has."""
    return Document(**{"kind": Kind.EVENT, "ref": next(_REFS), "title": "Harvest", "at": clock.now(), **given})


async def put(tx: Tx, *, title: str, kind: Kind = Kind.EVENT, at: datetime | None = None, **given: Any) -> int:
    """Let this be found; its id."""
    made = document(kind=kind, title=title, at=at or clock.now(), **given)
    await search.put(tx, made)
    return made.ref
