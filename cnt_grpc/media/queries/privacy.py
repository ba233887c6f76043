"""Everything that the media room holds about one person: to be read, and to be let go."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.media.tables import media_objects, media_uses, upload_sessions

_file, _upload = media_objects.c, upload_sessions.c
_PERSON: Final = bindparam("user_id", type_=BigInteger)

# Not the id of an upload, by which whoever knows it may go on with it, nor where bytes lie that nobody may read.
_SHOWN: Final[Mapping[str, tuple[ColumnElement[object], ...]]] = {
    "files": (
        _file.id,
        _file.kind,
        _file.state,
        _file.visibility,
        _file.key,
        _file.filename,
        _file.content_type,
        _file.size,
        _file.duration_ms,
        _file.width,
        _file.height,
        _file.created_at,
    ),
    "uploads": (_upload.purpose, _upload.filename, _upload.content_type, _upload.size, _upload.created_at),
}
KINDS: Final = tuple(_SHOWN)
"""What is exported."""


@statement
def rows(kind: str) -> Executable:
    """All of one of KINDS that is this person's, the oldest first. Parameter: user_id."""
    table = media_objects if kind == "files" else upload_sessions
    return select(*_SHOWN[kind]).where(table.c.owner_id == _PERSON).order_by(table.c.created_at, table.c.id)


@statement
def uses_of() -> Executable:
    """What uses each of this person's files. Parameter: user_id."""
    used = select(media_uses.c.media_id, media_uses.c.room, media_uses.c.ref, media_uses.c.created_at)
    whose = used.join(media_objects, _file.id == media_uses.c.media_id).where(_file.owner_id == _PERSON)
    return whose.order_by(media_uses.c.media_id, media_uses.c.room, media_uses.c.ref)


@statement
def let_files_go() -> Executable:
    """Leave those of this person's files that nothing uses to the sweeper. Parameters: user_id, at."""
    at = bindparam("at", type_=MOMENT)
    unused = ~select(media_uses.c.media_id).where(media_uses.c.media_id == _file.id).exists()
    return update(media_objects).where(_file.owner_id == _PERSON, unused).values(unused_since=at)


@statement
def forget_file_names() -> Executable:
    """Forget what this person's files were called. Parameter: user_id."""
    return update(media_objects).where(_file.owner_id == _PERSON, _file.filename != "").values(filename="")


@statement
def let_uploads_go() -> Executable:
    """Leave this person's uploads to the sweeper, which removes their bytes first. Parameters: user_id, at."""
    at = bindparam("at", type_=MOMENT)
    return update(upload_sessions).where(_upload.owner_id == _PERSON).values(filename="", touched_at=at)
