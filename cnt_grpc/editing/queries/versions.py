"""Statements on histories: the forms that a file has had, and which one is in use."""

from typing import Any, Final

from sqlalchemy import Executable, Select, and_, bindparam, insert, select, update

from cnt_grpc import media
from cnt_grpc.editing.tables import edit_histories, edit_versions, edits
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond

_FILE: Final = ("id", "key", "visibility", "filename", "content_type", "size", "duration_ms", "width", "height")


@statement
def version_of_file() -> Executable:
    """Where a file of this person stands in a history. Parameters: media, owner."""
    return (
        select(edit_versions.c.history_id, edit_versions.c.number)
        .join(edit_histories, edit_histories.c.id == edit_versions.c.history_id)
        .where(edit_versions.c.media_id == bindparam("media"), edit_histories.c.owner_id == bindparam("owner"))
    )


@statement
def add_history() -> Executable:
    """A new history; returns its id."""
    return insert(edit_histories).values(owner_id=bindparam("owner")).returning(edit_histories.c.id)


@statement
def add_version() -> Executable:
    """A form of a file."""
    given = ("history_id", "number", "media_id", "edit_id", "made_of", "created_at")
    return insert(edit_versions).values({name: bindparam(name) for name in given})


@statement
def next_number() -> Executable:
    """Take the next number of a history, and take it into use; two at once wait for each other."""
    number = edit_histories.c.newest + 1
    return (
        update(edit_histories)
        .where(edit_histories.c.id == bindparam("history"))
        .values(newest=number, in_use=number)
        .returning(edit_histories.c.newest)
    )


@statement
def own_versions(limit: int, *, first: bool) -> Executable:
    """A page of the history that the caller's own edit belongs to, newest first. Parameters: edit, owner."""
    found = _shown()
    if not first:
        found = found.where(beyond(edit_versions.c.number))
    return found.order_by(edit_versions.c.number.desc()).limit(limit)


@statement
def own_version() -> Executable:
    """One version of that history. Parameters: edit, owner, number."""
    return _shown().where(edit_versions.c.number == bindparam("number"))


@statement
def hold_version() -> Executable:
    """Keep a version from being removed until the transaction ends; no row when there is none of that number."""
    return (
        select(edit_versions.c.number)
        .where(edit_versions.c.history_id == bindparam("history"), edit_versions.c.number == bindparam("number"))
        .with_for_update(read=True, key_share=True)
    )


@statement
def use_version() -> Executable:
    """Take a version into use. Parameters: history, number."""
    return (
        update(edit_histories)
        .where(edit_histories.c.id == bindparam("history"))
        .values(in_use=bindparam("number"))
        .returning(edit_histories.c.id)
    )


@statement
def is_built_upon() -> Executable:
    """Whether edits or versions start from a version. Parameters: history, number."""
    asked = select(edits.c.id).where(edits.c.history_id == bindparam("history"), edits.c.made_of == bindparam("number"))
    made = select(edit_versions.c.number).where(
        edit_versions.c.history_id == bindparam("history"),
        edit_versions.c.made_of == bindparam("number"),
        edit_versions.c.number != bindparam("number"),
    )
    return select(asked.exists() | made.exists())


@statement
def drop_version() -> Executable:
    """Take a version out of its history; returns the one that it was made of. Parameters: history, number."""
    return (
        edit_versions.delete()
        .where(edit_versions.c.history_id == bindparam("history"), edit_versions.c.number == bindparam("number"))
        .returning(edit_versions.c.made_of)
    )


@statement
def leave_version() -> Executable:
    """Where a version is in use, use another one. Parameters: history, number, other."""
    return (
        update(edit_histories)
        .where(edit_histories.c.id == bindparam("history"), edit_histories.c.in_use == bindparam("number"))
        .values(in_use=bindparam("other"))
        .returning(edit_histories.c.id)
    )


def _shown() -> Select[Any]:
    file = media.objects
    mine = and_(edits.c.history_id == edit_histories.c.id, edits.c.owner_id == bindparam("owner"))
    return (
        select(
            edit_versions,
            (edit_histories.c.in_use == edit_versions.c.number).label("in_use"),
            *(file.c[name].label(f"made_{name}") for name in _FILE),
        )
        .join(edit_histories, edit_histories.c.id == edit_versions.c.history_id)
        .join(edits, mine)
        .join(file, file.c.id == edit_versions.c.media_id)
        .where(edits.c.id == bindparam("edit"))
    )
