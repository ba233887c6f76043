"""What a code by mail opens: a new account, a session, a proven address, a new password."""

from dataclasses import replace

from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.emails import clean_email
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.queries import credentials
from cnt_grpc.auth.queries.sessions import end_sessions_of
from cnt_grpc.auth.rules import accounts, codes, sessions
from cnt_grpc.auth.rules.accounts import NewAccount
from cnt_grpc.auth.rules.sessions import Device, EndReason, SecurityEvent, SignedIn, SignedInBy
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Denied
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


async def register(tx: Tx, life: Tokens, caller: Caller, account: NewAccount, device: Device, *, code: str) -> SignedIn:
    """Make an account whose address is proven by a code, and sign it in. Raises what `codes.use` and `register` do."""
    await codes.use(tx, account.email, CodePurpose.REGISTER, code, device.address)
    proven = replace(account, email_verified_at=clock.now())
    return await accounts.register(tx, life, caller, proven, device, by=SignedInBy.CODE)


async def sign_in(tx: Tx, life: Tokens, email: str, code: str, device: Device) -> SignedIn:
    """Start a session for who has the code; takes a pending deletion back.

    It does not prove the address: whoever registered it first, with a password and perhaps not their own address, would
    share an account that Google then links. Raises Unauthenticated, Denied for a banned account, and Exhausted.
    """
    await codes.use(tx, email, CodePurpose.LOGIN, code, device.address)
    found = await queries.account_by_email(tx, clean_email(email))
    if found is None:
        raise codes.wrong()  # guessed: nobody was sent this code
    if found["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)
    person = await credentials.come_back(tx, found["id"])
    if person is None:
        raise codes.wrong()
    return await sessions.start(tx, life, person, device, SignedInBy.CODE)


async def verify_email(tx: Tx, user_id: int, code: str, device: Device) -> None:
    """Note that mail to the person's address reaches them; raises as `codes.use` does."""
    email = await _own_email(tx, user_id)
    await codes.use(tx, email, CodePurpose.VERIFY_EMAIL, code, device.address)
    await credentials.mark_email_verified(tx, user_id, email, clock.now())


async def reset_password(tx: Tx, email: str, code: str, password_hash: str, device: Device) -> None:
    """Set a new password, whose hash was made before, and end every session. Raises as `codes.use` does, and Denied."""
    await codes.use(tx, email, CodePurpose.RESET, code, device.address)
    found = await queries.account_by_email(tx, clean_email(email))
    if found is None:
        raise codes.wrong()
    if found["banned_at"] is not None:
        raise Denied(Reason.ACCOUNT_BANNED)
    now = clock.now()
    await credentials.reset_password(tx, found["id"], password_hash, now)
    await end_sessions_of(tx, found["id"], EndReason.PASSWORD_CHANGED, now)
    await sessions.tell(tx, found["id"], SecurityEvent.PASSWORD_CHANGED, device)


async def _own_email(tx: Tx, user_id: int) -> str:
    found = await credentials.secrets_of(tx, user_id)
    if found is None or found["email"] is None:
        raise codes.wrong()
    email: str = found["email"]
    return email
