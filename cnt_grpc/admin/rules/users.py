"""What administrators do with people: find them, give and take roles, shut them out, let them in, remove them.

Nobody does so to themselves, and every act is audited in its transaction. That an administrator is left is auth's care.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc import auth, moderation
from cnt_grpc.admin.queries import users as queries
from cnt_grpc.auth import Role
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Denied, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.admin.v1.reason import Reason
from cnt_grpc.pb.cnt.auth.v1.reason import Reason as AuthReason

_KIND = "user"
_Change = tuple[dict[str, object], dict[str, object]]
"""What was before, and what is after."""
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people a list shows."""

    search: str = ""
    role: Role | None = None
    banned: bool | None = None
    """None: whether or not."""


async def listed(tx: Tx, wanted: Wanted, page: Page) -> tuple[Sequence[Row], str]:
    """A page of people, and the token of the next one."""
    text = wanted.search.strip().lower()
    form = queries.users(
        page.limit,
        after=not page.is_first,
        search=bool(text),
        role=wanted.role,
        banned=wanted.banned,
    )
    given: dict[str, object] = {}
    if text:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004  (of int64)
        given |= {"low": text, "high": text + _LAST_CHARACTER, "number": number}
    rows = await tx.all(form, **given, **page.params)
    return page.cut(rows, key=lambda row: (row["created_at"], row["id"]))


async def set_admin(tx: Tx, caller: Caller, user_id: int, *, wanted: bool) -> Row:
    """Make somebody an administrator, or no longer; as they stand then."""
    before = await _other(tx, caller, user_id)
    roles = {Role(each) for each in before["roles"]} - {Role.ADMIN}
    return await set_roles(tx, caller, user_id, roles | ({Role.ADMIN} if wanted else set()))


async def set_roles(tx: Tx, caller: Caller, user_id: int, wanted: set[Role]) -> Row:
    """Give somebody these roles and no others; as they stand then."""
    before = await _other(tx, caller, user_id)
    had = {Role(each) for each in before["roles"]}
    for role in sorted(wanted - had):
        await auth.grant_role(tx, user_id, role, by=caller.user_id)
    for role in sorted(had - wanted):
        await auth.revoke_role(tx, user_id, role)
    if wanted != had:
        _record(tx, caller, "set_roles", user_id, ({"roles": sorted(had)}, {"roles": sorted(wanted)}))
    return await _known(tx, user_id)


async def ban(tx: Tx, caller: Caller, user_id: int, reason: str) -> Row:
    """Shut somebody out; as they stand then."""
    await _other(tx, caller, user_id)
    if await auth.ban(tx, user_id, reason):
        _record(tx, caller, "ban", user_id, ({"banned": False}, {"banned": True}), reason)
    return await _known(tx, user_id)


async def unban(tx: Tx, caller: Caller, user_id: int, reason: str) -> Row:
    """Let somebody in again; as they stand then."""
    await _other(tx, caller, user_id)
    if await auth.unban(tx, user_id):
        _record(tx, caller, "unban", user_id, ({"banned": True}, {"banned": False}), reason)
    return await _known(tx, user_id)


async def delete(tx: Tx, caller: Caller, user_id: int, reason: str) -> None:
    """Remove somebody's account for good. The audit keeps the id alone: it names nobody once the account is erased."""
    await _other(tx, caller, user_id)
    await auth.remove(tx, user_id, reason)
    _record(tx, caller, "delete", user_id, ({"deleted": False}, {"deleted": True}), reason)


async def _other(tx: Tx, caller: Caller, user_id: int) -> Row:
    """Somebody else; raises NotFound, and Denied for oneself."""
    if user_id == caller.user_id:
        raise Denied(Reason.ACT_ON_ONESELF, "another administrator has to do that")
    return await _known(tx, user_id)


async def _known(tx: Tx, user_id: int) -> Row:
    row = await tx.one(queries.user(), user_id=user_id)
    if row is None:
        raise NotFound(AuthReason.USER_NOT_FOUND)
    return row


def _record(tx: Tx, caller: Caller, action: str, user_id: int, change: _Change, why: str = "") -> None:  # noqa: PLR0917
    before, after = change
    act = moderation.Act(caller.user_id, action, _KIND, user_id, before, after, why)
    moderation.record(tx, act)
