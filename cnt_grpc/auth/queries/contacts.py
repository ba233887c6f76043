"""How people are reached: what the notification room joins to what it has to send."""

from sqlalchemy import and_, select

from cnt_grpc.auth.tables import users

contacts = (
    select(
        users.c.id,
        users.c.name,
        users.c.email,
        users.c.email_verified_at.is_not(None).label("is_proven"),
        users.c.time_zone,
        and_(users.c.banned_at.is_(None), users.c.delete_after.is_(None)).label("is_active"),
    )
    .where(users.c.erased_at.is_(None))
    .subquery("contacts")
)
"""Everyone who is not erased, for joins: id, name, email (none for guests), whether it is proven to be theirs, the name
of their time zone, and whether the account is in use: neither banned nor about to be deleted."""
