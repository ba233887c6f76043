"""The search room: one index of everything that the public may find, whatever room it belongs to.

It knows no room. Rooms above call in the transaction that makes, changes, hides or deletes one of their things:

    await search.put(tx, search.Document(kind=search.Kind.EVENT, ref=event_id, title=…, text=…, owner_id=…, at=…))
    await search.remove(tx, search.Kind.EVENT, event_id)

`best` finds a few things of all kinds, for a room that speaks about them; `refs` ids of one kind, for a room that
searches among its own things. Rooms also plug in a Source for each of their kinds, from which `rebuild` builds the
index anew.

The plug board builds SearchService, and takes HANDLERS, HOLDER and the Source People from here.
"""

from cnt_grpc.search.document import Document, Kind, Source
from cnt_grpc.search.indexing import put, put_all, remove
from cnt_grpc.search.jobs import HANDLERS
from cnt_grpc.search.people import People
from cnt_grpc.search.privacy import HOLDER
from cnt_grpc.search.rebuilding import Rebuilt, rebuild
from cnt_grpc.search.rules import MOST_REFS, best, refs
from cnt_grpc.search.service import SearchService

__all__ = [
    "HANDLERS",
    "HOLDER",
    "MOST_REFS",
    "Document",
    "Kind",
    "People",
    "Rebuilt",
    "SearchService",
    "Source",
    "best",
    "put",
    "put_all",
    "rebuild",
    "refs",
    "remove",
]
