"""People who are not made by an RPC: the first administrator, and the demo accounts of the embedded default."""

import asyncio
from dataclasses import dataclass

from cnt_grpc.auth.passwords import hash_now
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.queries import credentials
from cnt_grpc.auth.queries.sessions import end_sessions_of
from cnt_grpc.auth.rules import accounts
from cnt_grpc.auth.rules.roles import Role, grant_role
from cnt_grpc.auth.rules.sessions import EndReason
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as at once."""

    name: str
    email: str
    password: str
    roles: tuple[Role, ...] = ()


DEMO_PEOPLE = (
    DemoPerson("Demo", "demo@example.org", "sing-to-the-lord-1"),
    DemoPerson("Miriam Demo", "demo.admin@example.org", "let-my-people-go-2", (Role.ADMIN,)),
)
"""Their passwords are printed and public: they open the database of one's own machine, and are put into no other."""


async def create_admin(tx: Tx, *, email: str, password: str, name: str) -> Row:
    """An administrator with these credentials, for whoever holds the database (`cnt-grpc admin create`).

    An account that has the address already becomes one, with the new password and all its sessions ended: somebody may
    have registered it beforehand in the hope of exactly this. Raises Invalid.
    """
    account = await accounts.new_account(_hash, email=email, password=password, name=name)
    person = await queries.account_by_email(tx, account.email)
    if person is None:
        person = await accounts.create(tx, account)
    else:
        assert account.password_hash is not None, "made from a password"
        await credentials.set_password(tx, person["id"], account.password_hash, clock.now())
        await end_sessions_of(tx, person["id"], EndReason.PASSWORD_CHANGED, clock.now())
    await grant_role(tx, person["id"], Role.ADMIN)
    return person


async def create_demo_people(tx: Tx) -> dict[str, int]:
    """Make the demo people who are not there yet; the ids of all by email."""
    ids: dict[str, int] = {}
    for demo in DEMO_PEOPLE:
        person = await queries.account_by_email(tx, demo.email)
        if person is None:
            account = await accounts.new_account(_hash, email=demo.email, password=demo.password, name=demo.name)
            person = await accounts.create(tx, account)
            for role in demo.roles:
                await grant_role(tx, person["id"], role)
        ids[demo.email] = person["id"]
    return ids


async def _hash(password: str) -> str:
    return await asyncio.to_thread(hash_now, password)
