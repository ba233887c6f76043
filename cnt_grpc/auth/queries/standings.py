"""Accounts as those see them who answer for them: with address, roles, and whether they may be used."""

from sqlalchemy import select

from cnt_grpc.auth.queries.people import roles_of
from cnt_grpc.auth.tables import users

standings = (
    select(
        users.c.id,
        users.c.username,
        users.c.email,
        users.c.email_verified_at,
        users.c.name,
        users.c.avatar_key,
        users.c.is_guest,
        users.c.banned_at,
        users.c.ban_reason,
        users.c.delete_after,
        users.c.created_at,
        roles_of(users.c.id).label("roles"),
    )
    .where(users.c.erased_at.is_(None))
    .subquery("standings")
)
"""Everyone who is not erased, for rooms whose callers are administrators."""
