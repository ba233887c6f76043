"""Statements that make, change and delete posts."""

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, delete, insert, update

from cnt_grpc import moderation
from cnt_grpc.community.tables import community_posts, post_media
from cnt_grpc.kit.db import statement

_post = community_posts.c
_ID = bindparam("post_id", type_=BigInteger)

CHANGEABLE = ("title", "content", "category", "post_type", "image_key")
"""The columns that an update may set."""


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=community_posts.c[name].type) for name in names}


def _seen(*, edit: bool) -> dict[str, ColumnElement[int]]:
    """What every change that people would see adds to the post; the caller holds its lock or takes it here."""
    changes = {"changes": _post.changes + 1}
    return changes | {"edits": _post.changes + 1} if edit else changes


@statement
def insert_post() -> Executable:
    """A new post; returns its id."""
    names = (*CHANGEABLE, "author_id", "status", "created_at", "approved_at")
    return (
        insert(community_posts)
        .values(**_values(*names), published_at=bindparam("created_at"))
        .returning(community_posts.c.id)
    )


@statement
def update_post() -> Executable:
    """Set all that is changeable of a post. Parameters: post_id, edited_at and every column."""
    return update(community_posts).where(_post.id == _ID).values(_values(*CHANGEABLE, "edited_at") | _seen(edit=True))


@statement
def set_carousel() -> Executable:
    """Put a post into the carousel, or take it out. Parameters: post_id, show."""
    show = {"show_in_carousel": bindparam("show", type_=_post.show_in_carousel.type)}
    return update(community_posts).where(_post.id == _ID).values(show | _seen(edit=True))


@statement
def set_status(*, decided: bool) -> Executable:
    """Move a post from one status to another, as moderation.Standing asks for it."""
    moved = moderation.moving(community_posts, decided=decided).values(_seen(edit=True))
    return moved.returning(_post.id, _post.title, _post.content, _post.author_id)


@statement
def delete_post() -> Executable:
    """Delete a post; files, likes and comments go with it. Parameter: post_id."""
    return delete(community_posts).where(_post.id == _ID)


@statement
def insert_file() -> Executable:
    """Give a post a file. Parameters: post_id, position, media_id."""
    return insert(post_media).values(
        post_id=bindparam("post_id"), position=bindparam("position"), media_id=bindparam("media_id")
    )


@statement
def delete_files() -> Executable:
    """Take all files from a post. Parameter: post_id."""
    return delete(post_media).where(post_media.c.post_id == _ID)
