"""How things become findable, and how they cease to be: in the transaction that makes, changes or hides them."""

from collections.abc import Mapping, Sequence

from cnt_grpc.kit.db import Tx
from cnt_grpc.search import queries, words
from cnt_grpc.search.document import Document, Kind
from cnt_grpc.search.tables import LONGEST_EXCERPT


async def put(tx: Tx, document: Document) -> None:
    """Let everyone find this, or find it as it is now. Only what the public may see; twice is once."""
    await tx.run(queries.put_document(), **_columns(document))


async def put_all(tx: Tx, documents: Sequence[Document]) -> None:
    """`put` for many at once."""
    await tx.many(queries.put_document(), [_columns(document) for document in documents])


async def remove(tx: Tx, kind: Kind, ref: int) -> None:
    """Let nobody find this any more, because it is hidden or gone; what nobody found stays so."""
    await tx.run(queries.remove_document(), kind=kind, ref=ref)


def _columns(document: Document) -> Mapping[str, object]:
    vector = words.vector(document.ref, document.title, document.subtitle, document.text)
    return {
        "kind": document.kind,
        "ref": document.ref,
        "owner_id": document.owner_id,
        "title": document.title,
        "subtitle": document.subtitle,
        "text": document.text[:LONGEST_EXCERPT],
        "picture_key": document.picture_key,
        "at": document.at,
        "literal": vector.literal,
        "english_title": vector.title,
        "english_subtitle": vector.subtitle,
        "english_text": vector.text,
    }
