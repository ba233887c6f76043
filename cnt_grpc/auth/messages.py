"""Between rows of people and the messages that show them; pure functions."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.jobs import PURPOSES
from cnt_grpc.auth.rules.exporting import Export, ExportState
from cnt_grpc.auth.rules.sessions import SignedIn
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.auth.vault import Vault
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2, code_pb2, export_pb2, session_pb2, user_pb2, user_service_pb2

SessionReply = TypeVar(
    "SessionReply",
    auth_service_pb2.RegisterResponse,
    auth_service_pb2.LoginResponse,
    auth_service_pb2.RefreshTokenResponse,
    auth_service_pb2.GoogleLoginResponse,
    auth_service_pb2.ExchangeSignInCodeResponse,
    auth_service_pb2.RegisterWithOtpResponse,
    auth_service_pb2.LoginWithOtpResponse,
    auth_service_pb2.CreateGuestResponse,
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
_SIGNED_IN_BY = {
    "password": session_pb2.SIGNED_IN_BY_PASSWORD,
    "code": session_pb2.SIGNED_IN_BY_CODE,
    "google": session_pb2.SIGNED_IN_BY_GOOGLE,
    "guest": session_pb2.SIGNED_IN_BY_GUEST,
}
_EXPORT_STATES = {
    ExportState.PREPARING: export_pb2.EXPORT_STATE_PREPARING,
    ExportState.READY: export_pb2.EXPORT_STATE_READY,
    ExportState.FAILED: export_pb2.EXPORT_STATE_FAILED,
}
_PURPOSES = {number: purpose for purpose, number in PURPOSES.items()}
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
        created_at=timestamp(row["created_at"]),
        updated_at=timestamp(row["updated_at"]),
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


def session(row: Row, current_id: int) -> session_pb2.Session:
    """Where somebody is signed in."""
    return session_pb2.Session(
        session_id=row["id"],
        signed_in_by=_SIGNED_IN_BY[row["signed_in_by"]],
        address=row["address"],
        user_agent=row["user_agent"],
        created_at=timestamp(row["created_at"]),
        used_at=timestamp(row["used_at"]),
        expires_at=timestamp(row["expires_at"]),
        is_current=row["id"] == current_id,
    )


def block(row: Row, avatars: Avatars) -> user_pb2.Block:
    """Somebody whom the caller does not want to meet."""
    return user_pb2.Block(
        user_id=row["id"],
        name=row["name"],
        username=row["username"],
        avatar_url=_avatar_url(row, avatars),
        blocked_at=timestamp(row["blocked_at"]),
    )


def export(found: Export, vault: Vault) -> export_pb2.Export:
    """How far an export is, and where to fetch it."""
    return export_pb2.Export(
        state=_EXPORT_STATES[found.state],
        progress=found.progress,
        url=vault.url(found.file) if found.file else "",
        size=found.size,
        requested_at=timestamp(found.requested_at),
        ready_at=timestamp(found.ready_at) if found.ready_at else None,
        expires_at=timestamp(found.expires_at) if found.expires_at else None,
    )


def purpose(number: code_pb2.CodePurpose.ValueType) -> CodePurpose:
    """What a code is for, as the rules call it."""
    return _PURPOSES[number]


def _avatar_url(row: Row, avatars: Avatars) -> str:
    return avatars.url(row["avatar_key"]) if row["avatar_key"] else ""


def timestamp(moment: datetime) -> Timestamp:
    """A moment."""
    found = Timestamp()
    found.FromDatetime(moment)
    return found
