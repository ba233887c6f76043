"""Statements about the ways in for studios' software."""

from sqlalchemy import BigInteger, Executable, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import statement
from cnt_grpc.live.tables import stream_ingresses

_way = stream_ingresses.c
_STREAM = bindparam("stream_id", type_=BigInteger)


@statement
def of_stream() -> Executable:
    """The way into a stream: ingress_id, kind, url. Parameter: stream_id."""
    return select(_way.ingress_id, _way.kind, _way.url).where(_way.stream_id == _STREAM)


@statement
def put() -> Executable:
    """Note the way in, in place of `was` (empty for none). Parameters: stream_id, ingress_id, kind, url, was, now.

    No row when another way was opened meanwhile.
    """
    new = insert(stream_ingresses).values(
        stream_id=_STREAM,
        ingress_id=bindparam("ingress_id"),
        kind=bindparam("kind"),
        url=bindparam("url"),
        created_at=bindparam("now"),
    )
    columns = ("ingress_id", "kind", "url", "created_at")
    return new.on_conflict_do_update(
        index_elements=[_way.stream_id],
        set_={name: new.excluded[name] for name in columns},
        where=_way.ingress_id == bindparam("was", type_=Text),
    ).returning(_way.ingress_id)


@statement
def forget() -> Executable:
    """Forget the way in, if it is still this one. Parameters: stream_id, ingress_id."""
    return delete(stream_ingresses).where(_way.stream_id == _STREAM, _way.ingress_id == bindparam("ingress_id"))
