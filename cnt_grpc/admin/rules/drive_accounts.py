"""Google Drives of administrators: connected by their consent, with tokens that are kept sealed and renewed in time."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Malformed
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeVar

from cnt_grpc import moderation
from cnt_grpc.admin.drive import Drive, Tokens
from cnt_grpc.admin.drive_http import TokenEndedError
from cnt_grpc.admin.drive_seals import open_tokens, owner, seal_tokens
from cnt_grpc.admin.queries import drive as queries
from cnt_grpc.admin.rules.drive_parting import part
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Invalid, Precondition
from cnt_grpc.pb.cnt.admin.v1.reason import Reason

PATIENCE: Final = timedelta(minutes=10)
"""How long somebody may take at Google."""
_STATE: Final = "admin.drive-state"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DriveAccounts:
    """The administrators' Drives."""

    db: Database
    drive: Drive
    callback_url: str
    """The page that Google leads back to; registered with Google."""

    def page(self, user_id: int) -> str:
        """Where this administrator agrees; raises Precondition when we have no client at Google."""
        verifier = secrets.token_urlsafe(32)
        memory = {"verifier": verifier, "until": (clock.now() + PATIENCE).isoformat()}
        # Sealed, and bound to who asked: a state that somebody else is lured into finishing opens for nobody.
        state = _text(seal.seal(_STATE, json.dumps(memory).encode(), owner(user_id)))
        challenge = _text(sha256(verifier.encode()).digest())
        return self.drive.consent_page(redirect_uri=self.callback_url, state=state, challenge=challenge)

    async def connect(self, db: Database, user_id: int, code: str, state: str) -> str:
        """Keep what the consent gives, and whose Drive it is; raises Invalid, Precondition and Unavailable."""
        tokens = await self.drive.exchange(code, redirect_uri=self.callback_url, verifier=_verifier(state, user_id))
        try:
            email = await self.drive.email(tokens.access)
        except TokenEndedError:
            raise Invalid(Reason.DRIVE_SIGN_IN_INVALID) from None

        async def write(tx: Tx) -> None:
            before = await tx.one(queries.account(), user_id=user_id)
            # Only of another account: of the same one Google would take back what it has just given.
            if before is not None and before["email"] != email:
                await part(tx, user_id)
            await keep(tx, user_id, email, tokens)

        await db.transact(write)
        return email

    async def tokens(self, user_id: int) -> Tokens:
        """Of an administrator, with an access token that still works; raises Precondition and Unavailable."""
        # First, so that whoever runs us without a client at Google learns of that.
        _ = self.drive.client_id
        async with self.db.reading() as tx:
            row = await tx.one(queries.account(), user_id=user_id)
        found = open_tokens(row["sealed"], user_id) if row is not None else None
        if row is None or found is None:
            raise Precondition(Reason.DRIVE_NOT_CONNECTED)
        return found if found.is_fresh else await self._renewed(user_id, found, row["sealed"])

    async def ask(self, user_id: int, question: Callable[[str], Awaitable[T]]) -> T:
        """The answer to a question that takes an access token; with a new one where Drive takes the old no more."""
        tokens = await self.tokens(user_id)
        try:
            return await question(tokens.access)
        except TokenEndedError:
            access = (await self.renewed(user_id)).access
        try:
            return await question(access)
        except TokenEndedError:
            raise Precondition(Reason.DRIVE_NOT_CONNECTED) from None

    async def renewed(self, user_id: int) -> Tokens:
        """New tokens, whatever the clock says of the old ones; raises Precondition and Unavailable."""
        async with self.db.reading() as tx:
            row = await tx.one(queries.account(), user_id=user_id)
        found = open_tokens(row["sealed"], user_id) if row is not None else None
        if row is None or found is None:
            raise Precondition(Reason.DRIVE_NOT_CONNECTED)
        return await self._renewed(user_id, found, row["sealed"])

    async def _renewed(self, user_id: int, old: Tokens, sealed: bytes) -> Tokens:
        new = await self.drive.renew(old)
        # Another process may have renewed them, and somebody connected anew: those are not written over.
        after = seal_tokens(new, user_id)
        await self.db.transact(lambda tx: tx.run(queries.renew(), user_id=user_id, before=sealed, after=after))
        return new


async def keep(tx: Tx, user_id: int, email: str, tokens: Tokens) -> None:
    """Keep the tokens of an administrator's Drive, in place of those that there are."""
    sealed = seal_tokens(tokens, user_id)
    await tx.run(queries.connect(), user_id=user_id, email=email, sealed=sealed, now=clock.now())
    moderation.record(tx, moderation.Act(user_id, "connect", "drive_account", user_id, {}, {}))


def _verifier(state: str, user_id: int) -> str:
    try:
        sealed = urlsafe_b64decode(state.encode("ascii") + b"=" * (-len(state) % 4))
    except (Malformed, ValueError):
        raise Invalid(Reason.DRIVE_SIGN_IN_INVALID) from None
    plain = seal.unseal(_STATE, sealed, owner(user_id))
    if plain is None:
        raise Invalid(Reason.DRIVE_SIGN_IN_INVALID)
    memory = json.loads(plain)
    if datetime.fromisoformat(memory["until"]) <= clock.now():
        raise Invalid(Reason.DRIVE_SIGN_IN_INVALID)
    return str(memory["verifier"])


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
