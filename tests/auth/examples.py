"""For each method of the room a valid call, for the laws."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cnt_grpc.auth import tokens
from tests.auth import makers
from tests.harness.examples import Example, Fields, Foreign

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


EXAMPLES = {
    f"{AUTH}/Register": Example(given=newcomer),
    f"{AUTH}/Login": Example(given=credentials),
    f"{AUTH}/RefreshToken": Example(given=session),
    f"{AUTH}/Logout": Example(given=session),
    f"{USER}/GetMe": Example(),
    f"{USER}/UpdateMe": Example(given=change),
    f"{USER}/GetPublicUser": Example(given=somebody, foreign=Foreign("user_id", guest, "USER_NOT_FOUND")),
}
