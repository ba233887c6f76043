"""Between rows of people and the messages that show them; pure functions."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.rules.sessions import SignedIn
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2, user_pb2, user_service_pb2

SessionReply = TypeVar(
    "SessionReply",
    auth_service_pb2.RegisterResponse,
    auth_service_pb2.LoginResponse,
    auth_service_pb2.RefreshTokenResponse,
)

_ROLES = {
    "creator": user_pb2.ROLE_CREATOR,
    "moderator": user_pb2.ROLE_MODERATOR,
    "admin": user_pb2.ROLE_ADMIN,
}
_AUTH_PROVIDERS = {
    "email": user_pb2.AUTH_PROVIDER_EMAIL,
    "google": user_pb2.AUTH_PROVIDER_GOOGLE,
    "both": user_pb2.AUTH_PROVIDER_BOTH,
}
_UNCHANGEABLE = frozenset({"request_id"})


def session_reply(kind: type[SessionReply], signed_in: SignedIn, tokens: Tokens) -> SessionReply:
    """The tokens of a session and whose they are; all RPCs that sign in answer alike."""
    return kind(
        access_token=tokens.access_token(signed_in.user_id, signed_in.session_id),
        token_type="bearer",  # noqa: S106  (RFC 6750's word)
        refresh_token=signed_in.refresh_token,
        user_id=signed_in.user_id,
        username=signed_in.username,
        email=signed_in.email,
        name=signed_in.name,
        is_admin=signed_in.is_admin,
    )


def profile_changes(request: user_service_pb2.UpdateMeRequest) -> Mapping[str, str]:
    """The fields that the caller sent, empty ones included."""
    # Every field but the id is `optional`: it is listed when it was sent, even if empty.
    return {field.name: value for field, value in request.ListFields() if field.name not in _UNCHANGEABLE}


def user(row: Row, avatars: Avatars) -> user_pb2.User:
    """An account as its owner sees it."""
    roles = sorted(_ROLES[role] for role in row["roles"])
    return user_pb2.User(
        user_id=row["id"],
        username=row["username"],
        email=row["email"] or "",
        email_verified=row["email_verified_at"] is not None,
        name=row["name"],
        avatar_url=_avatar_url(row, avatars),
        phone=row["phone"] or "",
        date_of_birth=row["date_of_birth"].isoformat() if row["date_of_birth"] else "",
        bio=row["bio"],
        roles=roles,
        is_admin=user_pb2.ROLE_ADMIN in roles,
        is_guest=row["is_guest"],
        auth_provider=_AUTH_PROVIDERS[row["auth_provider"]],
        time_zone=row["time_zone"],
        language=row["language"],
        created_at=_timestamp(row["created_at"]),
        updated_at=_timestamp(row["updated_at"]),
    )


def public_user(row: Row, avatars: Avatars) -> user_pb2.PublicUser:
    """A person as everyone sees them."""
    return user_pb2.PublicUser(
        user_id=row["id"],
        name=row["name"],
        username=row["username"],
        avatar_url=_avatar_url(row, avatars),
        bio=row["bio"],
    )


def _avatar_url(row: Row, avatars: Avatars) -> str:
    return avatars.url(row["avatar_key"]) if row["avatar_key"] else ""


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
