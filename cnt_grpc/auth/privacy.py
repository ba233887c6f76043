"""What the auth room knows of a person: shown to them, and made nameless when they go."""

from collections.abc import AsyncIterator

from cnt_grpc.auth.personal_data import Holder, Record
from cnt_grpc.auth.queries import privacy as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """The account, its roles, sessions, security events, blocks and entitlements."""
    for row in await queries.account(tx, user_id):
        yield "account", dict(row)
    for kind in queries.KINDS:
        for row in await queries.rows_of(tx, kind, user_id):
            yield kind, dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Leave a pseudonym; the last of all rooms to do so, since the others still look things up by the account."""
    await queries.make_nameless(tx, user_id, clock.now())


HOLDER = Holder("auth", export_person, erase_person)
