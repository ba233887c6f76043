"""Statements on stored files: finding them, and what becomes of them while they are examined."""

from sqlalchemy import Executable, and_, bindparam, insert, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.media.purposes import EXPORTS, IDENTITY_DOCUMENT
from cnt_grpc.media.tables import media_objects, media_variants

_REVIEWED = and_(
    ~media_objects.c.key.startswith(f"{IDENTITY_DOCUMENT.folder}/"), ~media_objects.c.key.startswith(f"{EXPORTS}/")
)


@statement
def add_object() -> Executable:
    """A file whose bytes are in the store, and which is to be examined."""
    return (
        insert(media_objects)
        .values(
            owner_id=bindparam("owner"),
            kind=bindparam("kind"),
            key=bindparam("key"),
            source_key=bindparam("source_key"),
            filename=bindparam("filename"),
            content_type=bindparam("content_type"),
            size=bindparam("size"),
            charged=bindparam("size"),
            sha256=bindparam("sha256"),
            created_at=bindparam("now"),
            unused_since=bindparam("now"),
        )
        .returning(media_objects)
    )


@statement
def object_by_id() -> Executable:
    """For the worker, which asks for nobody."""
    return select(media_objects).where(media_objects.c.id == bindparam("media"))


@statement
def own_object() -> Executable:
    """The access door: a file of the caller's own."""
    return select(media_objects).where(
        media_objects.c.id == bindparam("media"),
        media_objects.c.owner_id == bindparam("owner"),
    )


@statement
def seen_object(*, by_key: bool, for_review: bool = False) -> Executable:
    """The access door for reading: a file of the caller's own, or one that everyone may see.

    `for_review`: also anyone else's, but for papers and exports, which nobody reviews here.
    """
    found = media_objects.c.key == bindparam("key") if by_key else media_objects.c.id == bindparam("media")
    public = and_(media_objects.c.visibility == "public", media_objects.c.state == "ready")
    return select(media_objects).where(
        found,
        media_objects.c.state != "failed",
        or_(public, media_objects.c.owner_id == bindparam("owner"), *([_REVIEWED] if for_review else [])),
    )


@statement
def variants_of() -> Executable:
    """Pictures that were made of a file, the small ones first."""
    return (
        select(media_variants)
        .where(media_variants.c.media_id == bindparam("media"))
        .order_by(media_variants.c.width, media_variants.c.name)
    )


@statement
def add_waiting_picture() -> Executable:
    """A picture that is still to be made. `charged` is what it may come to."""
    given = ("owner_id", "key", "content_type", "charged", "sha256")
    fixed: dict[str, object] = {"kind": "image", "size": 0, "filename": ""}
    times: dict[str, object] = {"created_at": bindparam("now"), "unused_since": bindparam("now")}
    return (
        insert(media_objects)
        .values({name: bindparam(name, type_=media_objects.c[name].type) for name in given} | fixed | times)
        .returning(media_objects.c.id)
    )


@statement
def add_default_picture() -> Executable:
    """A picture that comes with the platform: everyone's, and never swept; nothing happens when it is there."""
    given = ("key", "content_type", "size", "sha256", "width", "height")
    fixed: dict[str, object] = {"kind": "image", "state": "ready", "visibility": "public", "charged": 0}
    return (
        upsert(media_objects)
        .values(
            {name: bindparam(name, type_=media_objects.c[name].type) for name in given}
            | fixed
            | {"created_at": bindparam("now")}
        )
        .on_conflict_do_nothing()
    )


@statement
def own_object_locked(*, by_key: bool) -> Executable:
    """The same, by id or by one of two keys, kept from being removed until the transaction ends."""
    named = media_objects.c.key.in_([bindparam("key"), bindparam("moved")])
    found = named if by_key else media_objects.c.id == bindparam("media")
    return (
        select(media_objects)
        .where(found, media_objects.c.owner_id == bindparam("owner"))
        .with_for_update(key_share=True)
    )


@statement
def set_ready() -> Executable:
    """What the examination found out; nothing when someone else was there first."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "probing")
        .values(
            state="ready",
            source_key=None,
            thumbnail_key=bindparam("thumbnail_key"),
            size=bindparam("size"),
            sha256=bindparam("sha256"),
            duration_ms=bindparam("duration_ms"),
            width=bindparam("width"),
            height=bindparam("height"),
            codecs=bindparam("codecs"),
        )
        .returning(media_objects.c.id)
    )


@statement
def set_failed() -> Executable:
    """The file is none that we can use; what must now be removed and given back."""
    before = select(media_objects.c.id, media_objects.c.charged).where(
        media_objects.c.id == bindparam("media"), media_objects.c.state == "probing"
    )
    old = before.with_for_update().cte("old")
    return (
        update(media_objects)
        .where(media_objects.c.id == old.c.id)
        .values(
            state="failed",
            failure=bindparam("failure"),
            most_pixels=bindparam("most_pixels", type_=media_objects.c.most_pixels.type),
            charged=0,
        )
        .returning(
            media_objects.c.owner_id, media_objects.c.key, media_objects.c.source_key, old.c.charged.label("refund")
        )
    )


@statement
def add_variant() -> Executable:
    """A picture that was made of a file, in place of the one of the same name."""
    new = upsert(media_variants).values(
        media_id=bindparam("media"),
        name=bindparam("name"),
        key=bindparam("key"),
        content_type=bindparam("content_type"),
        size=bindparam("size"),
        sha256=bindparam("sha256"),
        width=bindparam("width"),
        height=bindparam("height"),
    )
    changed = ("key", "content_type", "size", "sha256", "width", "height")
    return new.on_conflict_do_update(
        index_elements=["media_id", "name"], set_={name: new.excluded[name] for name in changed}
    )


@statement
def servable() -> Executable:
    """What the plain-HTTP side must know of a key: only of what was examined, pictures made of it included."""
    original = select(media_objects.c.content_type, media_objects.c.visibility).where(
        media_objects.c.key == bindparam("key"), media_objects.c.state == "ready"
    )
    variant = (
        select(media_variants.c.content_type, media_objects.c.visibility)
        .join(media_objects, media_objects.c.id == media_variants.c.media_id)
        .where(media_variants.c.key == bindparam("key"), media_objects.c.state == "ready")
    )
    return union_all(original, variant)
