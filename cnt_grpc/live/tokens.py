"""Tokens for LiveKit: who someone is in a room and what they may do there, signed for the time to come in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cnt_grpc.kit import clock
from cnt_grpc.live.rooms import TOKEN_LIFETIME
from cnt_grpc.live.standing import Kind, Role
from livekit import api

_Given = Kind | Literal["voice"]
_CAMERA_AND_VOICE = ["camera", "microphone"]


@dataclass(frozen=True, slots=True)
class Pass:
    """A way into a room."""

    token: str
    room_name: str
    identity: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Minter:
    """Makes tokens with LiveKit's key."""

    key: str
    secret: str

    def mint(self, *, room: str, kind: _Given, identity: str, name: str, role: Role, shares_screen: bool) -> Pass:
        """A token for one person in one room. What is not granted here, LiveKit refuses."""
        speaks = role is not Role.VIEWER
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_publish=speaks,
            can_subscribe=True,
            # Data would go past chat settings, bans and the log: only those who speak may send it.
            can_publish_data=speaks,
            can_publish_sources=None if shares_screen or not speaks else _CAMERA_AND_VOICE,
            can_update_own_metadata=False,
        )
        token = (
            api.AccessToken(self.key, self.secret)
            .with_identity(identity)
            .with_name(name)
            .with_ttl(TOKEN_LIFETIME)
            .with_grants(grants)
            .with_attributes({"role": str(role), "kind": str(kind)})
        )
        return Pass(token.to_jwt(), room, identity, role, clock.now() + TOKEN_LIFETIME)
