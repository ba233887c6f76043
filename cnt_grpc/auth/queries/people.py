"""People as others see them: what other rooms join, who is hidden from whom, and whose profile may be read."""

from sqlalchemy import ColumnElement, Executable, and_, bindparam, exists, false, func, select, true
from sqlalchemy.dialects.postgresql import array

from cnt_grpc.auth.tables import blocks, user_roles, users
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

people = select(users.c.id, users.c.name, users.c.username, users.c.avatar_key).subquery("people")
"""Everyone, for joins: id, name, username, avatar_key. Postgres folds it into the joining statement."""

CallerId = ColumnElement[int] | int
"""The person who asks: usually `bindparam("caller_id")`; 0 is nobody."""


def not_blocked(caller_id: CallerId, person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that neither of the two blocked the other; two index probes, none that grows with the rows."""
    return and_(
        ~exists().where(blocks.c.blocker_id == caller_id, blocks.c.blocked_id == person_id),
        ~exists().where(blocks.c.blocker_id == person_id, blocks.c.blocked_id == caller_id),
    )


def roles_of(person_id: ColumnElement[int]) -> ColumnElement[list[str]]:
    """The roles of a person as an array, empty for most."""
    roles = select(user_roles.c.role).where(user_roles.c.user_id == person_id).scalar_subquery()
    return func.array(roles, type_=array([], type_=user_roles.c.role.type).type)


def has_role(person_id: ColumnElement[int], role: str) -> ColumnElement[bool]:
    """The condition that a person has a role."""
    return exists().where(user_roles.c.user_id == person_id, user_roles.c.role == role)


def shows_role(person_id: ColumnElement[int], role: str) -> ColumnElement[bool]:
    """Whether a person has a role, for what a list shows of each.

    Not by EXISTS as in `has_role`: of a long list Postgres expects to answer that for everyone, and reads all of whom
    have the role.
    """
    held = select(true()).where(user_roles.c.user_id == person_id, user_roles.c.role == role)
    return func.coalesce(held.scalar_subquery(), false())


def in_public() -> ColumnElement[bool]:
    """The condition that a user has a public profile: no guest, not banned, not being deleted."""
    return and_(
        users.c.is_guest.is_(False),
        users.c.banned_at.is_(None),
        users.c.delete_after.is_(None),
        users.c.erased_at.is_(None),
    )


public_people = (
    select(users.c.id, users.c.name, users.c.username, users.c.avatar_key).where(in_public()).subquery("public_people")
)
"""Those of `people` who have a public profile, for joins that leave out all others."""


async def visible_person(tx: Tx, caller_id: int, user_id: int) -> Row:
    """The public profile that this caller may see, found by id; raises NotFound."""
    return _found(await tx.one(_visible("id"), caller_id=caller_id, wanted=user_id))


async def visible_person_by_username(tx: Tx, caller_id: int, username: str) -> Row:
    """The public profile that this caller may see, found by username in any case; raises NotFound."""
    return _found(await tx.one(_visible("username"), caller_id=caller_id, wanted=username.lower()))


async def findable_person(tx: Tx, user_id: int) -> Row | None:
    """What a search for people looks at: id, name, username, bio, created_at; None for guests and erased people.

    The row is held: whoever changes it meanwhile waits, and has the person looked at again. Who is banned or leaving is
    among them, and comes back as they were: join `public_people` to hide them.
    """
    return await tx.one(_findable(None, of_one=True), user_id=user_id)


async def findable_people(tx: Tx, after: int, limit: int) -> list[Row]:
    """The same of all people behind this id, by rising id, at most `limit`."""
    return await tx.all(_findable(limit, of_one=False), after=after)


async def user_exists(tx: Tx, user_id: int) -> bool:
    """Whether this id is a person, whatever their state; the row is not locked."""
    return bool(await tx.value(_exists(), user_id=user_id))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound(Reason.USER_NOT_FOUND)
    return row


@statement
def _visible(by: str) -> Executable:
    column = users.c[by]
    return select(users.c.id, users.c.name, users.c.username, users.c.avatar_key, users.c.bio).where(
        column == bindparam("wanted"), in_public(), not_blocked(bindparam("caller_id"), users.c.id)
    )


@statement
def _exists() -> Executable:
    return select(true()).where(users.c.id == bindparam("user_id"), users.c.erased_at.is_(None))


@statement
def _findable(limit: int | None, *, of_one: bool) -> Executable:
    found = select(users.c.id, users.c.name, users.c.username, users.c.bio, users.c.created_at).where(
        users.c.is_guest.is_(False), users.c.erased_at.is_(None)
    )
    if of_one:
        found = found.where(users.c.id == bindparam("user_id"))
    else:
        found = found.where(users.c.id > bindparam("after")).order_by(users.c.id).limit(limit)
    return found.with_for_update(read=True)
