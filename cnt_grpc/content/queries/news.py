"""Statements on what is carried to people: feeds that programs read, and news for followers."""

from sqlalchemy import BigInteger, Executable, bindparam, func, select

from cnt_grpc import auth, media
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import artists, content_items, podcasts
from cnt_grpc.kit.db import statement
from cnt_grpc.moderation import Gate

_item = content_items.c
_ID = bindparam("item_id", type_=BigInteger)
_people = auth.people
_media = media.objects


@statement
def news() -> Executable:
    """What to tell of an item that everyone sees, and its artist. Parameter: item_id."""
    name = func.coalesce(func.nullif(artists.c.name, ""), _people.c.name).label("artist_name")
    found = select(_item.kind, _item.title, _item.creator_id, artists.c.id.label("artist_id"), name)
    return (
        found.join_from(content_items, artists, artists.c.user_id == _item.creator_id)
        .join(_people, _people.c.id == _item.creator_id)
        .where(_item.id == _ID, visible_to(Gate.PUBLIC))
    )


@statement
def podcasts_to_feed(limit: int) -> Executable:
    """The newest podcasts by someone that everyone sees, with their files and numbers. Parameter: creator_id."""
    numbers = (podcasts.c.season, podcasts.c.episode)
    found = select(
        _item.id,
        _item.title,
        _item.description,
        _item.published_at,
        _media.c.key.label("media_key"),
        _media.c.size.label("media_size"),
        _media.c.content_type.label("media_type"),
        func.coalesce(_media.c.duration_ms, 0).label("duration_ms"),
        func.coalesce(_item.cover_key, _media.c.thumbnail_key).label("picture_key"),
        *numbers,
    )
    return (
        found.select_from(content_items)
        .join(podcasts, podcasts.c.item_id == _item.id)
        .join(_media, _media.c.id == _item.media_id)
        .where(_item.kind == PODCAST.name, _item.creator_id == bindparam("creator_id", type_=BigInteger))
        .where(visible_to(Gate.PUBLIC))
        .order_by(_item.published_at.desc(), _item.id.desc())
        .limit(limit)
    )
