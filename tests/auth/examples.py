"""For each method of the room a valid call, for the laws."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from cnt_grpc.auth import CodePurpose, tokens
from cnt_grpc.auth.queries import blocks, exports, sign_in_codes
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from tests.auth import makers
from tests.harness.examples import Example, Fields, Foreign, Pages

if TYPE_CHECKING:
    from tests.harness.world import Person, World

AUTH = "cnt.auth.v1.AuthService"
USER = "cnt.auth.v1.UserService"


async def newcomer(world: World, who: Person) -> Fields:
    """Somebody whom nobody knows yet."""
    return {"email": f"new.{secrets.token_hex(6)}@example.com", "password": makers.PASSWORD, "name": "New Comer"}


async def credentials(world: World, who: Person) -> Fields:
    """Somebody with a password."""
    async with world.db.transaction() as tx:
        person = await makers.user(tx, password_hash=makers.password_hash())
    return {"username_or_email": person["email"], "password": makers.PASSWORD}


async def session(world: World, who: Person) -> Fields:
    """One more session of the caller, by its refresh token."""
    refresh_token = tokens.new_refresh_token()
    async with world.db.transaction() as tx:
        await makers.session(tx, who.id, refresh_token=refresh_token)
    return {"refresh_token": refresh_token}


async def change(world: World, who: Person) -> Fields:
    """Another name."""
    return {"name": "Ann Other", "bio": "Sings in the choir."}


async def somebody(world: World, who: Person) -> Fields:
    """A person whom everyone may see."""
    return {"user_id": (await world.user()).id}


async def guest(world: World, who: Person) -> int:
    """Somebody who has no public profile."""
    return (await world.user(is_guest=True)).id


def address() -> str:
    """An address that nobody has."""
    return f"new.{secrets.token_hex(6)}@example.com"


async def google_token(world: World, who: Person) -> Fields:
    """Somebody whom only Google knows."""
    return {"id_token": world.google.id_token(world.google.person())}


async def redirected(world: World, who: Person) -> Fields:
    """Somebody whom Google has just sent back."""
    made = tokens.new_refresh_token()
    person = await world.user()
    async with world.db.transaction() as tx:
        until = clock.now() + timedelta(minutes=1)
        await sign_in_codes.insert_code(tx, tokens.hash_of(made), person.id, expires_at=until)
    return {"code": made}


async def wanted_code(world: World, who: Person) -> Fields:
    """Somebody who would like to sign in."""
    return {"email": address(), "purpose": code_pb2.CODE_PURPOSE_LOGIN}


async def sent_code(world: World, who: Person) -> Fields:
    """Somebody who got a code."""
    email = address()
    async with world.db.transaction() as tx:
        made = await makers.code(tx, email, CodePurpose.LOGIN)
    return {"email": email, "otp_code": makers.spaced(made), "purpose": code_pb2.CODE_PURPOSE_LOGIN}


async def newcomer_with_code(world: World, who: Person) -> Fields:
    """Somebody whom nobody knows yet, and who got a code."""
    fields = await newcomer(world, who)
    async with world.db.transaction() as tx:
        made = await makers.code(tx, fields["email"], CodePurpose.REGISTER)
    return {**fields, "otp_code": makers.spaced(made)}


async def member_with_code(world: World, who: Person) -> Fields:
    """Somebody with an account who got a code to sign in."""
    async with world.db.transaction() as tx:
        person = await makers.user(tx)
        made = await makers.code(tx, person["email"], CodePurpose.LOGIN)
    return {"email": person["email"], "otp_code": makers.spaced(made)}


async def own_code(world: World, who: Person) -> Fields:
    """The caller got a code to prove their address."""
    async with world.db.transaction() as tx:
        email = (await makers.row(tx, who.id))["email"] or address()
        made = await makers.code(tx, email, CodePurpose.VERIFY_EMAIL)
    return {"otp_code": makers.spaced(made)}


async def forgetful(world: World, who: Person) -> Fields:
    """Somebody who cannot sign in any more."""
    return {"email": address()}


async def reset_code(world: World, who: Person) -> Fields:
    """Somebody who got a code to set a new password."""
    async with world.db.transaction() as tx:
        person = await makers.user(tx, password_hash=makers.password_hash())
        made = await makers.code(tx, person["email"], CodePurpose.RESET)
    new = f"a new one {secrets.token_hex(6)}"
    return {"email": person["email"], "otp_code": makers.spaced(made), "new_password": new}


async def wanted_username(world: World, who: Person) -> Fields:
    """A username that nobody has."""
    return {"username": f"x{secrets.token_hex(6).replace('0', 'x').replace('1', 'y')}"}


async def own_password(world: World, who: Person) -> Fields:
    """The caller has a password."""
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, who.id, password_hash=makers.password_hash())
    return {"password": makers.PASSWORD}


async def new_password(world: World, who: Person) -> Fields:
    """The caller has a password and wants another one."""
    old = await own_password(world, who)
    return {"old_password": old["password"], "new_password": f"a new one {secrets.token_hex(6)}"}


async def session_of(world: World, who: Person) -> int:
    """One more session of this person."""
    async with world.db.transaction() as tx:
        return await makers.session(tx, who.id)


async def other_session(world: World, who: Person) -> Fields:
    """One more session of the caller."""
    return {"session_id": await session_of(world, who)}


async def many_sessions(world: World, who: Person, number: int) -> Fields:
    """More sessions of the caller."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.session(tx, who.id)
    return {}


