"""Signing in by Google: whom Google's subject stands for, and when it may be linked to an account that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from cnt_grpc.auth import jobs, tokens
from cnt_grpc.auth.emails import clean_email
from cnt_grpc.auth.google import GoogleIdentity
from cnt_grpc.auth.names import clean_name
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.queries import credentials, sign_in_codes
from cnt_grpc.auth.rules import accounts, sessions
from cnt_grpc.auth.rules.accounts import NewAccount
from cnt_grpc.auth.rules.sessions import Device, SecurityEvent, SignedIn, SignedInBy
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Conflict, Contention, Denied, Invalid, Unauthenticated
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

CODE_LIFE = timedelta(minutes=1)
"""How long the page that Google's redirect ends at has to exchange its code."""

LONGEST_NAME = 100
LONGEST_ADDRESS = 2000
"""Characters; of what Google says, too, no more is taken."""


async def sign_in(tx: Tx, life: Tokens, caller: Caller, identity: GoogleIdentity, device: Device) -> SignedIn:
    """Start a session for whom Google knows; the first time this makes an account, or a guest into one.

    Raises Conflict when an account has the address and may not be linked, and Denied for a banned one.
    """
    person = await _known(tx, identity, device)
    if person is not None:
        return await sessions.start(tx, life, person, device, SignedInBy.GOOGLE)
    with _looking_again():
        signed_in = await accounts.register(tx, life, caller, _account(identity), device, by=SignedInBy.GOOGLE)
    await _copy_picture(tx, signed_in.user_id, identity)
    return signed_in


async def come_by_redirect(tx: Tx, identity: GoogleIdentity, device: Device) -> str:
    """The same for a page that Google sends back to: a code that `exchange` turns into a session."""
    person = await _known(tx, identity, device)
    if person is None:
        with _looking_again():
            person = await accounts.create(tx, _account(identity))
        await _copy_picture(tx, person["id"], identity)
    code = tokens.new_refresh_token()
    await sign_in_codes.insert_code(tx, tokens.hash_of(code), person["id"], expires_at=clock.now() + CODE_LIFE)
    return code


async def exchange(tx: Tx, life: Tokens, code: str, device: Device) -> SignedIn:
    """Use a code of `come_by_redirect` up for a session; raises Unauthenticated, and Denied for a banned account."""
    user_id = await sign_in_codes.take_code(tx, tokens.hash_of(code), clock.now())
    person = await credentials.come_back(tx, user_id) if user_id is not None else None
    if person is None:
        raise Unauthenticated(Reason.SIGN_IN_CODE_INVALID)
    _refuse_banned(person)
    return await sessions.start(tx, life, person, device, SignedInBy.GOOGLE)


async def _known(tx: Tx, identity: GoogleIdentity, device: Device) -> Row | None:
    """The account of this subject, linked just now if need be; None when it is to be made."""
    person = await credentials.account_by_google_id(tx, identity.subject)
    if person is not None:
        _refuse_banned(person)
        return await credentials.come_back(tx, person["id"])
    held = await queries.account_by_email(tx, _email(identity))
    if held is None:
        return None
    if held["google_id"] == identity.subject:  # made since the statement before
        return await credentials.come_back(tx, held["id"])
    # Both must be proven: else whoever writes another's address into an account, here or there, gets into theirs.
    linked = None
    if identity.is_email_verified:
        _refuse_banned(held)
        linked = await credentials.link_google(tx, held["id"], identity.subject, clock.now())
    if linked is None:
        raise Conflict(Reason.EMAIL_TAKEN)
    await sessions.tell(tx, linked["id"], SecurityEvent.GOOGLE_LINKED, device)
    return linked


@contextmanager
def _looking_again() -> Iterator[None]:
    """Nobody had the address a moment ago: whoever took it since is found when the whole thing runs again."""
    try:
        yield
    except Conflict as taken:
        raise Contention from taken


def _account(identity: GoogleIdentity) -> NewAccount:
    email = _email(identity)
    return NewAccount(
        email=email,
        password_hash=None,
        name=_name(identity, email),
        email_verified_at=clock.now() if identity.is_email_verified else None,
        google_id=identity.subject,
    )


def _email(identity: GoogleIdentity) -> str:
    try:
        return clean_email(identity.email)
    except Invalid:
        raise Unauthenticated(Reason.GOOGLE_TOKEN_INVALID, "Google gave no email address that we can use") from None


def _name(identity: GoogleIdentity, email: str) -> str:
    try:
        return clean_name(identity.name[:LONGEST_NAME])
    except Invalid:
        return email.partition("@")[0][:LONGEST_NAME]


def _refuse_banned(person: Row) -> None:
    if person["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)


async def _copy_picture(tx: Tx, user_id: int, identity: GoogleIdentity) -> None:
    if identity.picture:
        await jobs.copy_picture(tx, user_id, identity.picture[:LONGEST_ADDRESS])
