"""Statements on drafts."""

from typing import Any

from sqlalchemy import BigInteger, Executable, Select, Text, bindparam, delete, func, insert, select, update

from cnt_grpc import media
from cnt_grpc.content.tables import content_drafts
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond

_draft = content_drafts.c
_ID = bindparam("draft_id", type_=BigInteger)
_OWNER = bindparam("owner_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)
_media = media.objects
_thumbnail = media.objects.alias("thumbnail")

CHANGEABLE = (
    "title",
    "description",
    "content",
    "category_id",
    "media_id",
    "thumbnail_id",
    "editing_state",
    "status",
)
"""The columns that an update may set."""


def _shown(*, whole: bool) -> Select[*tuple[Any, ...]]:
    """Drafts with their files; `whole`: with what the editor kept."""
    columns = [column for column in content_drafts.c if whole or column.name != "editing_state"]
    return (
        select(
            *columns,
            _media.c.kind.label("media_kind"),
            _media.c.key.label("media_key"),
            _media.c.visibility.label("media_visibility"),
            func.coalesce(_media.c.duration_ms, 0).label("duration_ms"),
            _thumbnail.c.key.label("thumbnail_key"),
            _thumbnail.c.visibility.label("thumbnail_visibility"),
        )
        .select_from(content_drafts)
        .outerjoin(_media, _media.c.id == _draft.media_id)
        .outerjoin(_thumbnail, _thumbnail.c.id == _draft.thumbnail_id)
    )


@statement
def drafts_page(limit: int, *, of_type: bool, after: bool) -> Executable:
    """A page of someone's drafts, the last changed first. Parameters: owner_id, maybe draft_type."""
    found = _shown(whole=False).where(_draft.user_id == _OWNER)
    if of_type:
        found = found.where(_draft.draft_type == bindparam("draft_type", type_=Text))
    if after:
        found = found.where(beyond(_draft.updated_at, _draft.id))
    return found.order_by(_draft.updated_at.desc(), _draft.id.desc()).limit(limit)


@statement
def own_draft() -> Executable:
    """One of someone's drafts. Parameters: draft_id, owner_id."""
    return _shown(whole=True).where(_draft.id == _ID, _draft.user_id == _OWNER)


@statement
def draft_to_change() -> Executable:
    """One of someone's drafts, locked. Parameters: draft_id, owner_id."""
    return select(content_drafts).where(_draft.id == _ID, _draft.user_id == _OWNER).with_for_update()


@statement
def number_of_drafts() -> Executable:
    """How many someone has. Parameter: owner_id."""
    return select(func.count()).select_from(content_drafts).where(_draft.user_id == _OWNER)


@statement
def insert_draft() -> Executable:
    """A new draft; its id. Parameters: owner_id, draft_type, now, and every changeable column."""
    values = {name: bindparam(name, type_=_draft[name].type) for name in ("draft_type", *CHANGEABLE)}
    return (
        insert(content_drafts).values(**values, user_id=_OWNER, created_at=_NOW, updated_at=_NOW).returning(_draft.id)
    )


@statement
def update_draft() -> Executable:
    """Set all that is changeable. Parameters: draft_id, now, and every changeable column."""
    values = {name: bindparam(name, type_=_draft[name].type) for name in CHANGEABLE}
    return update(content_drafts).where(_draft.id == _ID).values(**values, updated_at=_NOW)


@statement
def delete_draft() -> Executable:
    """Delete a draft. Parameter: draft_id."""
    return delete(content_drafts).where(_draft.id == _ID)
