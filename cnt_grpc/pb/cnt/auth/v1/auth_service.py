# Generated from cnt/auth/v1/auth_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.auth.v1.AuthService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.call import Call

SERVICE: Final = "cnt.auth.v1.AuthService"


class Servicer(Protocol):
    """Makes accounts and sessions. An access token (a JWT, 30 minutes unless set otherwise) goes into the header
    `authorization: Bearer …` of each call; a refresh token (opaque, 30 days unless set otherwise) buys the next pair.
    """

    __slots__ = ()

    @abstractmethod
    async def Register(self, request: pb2.RegisterRequest, call: Call) -> pb2.RegisterResponse:
        """Makes an account and signs it in. A guest who registers keeps their id and what they did.
        Anyone. EMAIL_TAKEN; INVALID for an impossible email, date of birth or name, and for a password that is too short,
        too long or too common; TOO_MANY_CALLS when the server checks too many passwords at the moment.
        """
        ...

    @abstractmethod
    async def Login(self, request: pb2.LoginRequest, call: Call) -> pb2.LoginResponse:
        """Signs in by username or email and password. Signing in takes a pending deletion of the account back.
        Anyone. WRONG_CREDENTIALS, the same for an unknown name and a wrong password; SIGN_IN_SLOWED_DOWN after several
        wrong tries for one account or from one address; ACCOUNT_BANNED, told only to who knows the password;
        TOO_MANY_CALLS when the server checks too many passwords at the moment.
        """
        ...

    @abstractmethod
    async def RefreshToken(self, request: pb2.RefreshTokenRequest, call: Call) -> pb2.RefreshTokenResponse:
        """Exchanges a refresh token for a new pair of tokens. A token that was used is answered with the same successor for
        10 seconds (a lost reply, two tabs); presented later it is taken as stolen, and the whole session ends.
        Anyone who holds the token. REFRESH_TOKEN_INVALID; ACCOUNT_BANNED.
        """
        ...

    @abstractmethod
    async def Logout(self, request: pb2.LogoutRequest, call: Call) -> pb2.LogoutResponse:
        """Ends the session that a refresh token belongs to: its access tokens end within a second, its streams within five.
        Anyone who holds the token; an unknown one is answered the same, so that nothing is told about it.
        """
        ...
