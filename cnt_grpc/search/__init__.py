"""The search room: one index of everything that the public may find, whatever room it belongs to.

It knows no room. Rooms above call in the transaction that makes, changes, hides or deletes one of their things:

    await search.put(tx, search.Document(kind=search.Kind.EVENT, ref=event_id, title=…, text=…, owner_id=…, at=…))
    await search.remove(tx, search.Kind.EVENT, event_id)

and plug in a Source for each of their kinds, from which the index can be built anew.
"""

from cnt_grpc.search.document import Document, Kind, Source
from cnt_grpc.search.indexing import put, put_all, remove

__all__ = ["Document", "Kind", "Source", "put", "put_all", "remove"]
