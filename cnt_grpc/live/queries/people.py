"""Statements about who is in a room, who waits, and who is banned."""

from typing import Final

from sqlalchemy import BigInteger, Executable, Text, bindparam, case, delete, exists, select, true, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.live.standing import Role
from cnt_grpc.live.tables import stream_bans, stream_messages, stream_participants

_one = stream_participants.c
_ban = stream_bans.c
_STREAM = bindparam("stream_id", type_=BigInteger)
WAITING: Final = 200
"""People whom a waiting room shows."""

_IDENTITY = bindparam("identity", type_=Text)


@statement
def standing() -> Executable:
    """Somebody's role and state in a room, and whether they are banned; no row for a newcomer who is not."""
    banned = exists().where(_ban.stream_id == _STREAM, _ban.identity == _IDENTITY)
    found = select(_one.role, _one.state).where(_one.stream_id == _STREAM, _one.identity == _IDENTITY).subquery()
    return select(found.c.role, found.c.state, banned.label("banned")).select_from(
        select(true().label("one")).subquery().outerjoin(found, true())
    )


@statement
def enter() -> Executable:
    """Somebody is about to come in, or waits; a role that the host gave stays. Returns role, state and name.

    Parameters: stream_id, identity, user_id, role, state, now. Who was let in once need not wait again, unless they
    were put out since. No row for who is banned: a ban may have come after the look at it.
    """
    person = auth.people.c
    banned = exists().where(_ban.stream_id == _STREAM, _ban.identity == _IDENTITY)
    names = ["stream_id", "identity", "user_id", "name", "role", "state", "since"]
    coming = select(
        _STREAM,
        _IDENTITY,
        person.id,
        person.name,
        bindparam("role", type_=Text),
        bindparam("state", type_=Text),
        bindparam("now", type_=_one.since.type),
    ).where(person.id == bindparam("user_id", type_=BigInteger), ~banned)
    new = insert(stream_participants).from_select(names, coming)
    # Asking again changes nothing for who is inside; and who was let in before does not wait.
    let_in = _one.state.not_in(("waiting", "removed"))
    stays = (_one.state == "present") | ((new.excluded.state == "waiting") & let_in)
    same = stays | (new.excluded.state == _one.state)
    return new.on_conflict_do_update(
        index_elements=[_one.stream_id, _one.identity],
        set_={
            "name": new.excluded.name,
            "role": case((new.excluded.role == Role.HOST.value, new.excluded.role), else_=_one.role),
            "state": case((stays, _one.state), else_=new.excluded.state),
            "since": case((same, _one.since), else_=new.excluded.since),
        },
    ).returning(_one.role, _one.state, _one.name)


@statement
def give_role() -> Executable:
    """Give somebody with an account a role, now and whenever they come back.

    Parameters: stream_id, identity, user_id, role, now.
    """
    person = auth.people.c
    name = select(person.name).where(person.id == bindparam("user_id", type_=BigInteger)).scalar_subquery()
    new = insert(stream_participants).values(
        stream_id=_STREAM,
        identity=_IDENTITY,
        user_id=bindparam("user_id", type_=BigInteger),
        name=name,
        role=bindparam("role", type_=Text),
        state="admitted",
        since=bindparam("now", type_=_one.since.type),
    )
    return new.on_conflict_do_update(index_elements=[_one.stream_id, _one.identity], set_={"role": new.excluded.role})


@statement
def put_out() -> Executable:
    """Somebody is put out, and no token that they hold lets them stay: they have to ask for a new one.

    What the host had made of them is forgotten, and where there is a waiting room, they wait again.
    Parameters: stream_id, identity, user_id, name, role (their usual one), now.
    """
    new = insert(stream_participants).values(
        stream_id=_STREAM,
        identity=_IDENTITY,
        user_id=bindparam("user_id", type_=BigInteger),
        name=bindparam("name", type_=Text),
        role=bindparam("role", type_=Text),
        state="removed",
        since=bindparam("now", type_=_one.since.type),
    )
    return new.on_conflict_do_update(
        index_elements=[_one.stream_id, _one.identity],
        set_={name: new.excluded[name] for name in ("role", "state", "since")},
        where=_one.role != Role.HOST.value,
    )


