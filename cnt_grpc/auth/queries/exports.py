"""People's exports: asked for, made, and removed after their time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Executable, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.tables import exports
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def find_export(tx: Tx, user_id: int) -> Row | None:
    """A person's export: job_id, requested_at, ready_at, file, size."""
    return await tx.one(_find(locked=False), user_id=user_id)


async def locked_export(tx: Tx, user_id: int) -> Row | None:
    """The same; nobody changes it until this transaction ends."""
    return await tx.one(_find(locked=True), user_id=user_id)


async def put_export(tx: Tx, user_id: int, job_id: int, now: datetime) -> None:
    """A new export takes the place of the one before."""
    await tx.run(_put(), user_id=user_id, job_id=job_id, requested_at=now)


async def set_ready(tx: Tx, user_id: int, job_id: int, *, file: str, size: int, now: datetime) -> bool:
    """The file is there; False when the export was replaced or dropped meanwhile."""
    return await tx.run(_ready(), user_id=user_id, job_id=job_id, file=file, size=size, ready_at=now) > 0


async def drop_exports(tx: Tx, ready_before: datetime) -> list[str]:
    """Forget exports that were made long ago, a bounded number; their files."""
    return [row["file"] for row in await tx.all(_drop(), before=ready_before)]


_AT_ONCE = 500


@statement
def _find(*, locked: bool) -> Executable:
    found = select(exports.c.job_id, exports.c.requested_at, exports.c.ready_at, exports.c.file, exports.c.size).where(
        exports.c.user_id == bindparam("user_id")
    )
    return found.with_for_update() if locked else found


@statement
def _put() -> Executable:
    new = insert(exports).values({name: bindparam(name) for name in ("user_id", "job_id", "requested_at")})
    replaced = {"job_id": new.excluded.job_id, "requested_at": new.excluded.requested_at}
    return new.on_conflict_do_update(
        index_elements=[exports.c.user_id], set_=replaced | {"ready_at": None, "file": None, "size": None}
    )


@statement
def _ready() -> Executable:
    return (
        update(exports)
        .where(exports.c.user_id == bindparam("user_id"), exports.c.job_id == bindparam("job_id"))
        .values({name: bindparam(name) for name in ("file", "size", "ready_at")})
    )


@statement
def _drop() -> Executable:
    before: ColumnElement[datetime] = bindparam("before", type_=MOMENT)
    old = select(exports.c.user_id).where(exports.c.ready_at < before).limit(_AT_ONCE).with_for_update(skip_locked=True)
    return delete(exports).where(exports.c.user_id.in_(old)).returning(exports.c.file)
