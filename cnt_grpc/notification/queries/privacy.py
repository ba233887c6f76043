"""Everything that the notification room holds about one person: to be read, and to be dropped."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Executable, Text, bindparam, case, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from cnt_grpc.auth import NOBODY
from cnt_grpc.kit.db import statement
from cnt_grpc.notification.tables import (
    deliveries,
    device_tokens,
    inbox_heads,
    notification_preferences,
    notification_settings,
    notifications,
)

KINDS: Mapping[str, Column[int]] = {
    "notifications": notifications.c.recipient_id,
    "deliveries": deliveries.c.recipient_id,
    "notification_preferences": notification_preferences.c.user_id,
    "notification_settings": notification_settings.c.user_id,
    "devices": device_tokens.c.user_id,
}
"""What is exported, with the column that says whose it is."""

OWN: Mapping[str, Column[int]] = {"inbox": inbox_heads.c.recipient_id} | {
    # Notifications go with the head of their inbox.
    kind: whose
    for kind, whose in KINDS.items()
    if kind != "notifications"
}
"""What is dropped, likewise."""

ABOUT_OTHERS = {"notifications": notifications, "deliveries": deliveries}
"""Where people are told what others did."""

_LEFT_OUT = ("token", "token_hash")
"""Whoever has these could send to the device."""


@statement
def rows(kind: str) -> Executable:
    """All of one of KINDS that is this person's, the oldest first."""
    whose = KINDS[kind]
    columns = [column for column in whose.table.c if column.name not in _LEFT_OUT]
    mine = whose == bindparam("user_id", type_=BigInteger)
    return select(*columns).where(mine).order_by(*whose.table.primary_key.columns)


@statement
def drop(kind: str) -> Executable:
    """Drop all of one of OWN that is this person's."""
    whose = OWN[kind]
    return delete(whose.table).where(whose == bindparam("user_id", type_=BigInteger))


@statement
def make_nameless(kind: str) -> Executable:
    """Leave NOBODY where one of ABOUT_OTHERS names :user_id (as text), and nothing of what that person wrote.

    It reads the whole table, 90 days at most: people go seldom, and an index would cost every notice a little.
    """
    table = ABOUT_OTHERS[kind]
    data = table.c.data
    name = func.coalesce(data["name"].astext, data["artist_name"].astext)
    nameless = case(
        (data.has_key("artist_name"), cast({"artist_name": NOBODY}, JSONB)), else_=cast({"name": NOBODY}, JSONB)
    )
    return (
        update(table)
        .where(data["user_id"].astext == bindparam("user_id", type_=Text))
        .values(
            title=func.replace(table.c.title, name, NOBODY),
            message=case((data.has_key("excerpt"), ""), else_=func.replace(table.c.message, name, NOBODY)),
            data=data.op("-", return_type=JSONB)("excerpt").op("||", return_type=JSONB)(nameless),
        )
    )
