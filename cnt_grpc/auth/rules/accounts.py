"""Accounts: how someone becomes known to us."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from cnt_grpc.auth import jobs, names
from cnt_grpc.auth.dates import clean_date_of_birth
from cnt_grpc.auth.emails import clean_email
from cnt_grpc.auth.names import clean_name
from cnt_grpc.auth.passwords import clean_password
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.rules import sessions, usernames
from cnt_grpc.auth.rules.sessions import Device, SignedIn, SignedInBy
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.auth.violations import Violations
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Conflict, Contention
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

_USERNAME_ROUNDS = 5

GUEST = "Guest"
"""What guests are called who give no name."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from; checked, and the password already hashed."""

    email: str
    password_hash: str | None
    name: str
    phone: str | None = None
    date_of_birth: date | None = None
    bio: str = ""
    email_verified_at: datetime | None = None
    """When it was shown that mail reaches the person; None while it was not."""
    google_id: str | None = None
    """Google's subject, of those who came by Google."""


async def new_account(
    hash_password: Callable[[str], Awaitable[str]],
    *,
    email: str,
    password: str,
    name: str,
    phone: str = "",
    date_of_birth: str = "",
    bio: str = "",
) -> NewAccount:
    """Check what someone typed and hash the password; raises Invalid with all that is wrong.

    It touches no database, so that no connection waits for the hash.
    """
    violations = Violations()
    email = violations.of(clean_email, email, "")
    password = violations.of(clean_password, password, "")
    name = violations.of(clean_name, name, "")
    born = violations.of(clean_date_of_birth, date_of_birth, None)
    violations.refuse()
    return NewAccount(email, await hash_password(password), name, phone or None, born, bio)


async def register(
    tx: Tx,
    life: Tokens,
    caller: Caller,
    account: NewAccount,
    device: Device,
    *,
    by: SignedInBy = SignedInBy.PASSWORD,
) -> SignedIn:
    """Make the account and sign it in; a guest goes on with id, session and everything they did.

    Raises Conflict for a taken email.
    """
    if caller.is_guest:
        person = await _make_guest_an_account(tx, caller.user_id, account)
        if person is not None:
            await jobs.index_person(tx, person["id"])
            return await sessions.go_on_as(tx, life, person, caller.session_id, by)
    person = await create(tx, account)
    return await sessions.start(tx, life, person, device, by)


async def create(tx: Tx, account: NewAccount) -> Row:
    """The new account under a username made from its name; raises Conflict for a taken email."""
    for _ in range(_USERNAME_ROUNDS):
        person = await queries.insert_user(tx, await _values(tx, account) | {"created_at": clock.now()})
        if person is not None:
            await jobs.index_person(tx, person["id"])
            return person
        if await queries.is_email_taken(tx, account.email):
            raise Conflict(Reason.EMAIL_TAKEN)
    # Others took each username in the moment between choosing and writing.
    raise Contention


async def _make_guest_an_account(tx: Tx, user_id: int, account: NewAccount) -> Row | None:
    try:
        return await queries.make_guest_an_account(tx, user_id, await _values(tx, account))
    except Conflict as refusal:
        if refusal.reason == Reason.USERNAME_TAKEN:
            # Somebody took it a moment ago, and this transaction can do no more: the call runs again.
            raise Contention from refusal
        raise


async def create_guest(tx: Tx, life: Tokens, name: str, device: Device) -> SignedIn:
    """Make a guest, who has a name and nothing else, and sign them in; raises Invalid for an impossible name."""
    shown = names.clean_name(name) if name else GUEST
    for _ in range(_USERNAME_ROUNDS):
        username = await _free_username(tx, f"{GUEST} {names.random_digits()}")
        now = clock.now()
        values = {
            "username": username,
            "username_skeleton": names.skeleton(username),
            "name": shown,
            "is_guest": True,
            "created_at": now,
            "updated_at": now,
        }
        person = await queries.insert_user(tx, values)
        if person is not None:
            return await sessions.start(tx, life, person, device, SignedInBy.GUEST)
    raise Contention


async def _values(tx: Tx, account: NewAccount) -> dict[str, object]:
    username = await _free_username(tx, account.name)
    return {
        "username": username,
        "username_skeleton": names.skeleton(username),
        "name": account.name,
        "email": account.email,
        "email_verified_at": account.email_verified_at,
        "password_hash": account.password_hash,
        "google_id": account.google_id,
        "auth_provider": "google" if account.google_id else "email",
        "phone": account.phone,
        "date_of_birth": account.date_of_birth,
        "bio": account.bio,
        "updated_at": clock.now(),
    }


async def _free_username(tx: Tx, name: str) -> str:
    """The best username for this name that nobody has or nearly has."""
    return (await usernames.free_ones(tx, name, 1))[0]
