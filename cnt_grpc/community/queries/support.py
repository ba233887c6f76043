"""Statements on support: questions and their threads."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Executable, Select, bindparam, delete, func, insert, select, update

from cnt_grpc import auth
from cnt_grpc.community.tables import support_messages, support_replies
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID

_ticket = support_messages.c
_reply = support_replies.c
_ID = bindparam("ticket_id", type_=BigInteger)
_PERSON = bindparam("user_id", type_=BigInteger)
_people = auth.people


@statement
def insert_ticket() -> Executable:
    """A new question; returns its id."""
    names = ("author_id", "subject", "message", "status", "created_at")
    values: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in names}
    values["updated_at"] = bindparam("created_at")
    return insert(support_messages).values(values).returning(_ticket.id)


@statement
def seen_ticket(*, anyones: bool, lock: bool) -> Executable:
    """One question, if it is the caller's or `anyones` says that the caller may see any. Parameter: ticket_id."""
    found = _with_author().where(_ticket.id == _ID)
    if not anyones:
        found = found.where(_ticket.author_id == CALLER_ID)
    return found.with_for_update(of=support_messages, key_share=True) if lock else found


@statement
def tickets_page(limit: int, *, own: bool, status: bool, after: bool) -> Executable:
    """A page of questions, newest first. Parameters if asked for: caller_id, status."""
    found = _with_author()
    if own:
        found = found.where(_ticket.author_id == CALLER_ID)
    if status:
        found = found.where(_ticket.status == bindparam("status"))
    if after:
        found = found.where(beyond(_ticket.created_at, _ticket.id))
    return found.order_by(_ticket.created_at.desc(), _ticket.id.desc()).limit(limit)


@statement
def unread_of() -> Executable:
    """How many answers a person has not read. Parameter: caller_id."""
    unread = func.coalesce(func.sum(_ticket.unread_by_author), 0)
    return select(unread).where(_ticket.author_id == CALLER_ID, _ticket.unread_by_author > 0)


@statement
def replies_page(limit: int, *, after: bool) -> Executable:
    """A page of a thread, oldest first. Parameter: ticket_id."""
    found = (
        select(support_replies, func.coalesce(_people.c.name, "").label("author_name"))
        .select_from(support_replies.outerjoin(_people, _people.c.id == _reply.author_id))
        .where(_reply.ticket_id == _ID)
    )
    if after:
        found = found.where(beyond(_reply.created_at, _reply.id, ascending=True))
    return found.order_by(_reply.created_at, _reply.id).limit(limit)


@statement
def insert_reply() -> Executable:
    """What somebody says; returns its row as a thread shows it.

    Parameters: ticket_id, author_id, is_from_team, message, created_at.
    """
    names = ("ticket_id", "author_id", "is_from_team", "message", "created_at")
    said = insert(support_replies).values({name: bindparam(name) for name in names}).returning(support_replies).cte()
    name = func.coalesce(_people.c.name, "").label("author_name")
    return select(said, name).select_from(said.outerjoin(_people, _people.c.id == said.c.author_id))


@statement
def count_reply(*, from_team: bool) -> Executable:
    """Count what a side said, which has read everything by then. Parameters: ticket_id, status, at; the team's text."""
    values: dict[str, ColumnElement[Any] | int] = {
        "status": bindparam("status", type_=_ticket.status.type),
        "updated_at": bindparam("at", type_=_ticket.updated_at.type),
        "replies_count": _ticket.replies_count + 1,
    }
    if from_team:
        answer = bindparam("text", type_=_ticket.admin_response.type)
        values |= {"unread_by_author": _ticket.unread_by_author + 1, "unread_by_team": 0, "admin_response": answer}
    else:
        values |= {"unread_by_team": _ticket.unread_by_team + 1, "unread_by_author": 0}
    return update(support_messages).where(_ticket.id == _ID).values(values)


@statement
def set_read(*, by_team: bool) -> Executable:
    """One side has read everything. Parameter: ticket_id."""
    values = {"unread_by_team": 0} if by_team else {"unread_by_author": 0}
    return update(support_messages).where(_ticket.id == _ID).values(values)


@statement
def set_status() -> Executable:
    """Move a question. Parameters: ticket_id, status."""
    status = bindparam("status", type_=_ticket.status.type)
    return update(support_messages).where(_ticket.id == _ID).values(status=status)


@statement
def counts() -> Executable:
    """How many questions stand where; a row a status."""
    return select(_ticket.status, func.count().label("number")).group_by(_ticket.status)


@statement
def unread() -> Executable:
    """How much each side has not read."""
    team = select(func.coalesce(func.sum(_ticket.unread_by_team), 0)).where(_ticket.unread_by_team > 0)
    authors = select(func.coalesce(func.sum(_ticket.unread_by_author), 0)).where(_ticket.unread_by_author > 0)
    return select(team.scalar_subquery().label("team"), authors.scalar_subquery().label("authors"))


@statement
def tickets_of() -> Executable:
    """Every question of a person. Parameter: user_id."""
    return select(support_messages).where(_ticket.author_id == _PERSON).order_by(_ticket.id)


@statement
def replies_of() -> Executable:
    """Everything that a person said, and that was said to their questions. Parameter: user_id."""
    asked = support_replies.join(support_messages, _ticket.id == _reply.ticket_id)
    return (
        select(_reply.id, _reply.ticket_id, _reply.is_from_team, _reply.message, _reply.created_at)
        .select_from(asked)
        .where((_reply.author_id == _PERSON) | (_ticket.author_id == _PERSON))
        .order_by(_reply.id)
    )


@statement
def drop_tickets() -> Executable:
    """A person has asked nothing; the threads go with the questions. Parameter: user_id."""
    return delete(support_messages).where(_ticket.author_id == _PERSON)


@statement
def make_nameless() -> Executable:
    """What a person said for the team stays, without who said it. Parameter: user_id."""
    return update(support_replies).where(_reply.author_id == _PERSON).values(author_id=None)


def _with_author() -> Select[Any]:
    names = (_people.c.name.label("author_name"), _people.c.username.label("author_username"))
    return select(support_messages, *names).select_from(
        support_messages.join(_people, _people.c.id == _ticket.author_id)
    )
