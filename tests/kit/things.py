"""Tables for tests of the database layer, apart from those of the product."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Executable,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import CreateIndex, CreateTable

from cnt_grpc.kit.db import Database, among, statement
from cnt_grpc.kit.db.tables import violation
from cnt_grpc.kit.errors import Conflict, NotFound, Precondition


class Why(StrEnum):
    NAME_TAKEN = "NAME_TAKEN"
    COLOUR_TAKEN = "COLOUR_TAKEN"
    NO_SUCH_THING = "NO_SUCH_THING"


metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("colour", Text),
    Column("number", Integer, nullable=False, server_default="0"),
    Column("at", DateTime(timezone=True)),
    Column("data", JSONB),
    Column("raw", LargeBinary),
    Column("tags", ARRAY(Text)),
    Column("secret", Text, unique=True),
    UniqueConstraint("name", name="uq_things_name", info=violation(Conflict, Why.NAME_TAKEN)),
    Index("uq_things_colour", "colour", unique=True, info=violation(Precondition, Why.COLOUR_TAKEN)),
)
parts = Table(
    "parts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("thing_id", ForeignKey(things.c.id, name="fk_parts_thing", info=violation(NotFound, Why.NO_SUCH_THING))),
)


async def create(db: Database) -> None:
    """Make the tables, or empty them: prepared statements survive that."""
    async with db.transaction() as tx:
        if (await tx.raw("SELECT to_regclass('things')"))[0][0] is not None:
            await tx.raw("TRUNCATE things, parts RESTART IDENTITY")
            return
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        for table in metadata.sorted_tables:
            await tx.raw(str(CreateTable(table).compile(dialect=dialect)))
            for index in table.indexes:
                await tx.raw(str(CreateIndex(index).compile(dialect=dialect)))


@statement
def add() -> Executable:
    return insert(things).values(name=bindparam("name")).returning(things.c.id)


@statement
def add_full() -> Executable:
    names = ("name", "colour", "at", "data", "raw", "tags", "secret")
    return insert(things).values({name: bindparam(name) for name in names}).returning(things)


@statement
def add_part() -> Executable:
    return insert(parts).values(thing_id=bindparam("thing"))


@statement
def by_name() -> Executable:
    return select(things).where(things.c.name == bindparam("name"))


@statement
def named_among() -> Executable:
    return select(things.c.name).where(among(things.c.name, "names")).order_by(things.c.name)


@statement
def every_name() -> Executable:
    return select(things.c.name).order_by(things.c.id)


@statement
def count() -> Executable:
    return select(func.count()).select_from(things)


@statement
def bump() -> Executable:
    return update(things).where(things.c.name == bindparam("thing")).values(number=things.c.number + 1)


@statement
def remove() -> Executable:
    return delete(things).where(things.c.name == bindparam("name"))


@statement
def sleep() -> Executable:
    return select(func.pg_sleep(bindparam("seconds")))
