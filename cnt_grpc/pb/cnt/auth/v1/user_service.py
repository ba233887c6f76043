# Generated from cnt/auth/v1/user_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.auth.v1.UserService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.auth.v1 import user_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.call import Call

SERVICE: Final = "cnt.auth.v1.UserService"


class Servicer(Protocol):
    """Shows and changes people."""

    __slots__ = ()

    @abstractmethod
    async def GetMe(self, request: pb2.GetMeRequest, call: Call) -> pb2.GetMeResponse:
        """The caller's own profile.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def UpdateMe(self, request: pb2.UpdateMeRequest, call: Call) -> pb2.UpdateMeResponse:
        """Changes the caller's own profile; PUT and PATCH mean the same. A field that is absent stays as it is, one that is
        present is set, and phone, date_of_birth, bio and avatar are cleared by an empty string.
        Anyone signed in with a real account. INVALID for an impossible name, date of birth or time zone.
        """
        ...

    @abstractmethod
    async def GetPublicUser(self, request: pb2.GetPublicUserRequest, call: Call) -> pb2.GetPublicUserResponse:
        """What everyone may know of a person, found by id or by username.
        Anyone. USER_NOT_FOUND for an id that nobody has, for guests, for accounts that are banned or being deleted, and
        between two people of whom one blocked the other.
        """
        ...
