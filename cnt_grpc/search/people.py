"""How people become findable: the auth room lies below this one, and enqueues a job when somebody is called anew."""

from collections.abc import Sequence

from cnt_grpc import auth
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.search.document import Document, Kind
from cnt_grpc.search.indexing import put, remove


class People:
    """People as a Source.

    Those who are banned or leaving are among them, since they may come back: results join the people of today, which
    hides them.
    """

    kind = Kind.PERSON

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[Document]:
        """People with an account, by rising id."""
        return [_document(row) for row in await auth.findable_people(tx, after, limit)]


async def index_person(tx: Tx, user_id: int) -> None:
    """Let somebody be found by what they are called now; nobody, if they are a guest or gone."""
    row = await auth.findable_person(tx, user_id)
    if row is None:
        await remove(tx, Kind.PERSON, user_id)
    else:
        await put(tx, _document(row))


def _document(row: Row) -> Document:
    return Document(
        kind=Kind.PERSON,
        ref=row["id"],
        owner_id=row["id"],
        title=row["name"],
        subtitle=row["username"],
        text=row["bio"],
        at=row["created_at"],
    )