@statement
def waiting() -> Executable:
    """Who waits to be let in, who came first at the top. Parameter: stream_id."""
    return (
        select(_one.identity, _one.user_id, _one.name, _one.role, _one.since)
        .where(_one.stream_id == _STREAM, _one.state == "waiting")
        .order_by(_one.since, _one.identity)
        .limit(WAITING)
    )


@statement
def known_of() -> Executable:
    """The roles and states of these people of a room. Parameters: stream_id, identities."""
    return select(_one.identity, _one.role, _one.state).where(
        _one.stream_id == _STREAM, among(_one.identity, "identities")
    )


@statement
def somebody() -> Executable:
    """One person in a room, present or not. Parameters: stream_id, identity."""
    return select(_one.identity, _one.user_id, _one.name, _one.role, _one.state).where(
        _one.stream_id == _STREAM, _one.identity == _IDENTITY
    )


@statement
def writer() -> Executable:
    """The name of somebody who wrote in a stream's chat, come in or not. Parameters: stream_id, user_id."""
    user_id = bindparam("user_id", type_=BigInteger)
    wrote = exists().where(stream_messages.c.user_id == user_id, stream_messages.c.stream_id == _STREAM)
    return select(auth.people.c.name).where(auth.people.c.id == user_id, wrote)


@statement
def admit(*, everyone: bool) -> Executable:
    """Let one in who waits, or everyone. Parameters: stream_id, now, and identity for one. Returns their user_ids."""
    letting = update(stream_participants).where(_one.stream_id == _STREAM, _one.state == "waiting")
    if not everyone:
        letting = letting.where(_one.identity == _IDENTITY)
    return letting.values(state="admitted", since=bindparam("now", type_=_one.since.type)).returning(_one.user_id)


@statement
def left(*, everyone: bool) -> Executable:
    """Who is not among `identities` has left. Parameters: stream_id, now, and identities unless it is everyone."""
    leaving = update(stream_participants).where(_one.stream_id == _STREAM, _one.state == "present")
    if not everyone:
        leaving = leaving.where(~among(_one.identity, "identities"))
    return leaving.values(state="left", since=bindparam("now", type_=_one.since.type))


@statement
def present() -> Executable:
    """Who is among `identities` is there, unless they were put out. Parameters: stream_id, now, identities."""
    return (
        update(stream_participants)
        .where(
            _one.stream_id == _STREAM,
            among(_one.identity, "identities"),
            _one.state.in_(("admitted", "left")),
        )
        .values(state="present", since=bindparam("now", type_=_one.since.type))
    )


@statement
def banned_of() -> Executable:
    """Which of these identities are banned. Parameters: stream_id, identities."""
    return select(_ban.identity).where(_ban.stream_id == _STREAM, among(_ban.identity, "identities"))


@statement
def unwelcome() -> Executable:
    """Which of these people may be in no room of this host's: the platform banned them, or one blocked the other.

    Parameters: user_ids, host_id.
    """
    person = auth.standings.c
    out = person.banned_at.is_not(None) | person.delete_after.is_not(None)
    blocked = ~auth.not_blocked(bindparam("host_id", type_=BigInteger), person.id)
    return select(person.id).where(among(person.id, "user_ids"), out | blocked)


@statement
def ban() -> Executable:
    """Ban somebody; once is enough. Parameters: stream_id, identity, user_id, name, now. A row when they were not."""
    new = insert(stream_bans).values(
        stream_id=_STREAM,
        identity=_IDENTITY,
        user_id=bindparam("user_id", type_=BigInteger),
        name=bindparam("name"),
        created_at=bindparam("now", type_=_ban.created_at.type),
    )
    return new.on_conflict_do_nothing().returning(_ban.identity)


@statement
def lift_ban() -> Executable:
    """Lift a ban. Parameters: stream_id, identity."""
    return delete(stream_bans).where(_ban.stream_id == _STREAM, _ban.identity == _IDENTITY)


@statement
def bans_page(limit: int, *, after: bool) -> Executable:
    """A page of bans, the latest first. Parameters: stream_id, and the page's own."""
    found = select(_ban.identity, _ban.user_id, _ban.name, _ban.created_at).where(_ban.stream_id == _STREAM)
    if after:
        found = found.where(beyond(_ban.created_at, _ban.identity))
    return found.order_by(_ban.created_at.desc(), _ban.identity.desc()).limit(limit)
