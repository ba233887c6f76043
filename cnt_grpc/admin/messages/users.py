"""People as administrators see them."""

from typing import Final

from cnt_grpc.auth import Role
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.media import Urls
from cnt_grpc.pb.cnt.admin.v1 import managed_user_pb2
from cnt_grpc.pb.cnt.auth.v1 import user_pb2

ROLES: Final = {
    Role.CREATOR: user_pb2.ROLE_CREATOR,
    Role.MODERATOR: user_pb2.ROLE_MODERATOR,
    Role.ADMIN: user_pb2.ROLE_ADMIN,
}
ROLE_OF: Final = {number: role for role, number in ROLES.items()}


def user(row: Row, urls: Urls) -> managed_user_pb2.ManagedUser:
    """An account."""
    message = managed_user_pb2.ManagedUser(
        user_id=row["id"],
        username=row["username"],
        email=row["email"] or "",
        email_verified=row["email_verified_at"] is not None,
        name=row["name"],
        avatar_url=urls.public(row["avatar_key"]) if row["avatar_key"] else "",
        roles=sorted(ROLES[Role(each)] for each in row["roles"]),
        is_admin=Role.ADMIN in row["roles"],
        is_guest=row["is_guest"],
        has_artist_profile=row["has_artist_profile"],
        banned=row["banned_at"] is not None,
        ban_reason=row["ban_reason"] or "",
    )
    for field in ("created_at", "banned_at", "delete_after"):
        if row[field] is not None:
            set_time(getattr(message, field), row[field])
    return message
