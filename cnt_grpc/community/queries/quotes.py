"""Statements on quote images."""

from sqlalchemy import BigInteger, Executable, bindparam, delete, insert, select, update

from cnt_grpc.community.tables import community_posts, quote_pictures
from cnt_grpc.kit.db import statement

_post = community_posts.c
_ID = bindparam("post_id", type_=BigInteger)


@statement
def words_of() -> Executable:
    """What is to be drawn of a post, and whether it is drawn. Parameter: post_id."""
    drawn = quote_pictures.c.post_id.is_not(None).label("is_drawn")
    return (
        select(_post.id, _post.title, _post.content, _post.category, _post.post_type, drawn)
        .select_from(community_posts.outerjoin(quote_pictures, quote_pictures.c.post_id == _post.id))
        .where(_post.id == _ID)
    )


@statement
def quote_of() -> Executable:
    """What was drawn of a post. Parameter: post_id."""
    return select(quote_pictures).where(quote_pictures.c.post_id == _ID)


@statement
def insert_quote() -> Executable:
    """Note what was drawn. Parameters: the columns."""
    return insert(quote_pictures).values({name: bindparam(name) for name in quote_pictures.c.keys()})  # noqa: SIM118


@statement
def delete_quote() -> Executable:
    """Forget what was drawn of a post. Parameter: post_id."""
    return delete(quote_pictures).where(quote_pictures.c.post_id == _ID)


@statement
def set_image() -> Executable:
    """Show a picture for a post, which people see as an edit. Parameters: post_id, image_key."""
    image = {"image_key": bindparam("image_key", type_=_post.image_key.type)}
    seen = {"changes": _post.changes + 1, "edits": _post.changes + 1}
    return update(community_posts).where(_post.id == _ID).values(image | seen)
