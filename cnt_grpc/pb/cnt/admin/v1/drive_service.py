# Generated from cnt/admin/v1/drive_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.admin.v1.DriveService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.admin.v1 import drive_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.admin.v1.DriveService"


class Servicer(Protocol):
    """Brings files of an administrator's Google Drive to us. Each administrator connects their own; what we are given there
    may read and nothing else, and is kept encrypted. What is imported is audited.
    """

    __slots__ = ()

    @abstractmethod
    async def GetDriveAuthUrl(self, request: pb2.GetDriveAuthUrlRequest, call: Call) -> pb2.GetDriveAuthUrlResponse:
        """Where the administrator agrees that we read their Drive. Google leads back to the page /admin/google-drive/callback
        of the web app, with `code` and `state` for FinishDriveSignIn.
        Administrators. DRIVE_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def FinishDriveSignIn(self, request: pb2.FinishDriveSignInRequest, call: Call) -> pb2.FinishDriveSignInResponse:
        """Connects the Drive with what Google led back with. A GET that changes something, for a browser brings it: a code
        works once, and a state only for the administrator who asked for it, for ten minutes.
        Administrators. DRIVE_SIGN_IN_INVALID; DRIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def DisconnectDrive(self, request: pb2.DisconnectDriveRequest, call: Call) -> pb2.DisconnectDriveResponse:
        """Disconnects the Drive: its tokens are dropped at once, imports under way are called off, and Google is asked to take
        the consent back, which ends all that this account of Google's has given the platform.
        Administrators. DRIVE_NOT_CONNECTED.
        """
        ...

    @abstractmethod
    async def GetDrivePickerToken(self, request: pb2.GetDrivePickerTokenRequest, call: Call) -> pb2.GetDrivePickerTokenResponse:
        """A token for Google's file picker in the administrator's browser: it may read their Drive, and ends within the hour.
        Administrators. DRIVE_NOT_CONNECTED, DRIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ListDriveFiles(self, request: pb2.ListDriveFilesRequest, call: Call) -> pb2.ListDriveFilesResponse:
        """Files and folders of the administrator's Drive, in Drive's order of names, folders first.
        Administrators. PAGE_TOKEN_INVALID; DRIVE_FILE_NOT_FOUND for an unknown folder; DRIVE_NOT_CONNECTED,
        DRIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ImportDriveFile(self, request: pb2.ImportDriveFileRequest, call: Call) -> pb2.ImportDriveFileResponse:
        """Begins to import a file. While an import of it is under way, that one is answered. It goes on after cuts.
        Administrators. DRIVE_FILE_NOT_FOUND; DRIVE_FILE_REFUSED for what Drive does not let us download;
        MEDIA_TYPE_REFUSED for a type that we do not take; FILE_TOO_LARGE; DRIVE_NOT_CONNECTED, DRIVE_NOT_CONFIGURED;
        PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ImportDriveFiles(self, request: pb2.ImportDriveFilesRequest, call: Call) -> pb2.ImportDriveFilesResponse:
        """Begins to import up to 100 files, or the files of a folder that were not imported yet, 100 of them at a time. What
        cannot be imported is answered as an import that failed, with its reason; the next call leaves it out, until it has
        changed at Drive.
        Administrators. DRIVE_FILE_NOT_FOUND for an unknown folder; DRIVE_NOT_CONNECTED, DRIVE_NOT_CONFIGURED;
        PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ListDriveImports(self, request: pb2.ListDriveImportsRequest, call: Call) -> pb2.ListDriveImportsResponse:
        """The caller's imports, the newest first.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    def WatchDriveImports(self, request: pb2.WatchDriveImportsRequest, call: Call) -> AsyncIterator[pb2.WatchDriveImportsResponse]:
        """Sends how far imports are: each of them at once, and again whenever it changes. Ends when all have ended; a stream
        that ends before ended because the server stops or its time is up: open it again. Over HTTP each line is one
        message as JSON.
        Administrators. DRIVE_IMPORT_NOT_FOUND when one of them is not the caller's.
        """
        ...

    @abstractmethod
    async def CancelDriveImport(self, request: pb2.CancelDriveImportRequest, call: Call) -> pb2.CancelDriveImportResponse:
        """Calls an import off; one that has ended stays as it is.
        Administrators. DRIVE_IMPORT_NOT_FOUND when it is not the caller's.
        """
        ...
