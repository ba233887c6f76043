# Generated from cnt/auth/v1/user_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.auth.v1.UserService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.auth.v1 import user_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

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
    async def ChangePassword(self, request: pb2.ChangePasswordRequest, call: Call) -> pb2.ChangePasswordResponse:
        """Replaces the caller's password, and ends all their other sessions. Who has none sets one by a code (ResetPassword).
        Anyone signed in with a real account. WRONG_CREDENTIALS for a wrong old password; SIGN_IN_SLOWED_DOWN after several;
        INVALID for a new one that is too short, too long or too common; TOO_MANY_CALLS when the server checks too many
        passwords at the moment.
        """
        ...

    @abstractmethod
    async def ChangeUsername(self, request: pb2.ChangeUsernameRequest, call: Call) -> pb2.ChangeUsernameResponse:
        """Replaces the caller's username; the old one is free at once.
        Anyone signed in with a real account. USERNAME_TAKEN; INVALID for one that breaks the rules or is reserved.
        """
        ...

    @abstractmethod
    async def DeleteMe(self, request: pb2.DeleteMeRequest, call: Call) -> pb2.DeleteMeResponse:
        """Deletes the caller's account: it is hidden and signed out at once, and signing in within 30 days takes that back.
        Then everything that names the person goes; what must be kept of payments names nobody.
        Anyone signed in with a real account who has just confirmed it. LAST_ADMIN.
        """
        ...

    @abstractmethod
    async def RequestExport(self, request: pb2.RequestExportRequest, call: Call) -> pb2.RequestExportResponse:
        """Has everything that we hold about the caller gathered into one file, which replaces an earlier one. While one is
        being made, that is the answer.
        Anyone signed in with a real account who has just confirmed it. No reason of its own.
        """
        ...

    @abstractmethod
    async def GetExport(self, request: pb2.GetExportRequest, call: Call) -> pb2.GetExportResponse:
        """How far the caller's export is and, once it is ready, where to fetch it; it is kept for 7 days.
        Anyone signed in with a real account who has just confirmed it. EXPORT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def BlockUser(self, request: pb2.BlockUserRequest, call: Call) -> pb2.BlockUserResponse:
        """Hides the caller and another person from each other everywhere. Blocking somebody twice is blocking them once.
        Anyone signed in with a real account. USER_NOT_FOUND; INVALID for oneself.
        """
        ...

    @abstractmethod
    async def UnblockUser(self, request: pb2.UnblockUserRequest, call: Call) -> pb2.UnblockUserResponse:
        """Takes the caller's block of a person back; a block in the other direction stays.
        Anyone signed in with a real account. No reason of its own: who is not blocked stays so.
        """
        ...

    @abstractmethod
    async def ListBlocks(self, request: pb2.ListBlocksRequest, call: Call) -> pb2.ListBlocksResponse:
        """Whom the caller has blocked, the latest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetPublicUser(self, request: pb2.GetPublicUserRequest, call: Call) -> pb2.GetPublicUserResponse:
        """What everyone may know of a person, found by id or by username.
        Anyone. USER_NOT_FOUND for an id that nobody has, for guests, for accounts that are banned or being deleted, and
        between two people of whom one blocked the other.
        """
        ...
