"""Statements on Google Drives of administrators and on what is imported from them."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Executable,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import media
from cnt_grpc.admin.tables import drive_accounts, drive_imports
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond

_import = drive_imports.c
_ID = bindparam("import_id", type_=BigInteger)
_USER = bindparam("user_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)


@statement
def connect() -> Executable:
    """Keep an account's tokens, or newer ones. Parameters: user_id, email, sealed, now."""
    given = ("email", "sealed")
    new = upsert(drive_accounts).values(
        {name: bindparam(name) for name in ("user_id", *given)} | {"connected_at": _NOW}
    )
    kept = {name: new.excluded[name] for name in (*given, "connected_at")}
    return new.on_conflict_do_update(index_elements=["user_id"], set_=kept)


@statement
def account() -> Executable:
    """The access door: the caller's own."""
    return select(drive_accounts).where(drive_accounts.c.user_id == _USER)


@statement
def renew() -> Executable:
    """Newer tokens of an account that is still connected. Parameters: user_id, sealed, before."""
    here = drive_accounts.c
    same = here.user_id == _USER, here.sealed == bindparam("before", type_=here.sealed.type)
    return update(drive_accounts).where(*same).values(sealed=bindparam("after", type_=here.sealed.type))


@statement
def disconnect() -> Executable:
    """Forget the tokens of an account, which are given back."""
    here = drive_accounts.c
    return delete(drive_accounts).where(here.user_id == _USER).returning(here.email, here.sealed)


@statement
def anyone_with() -> Executable:
    """Whether some administrator reads this account of Google's. Parameter: email."""
    return select(exists().where(drive_accounts.c.email == bindparam("email")))


@statement
def add() -> Executable:
    """A new import; no row while one of the same file is under way."""
    given = ("user_id", "file_id", "name", "content_type", "size", "revision", "status", "error", "error_message")
    times = {"created_at": _NOW, "ended_at": bindparam("ended_at", type_=MOMENT)}
    new = upsert(drive_imports).values({name: bindparam(name, type_=_import[name].type) for name in given} | times)
    running = new.on_conflict_do_nothing(index_elements=["user_id", "file_id"], index_where=_import.ended_at.is_(None))
    return running.returning(_import.id)


@statement
def running_of() -> Executable:
    """The import of a file that is under way. Parameters: user_id, file_id."""
    wanted = _import.user_id == _USER, _import.file_id == bindparam("file_id"), _import.ended_at.is_(None)
    return select(_import.id).where(*wanted)


@statement
def known() -> Executable:
    """What was imported of these files, is on its way, or failed for one of the lasting reasons.

    Parameters: user_id, file_ids, lasting.
    """
    tried = _import.status.in_(("waiting", "copying", "done"))
    failed = and_(_import.status == "failed", _import.error == any_(bindparam("lasting", type_=ARRAY(Text))))
    return (
        select(_import.file_id, _import.revision, _import.status)
        .distinct()
        .where(_import.user_id == _USER, or_(tried, failed), among(_import.file_id, "file_ids"))
    )


@statement
def set_job() -> Executable:
    """Which job copies it. Parameters: import_id, job_id."""
    return update(drive_imports).where(_import.id == _ID).values(job_id=bindparam("job_id"))


@statement
def to_copy() -> Executable:
    """An import that is under way, for its job."""
    return select(drive_imports).where(_import.id == _ID, _import.ended_at.is_(None))


@statement
def set_upload() -> Executable:
    """Its bytes begin to come, from the first one. No row once it has ended."""
    given = ("upload_id", "name", "content_type", "size", "revision")
    values = {name: bindparam(name, type_=_import[name].type) for name in given} | {"status": "copying", "received": 0}
    running = _import.id == _ID, _import.ended_at.is_(None)
    return update(drive_imports).where(*running).values(values).returning(_import.id)


@statement
def set_received() -> Executable:
    """So many bytes have come. Parameters: import_id, received."""
    running = _import.id == _ID, _import.ended_at.is_(None)
    return update(drive_imports).where(*running).values(status="copying", received=bindparam("received"))


@statement
def set_done() -> Executable:
    """It has become a file. No row when it was called off meanwhile. Parameters: import_id, media_id, now."""
    running = _import.id == _ID, _import.ended_at.is_(None)
    values = {"status": "done", "media_id": bindparam("media_id"), "received": _import.size, "ended_at": _NOW}
    return update(drive_imports).where(*running).values(values).returning(_import.id)


@statement
def set_ended() -> Executable:
    """It came to nothing. No row when it had ended. Parameters: import_id, status, error, error_message, now."""
    given = ("status", "error", "error_message")
    values = {name: bindparam(name, type_=_import[name].type) for name in given} | {"ended_at": _NOW}
    running = _import.id == _ID, _import.ended_at.is_(None)
    return update(drive_imports).where(*running).values(values).returning(_import.id)


@statement
def call_off_all() -> Executable:
    """Call off all of a person that are under way; their jobs come back. Parameters: user_id, now."""
    running = _import.user_id == _USER, _import.ended_at.is_(None)
    return update(drive_imports).where(*running).values(status="cancelled", ended_at=_NOW).returning(_import.job_id)


@statement
def own() -> Executable:
    """The access door: one import of the caller's own."""
    return _shown().where(_import.id == _ID, _import.user_id == _USER)


@statement
def several() -> Executable:
    """Imports of the caller's own, by id. Parameters: user_id, import_ids."""
    return _shown().where(_import.user_id == _USER, among(_import.id, "import_ids")).order_by(_import.id)


@statement
def imports(limit: int, *, after: bool) -> Executable:
    """A page of the caller's own, the newest first."""
    found = _shown().where(_import.user_id == _USER)
    if after:
        found = found.where(beyond(_import.created_at, _import.id))
    return found.order_by(_import.created_at.desc(), _import.id.desc()).limit(limit)


@statement
def of_person() -> Executable:
    """All of one person: for their export."""
    names = ("file_id", "name", "content_type", "size", "status", "created_at")
    return select(*(_import[name] for name in names)).where(_import.user_id == _USER).order_by(_import.id)


@statement
def drop() -> Executable:
    """Drop all of one person."""
    return delete(drive_imports).where(_import.user_id == _USER)


def _shown() -> Select[Any]:
    """Imports as they are shown: a job that died for good, and a file that cannot be used, have failed."""
    job, file = jobs.standing.c, media.objects.c
    lost = _import.ended_at.is_(None) & func.coalesce(job.state, "failed").in_(("failed", "cancelled", "done"))
    shown = case(
        (lost, "failed"),
        (_import.status != "done", _import.status),
        (file.state == "probing", "examining"),
        (file.state == "failed", "failed"),
        else_="done",
    )
    return select(drive_imports, shown.label("shown_status"), file.state.label("media_state")).select_from(
        drive_imports.outerjoin(jobs.standing, job.id == _import.job_id).outerjoin(
            media.objects, file.id == _import.media_id
        )
    )
