"""Push messages and mails that are owed: taken to be sent, put off, ended, forgotten."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Executable,
    Text,
    Update,
    and_,
    bindparam,
    case,
    delete,
    select,
    union_all,
    update,
)

from cnt_grpc.auth import contacts
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.notification.queries.blocks import meets
from cnt_grpc.notification.tables import deliveries, device_tokens, notification_preferences, notification_settings

_delivery = deliveries.c
_NOW = bindparam("now", type_=MOMENT)
_CHANNEL = bindparam("channel", type_=Text)


@statement
def take(limit: int, digests: int, *, everyone: bool) -> Executable:
    """Take what is due by :channel, of :recipient_ids or of everyone, until :until: nobody else takes it before.

    At most `limit` rows, and beside them all that is due of the mail of the day of at most `digests` people: a part of
    it would be a mail of its own.

    A sender that dies thus delays what it took, and loses nothing. With each row comes what decides on it: how the
    person is reached, whether they still want it (null where they have not chosen), and when.
    """
    is_due = [_delivery.channel == _CHANNEL, _delivery.state == "waiting", _delivery.due_at <= _NOW]
    if not everyone:
        is_due.append(among(_delivery.recipient_id, "recipient_ids"))
    order = (_delivery.due_at, _delivery.recipient_id, _delivery.id)
    alone = select(_delivery.id).where(*is_due, ~_delivery.put_off).order_by(*order).limit(limit)
    first = select(_delivery.recipient_id).where(*is_due, _delivery.put_off).order_by(*order).limit(digests)
    together = select(_delivery.id).where(*is_due, _delivery.put_off, _delivery.recipient_id.in_(first))
    due = [found.with_for_update(skip_locked=True).cte(name) for name, found in (("alone", alone), ("whole", together))]
    taken = (
        update(deliveries)
        .where(_delivery.id.in_(union_all(*(select(found.c.id) for found in due))))
        .values(due_at=bindparam("until", type_=MOMENT), attempts=_delivery.attempts + 1)
        .returning(*_delivery)
        .cte("taken")
    )
    wanted = notification_preferences.c
    return (
        select(
            taken,
            contacts.c.name,
            contacts.c.email,
            contacts.c.is_proven,
            contacts.c.is_active,
            contacts.c.time_zone,
            wanted.enabled,
            notification_settings.c.quiet_from,
            notification_settings.c.quiet_until,
            notification_settings.c.mail_rhythm,
            device_tokens.c.token,
            device_tokens.c.token_hash,
            meets(taken.c.recipient_id, taken.c.data).label("met"),
        )
        .select_from(
            taken.outerjoin(contacts, contacts.c.id == taken.c.recipient_id)
            .outerjoin(
                notification_preferences,
                and_(
                    wanted.user_id == taken.c.recipient_id,
                    wanted.type == taken.c.type,
                    wanted.channel == taken.c.channel,
                ),
            )
            .outerjoin(notification_settings, notification_settings.c.user_id == taken.c.recipient_id)
            .outerjoin(device_tokens, device_tokens.c.id == taken.c.device_id)
        )
        .order_by(taken.c.recipient_id, taken.c.id)
    )


@statement
def put_back() -> Executable:
    """Let a delivery that was taken until :until be due at :due_at; the attempt counts only if :counted."""
    counted = bindparam("counted", type_=Boolean)
    return _taken().values(
        due_at=bindparam("due_at", type_=MOMENT),
        attempts=_delivery.attempts - case((counted, 0), else_=1),
        put_off=bindparam("put_off", type_=Boolean),
        error=bindparam("error", type_=Text),
    )


@statement
def end() -> Executable:
    """Write down what became of a delivery that was taken until :until."""
    return _taken().values(state=bindparam("state", type_=Text), error=bindparam("error", type_=Text), ended_at=_NOW)


def _taken() -> Update:
    mine = _delivery.due_at == bindparam("until", type_=MOMENT)
    return update(deliveries).where(_delivery.id == bindparam("delivery_id", type_=BigInteger), mine)


@statement
def drop_devices() -> Executable:
    """Forget devices whose tokens are dead, :device_ids, and what was still to be sent there."""
    return delete(device_tokens).where(among(device_tokens.c.id, "device_ids"))


@statement
def forget(limit: int) -> Executable:
    """Drop some deliveries from before :before; one that still waits so long waits for nobody."""
    old = select(_delivery.id).where(_delivery.created_at < bindparam("before", type_=MOMENT)).limit(limit)
    return delete(deliveries).where(_delivery.id.in_(old))
