"""People as something that is reported: their room lies below this one."""

from collections.abc import Sequence

from cnt_grpc import auth
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.queries import reports as queries
from cnt_grpc.moderation.reportable import Thing

PERSON = "person"


class People:
    """People, as Reportable asks for them."""

    name = PERSON

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """The person, if the caller may see their profile."""
        try:
            return int((await auth.visible_person(tx, caller.user_id, thing_id))["id"])
        except NotFound:
            return None

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The people with these ids."""
        rows = await tx.all(queries.people_to_show(), ids=thing_ids)
        return [Thing(PERSON, row["id"], row["name"], row["id"], row["name"], row["username"]) for row in rows]
