"""What people have chosen about where they want to be told."""

from sqlalchemy import BigInteger, Boolean, Executable, Text, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import statement
from cnt_grpc.notification.tables import notification_preferences

_ME = bindparam("recipient_id", type_=BigInteger)


@statement
def choices() -> Executable:
    """What one person has chosen; types and channels that they never touched are not among the rows."""
    chosen = notification_preferences.c
    return select(chosen.type, chosen.channel, chosen.enabled).where(chosen.user_id == _ME)


@statement
def choose() -> Executable:
    """Keep one choice of one person."""
    choice = insert(notification_preferences).values(
        user_id=_ME,
        type=bindparam("type", type_=Text),
        channel=bindparam("channel", type_=Text),
        enabled=bindparam("enabled", type_=Boolean),
    )
    return choice.on_conflict_do_update(
        constraint="pk_notification_preferences", set_={"enabled": choice.excluded.enabled}
    )
