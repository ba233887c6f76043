"""The metadata that every room's tables join, the tables of the kit itself, and what a broken constraint means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from cnt_grpc.kit.errors import AppError

metadata = MetaData(
    # Constraints without a name of their own get one that is the same on every machine: migrations and
    # error messages refer to constraints by name.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the caller is told when a statement breaks a constraint."""

    kind: type[AppError]
    reason: StrEnum
    message: str = ""

    def error(self) -> AppError:
        """A new error of this kind."""
        return self.kind(self.reason, self.message)


def violation(kind: type[AppError], reason: StrEnum, message: str = "") -> dict[Any, Any]:
    """Say on a constraint, unique index or foreign key what its violation turns into.

    UniqueConstraint("email", name="uq_users_email", info=violation(Conflict, Reason.EMAIL_TAKEN))

    A constraint without it is a promise among ourselves: breaking it is a defect.
    """
    return {"violation": Refusal(kind, reason, message)}


def refusals(of: MetaData = metadata) -> dict[tuple[str, str], Refusal]:
    """All refusals of the tables known by now, by (table, constraint)."""
    found: dict[tuple[str, str], Refusal] = {}
    for table in of.tables.values():
        for index in table.indexes:
            _note(found, table, index.name, index.info)
        for constraint in table.constraints:
            _note(found, table, constraint.name, constraint.info)
            if isinstance(constraint, ForeignKeyConstraint):
                # A ForeignKey written on its column keeps `info` to itself and does not pass it on.
                for element in constraint.elements:
                    _note(found, table, constraint.name, element.info)
    return found


def _note(found: dict[tuple[str, str], Refusal], table: Table, name: object, info: Mapping[Any, Any]) -> None:
    refusal = info.get("violation")
    if isinstance(refusal, Refusal):
        found[table.name, str(name)] = refusal


MOMENT = DateTime(timezone=True)
"""A moment in time; always timestamptz, always aware in Python."""


jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False),
    Column("payload", LargeBinary, comment="protobuf; sealed when the message has sensitive fields; gone once done"),
    Column("sealed", Boolean, nullable=False, server_default=text("false")),
    Column("owner_id", BigInteger, nullable=False, server_default=text("0"), comment="a person, or 0 for the system"),
    Column("dedupe", Text, comment="of equal keys of a kind only one job waits"),
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, server_default=text("'queued'")),
    Column("run_id", Uuid, comment="the run that owns the job now; all others are fenced off"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0"), comment="counted when a run starts"),
    Column("progress", SmallInteger, nullable=False, server_default=text("0"), comment="percent"),
    Column("stage", Text, nullable=False, server_default=text("''")),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("error", Text, comment="our own words or the name of an exception, never its text"),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT),
    Column("finished_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_jobs"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    Index("uq_jobs_waiting", "kind", "dedupe", unique=True, postgresql_where=text("state = 'queued'")),
    Index("ix_jobs_open_by_owner", "owner_id", postgresql_where=text("state IN ('queued', 'running')")),
    Index("ix_jobs_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    comment="What is to be done in the background, and how far it is; PgQueuer's own tables only deliver it",
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("source", Text, nullable=False, comment="the party, such as stripe"),
    Column("external_id", Text, nullable=False, comment="the party's own id of the event"),
    Column("payload", LargeBinary, comment="the body as it came, sealed; gone once handled"),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("received_at", MOMENT, nullable=False),
    Column("handled_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_inbox"),
    Index("uq_inbox_source_external_id", "source", "external_id", unique=True),
    Index("ix_inbox_handled_at", "handled_at", postgresql_where=text("handled_at IS NOT NULL")),
    comment="Events of outside parties, each once, however often it was sent",
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", Text, nullable=False, comment="the person's id, or 0 for anonymous callers"),
    Column("method", Text, nullable=False, comment="such as cnt.payment.v1.WalletService/Give"),
    Column("request_id", Uuid, nullable=False),
    Column("body_hash", LargeBinary, nullable=False, comment="SHA-256 of the request"),
    Column("answer", LargeBinary, comment="reply or refusal, sealed; none while the call still runs"),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, comment="none for money: kept for ever"),
    PrimaryKeyConstraint("caller", "method", "request_id", name="pk_idempotency_keys"),
    Index("ix_idempotency_keys_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    comment="Answers of mutations that came with a request id, so that a retry changes nothing",
)

error_records = Table(
    "error_records",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("error_id", Text, nullable=False, comment="the request id that the caller was told"),
    Column("method", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="the exception's name"),
    Column("stack", Text, nullable=False, comment="where it happened; no values"),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_error_records"),
    Index("ix_error_records_error_id", "error_id", "id"),
    Index("ix_error_records_at", "at"),
    comment="Defects, kept for two weeks",
)