async def export(world: World, who: Person) -> Fields:
    """The caller once asked for an export."""
    async with world.db.transaction() as tx:
        await exports.put_export(tx, who.id, 2**40, clock.now())
    return {}


async def many_blocks(world: World, who: Person, number: int) -> Fields:
    """More people whom the caller blocked, all at once."""
    now = clock.now()
    for other in await world.users(number):
        async with world.db.transaction() as tx:
            await blocks.insert_block(tx, who.id, other.id, now)
    return {}


ANYONE = {"user_id": "whoever exists may be blocked, so that a block tells nothing of the other side"}

EXAMPLES = {
    f"{AUTH}/Register": Example(given=newcomer),
    f"{AUTH}/Login": Example(given=credentials),
    f"{AUTH}/RefreshToken": Example(given=session),
    f"{AUTH}/Logout": Example(given=session),
    f"{AUTH}/GoogleLogin": Example(given=google_token),
    f"{AUTH}/GetGoogleClientId": Example(),
    f"{AUTH}/ExchangeSignInCode": Example(given=redirected),
    f"{AUTH}/SendOtp": Example(given=wanted_code),
    f"{AUTH}/VerifyOtp": Example(given=sent_code),
    f"{AUTH}/RegisterWithOtp": Example(given=newcomer_with_code),
    f"{AUTH}/LoginWithOtp": Example(given=member_with_code),
    f"{AUTH}/VerifyEmail": Example(given=own_code),
    f"{AUTH}/ForgotPassword": Example(given=forgetful),
    f"{AUTH}/ResetPassword": Example(given=reset_code),
    f"{AUTH}/CheckUsername": Example(given=wanted_username),
    f"{AUTH}/CreateGuest": Example(),
    f"{AUTH}/Confirm": Example(given=own_password),
    f"{AUTH}/ListSessions": Example(pages=Pages(many_sessions, "sessions", key="session_id")),
    f"{AUTH}/EndSession": Example(given=other_session, foreign=Foreign("session_id", session_of, "SESSION_NOT_FOUND")),
    f"{AUTH}/EndOtherSessions": Example(),
    f"{USER}/GetMe": Example(),
    f"{USER}/ChangePassword": Example(given=new_password),
    f"{USER}/ChangeUsername": Example(given=wanted_username),
    f"{USER}/DeleteMe": Example(),
    f"{USER}/RequestExport": Example(),
    f"{USER}/GetExport": Example(given=export),
    f"{USER}/BlockUser": Example(given=somebody, open_ids=ANYONE),
    f"{USER}/UnblockUser": Example(given=somebody, open_ids=ANYONE),
    f"{USER}/ListBlocks": Example(pages=Pages(many_blocks, "blocks", key="user_id")),
    f"{USER}/UpdateMe": Example(given=change),
    f"{USER}/GetPublicUser": Example(given=somebody, foreign=Foreign("user_id", guest, "USER_NOT_FOUND")),
}
