"""What people have chosen about where, when and how often they want to be told."""

from sqlalchemy import BigInteger, Boolean, Executable, SmallInteger, Text, bindparam, select, true
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth import contacts
from cnt_grpc.kit.db import statement
from cnt_grpc.notification.tables import notification_preferences, notification_settings

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


@statement
def is_there() -> Executable:
    """One row for a person who is not erased."""
    return select(true()).select_from(contacts).where(contacts.c.id == _ME)


@statement
def settings() -> Executable:
    """When a person does not want to be told, and how often by mail; no row for someone who never chose."""
    chosen = notification_settings.c
    return select(chosen.quiet_from, chosen.quiet_until, chosen.mail_rhythm).where(chosen.user_id == _ME)


@statement
def set_quiet_hours() -> Executable:
    """Keep a person's quiet hours, or with None twice that there are none."""
    names = ("quiet_from", "quiet_until")
    chosen = insert(notification_settings).values(
        user_id=_ME, **{name: bindparam(name, type_=SmallInteger) for name in names}
    )
    return chosen.on_conflict_do_update(
        constraint="pk_notification_settings", set_={name: chosen.excluded[name] for name in names}
    )


@statement
def set_mail_rhythm() -> Executable:
    """Keep how often a person wants mails."""
    chosen = insert(notification_settings).values(user_id=_ME, mail_rhythm=bindparam("mail_rhythm", type_=Text))
    return chosen.on_conflict_do_update(
        constraint="pk_notification_settings", set_={"mail_rhythm": chosen.excluded.mail_rhythm}
    )
