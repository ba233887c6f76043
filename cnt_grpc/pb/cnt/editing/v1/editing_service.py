# Generated from cnt/editing/v1/editing_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.editing.v1.EditingService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.editing.v1 import editing_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.editing.v1.EditingService"


class Servicer(Protocol):
    """Makes new files of stored ones. The original is never changed: each result is a file of its own, and a version in the
    history of its source.
    """

    __slots__ = ()

    @abstractmethod
    async def CreateEdit(self, request: pb2.CreateEditRequest, call: Call) -> pb2.CreateEditResponse:
        """Asks for an edit of a file of the caller's own. All of it is checked against the sources before anything is done:
        each violation names its step and field.
        Anyone signed in with a real account. MEDIA_NOT_FOUND, MEDIA_NOT_READY, MEDIA_WRONG_KIND for sources; TOO_MANY_EDITS.
        """
        ...

    @abstractmethod
    async def GetEdit(self, request: pb2.GetEditRequest, call: Call) -> pb2.GetEditResponse:
        """Shows an edit.
        Its owner. EDIT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListEdits(self, request: pb2.ListEditsRequest, call: Call) -> pb2.ListEditsResponse:
        """The caller's edits, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID for a token that did not come from this list.
        """
        ...

    @abstractmethod
    async def CancelEdit(self, request: pb2.CancelEditRequest, call: Call) -> pb2.CancelEditResponse:
        """Breaks an edit off. One that waits ends at once, one that runs within seconds.
        Its owner. EDIT_NOT_FOUND, EDIT_HAS_ENDED.
        """
        ...

    @abstractmethod
    async def RetryEdit(self, request: pb2.RetryEditRequest, call: Call) -> pb2.RetryEditResponse:
        """Tries again an edit that failed or was cancelled, from its beginning.
        Its owner. EDIT_NOT_FOUND, EDIT_NOT_FAILED, TOO_MANY_EDITS.
        """
        ...

    @abstractmethod
    async def DeleteEdit(self, request: pb2.DeleteEditRequest, call: Call) -> pb2.DeleteEditResponse:
        """Removes an edit that has ended, with the version that it made, and the file of that once nothing else uses it. Where
        that version was in use, the one that it was made of is.
        The caller's own edit. EDIT_NOT_FOUND; EDIT_NOT_ENDED: cancel it first; EDIT_BUILT_UPON while other edits start from
        its version.
        """
        ...

    @abstractmethod
    def WatchEdit(self, request: pb2.WatchEditRequest, call: Call) -> AsyncIterator[pb2.WatchEditResponse]:
        """Sends how far an edit is, whenever that changes and at least every 2 seconds. The last message holds the result or
        the error; a stream that ends without either ended because the server stops or its time is up: open it again. Over
        HTTP each line is one message as JSON.
        Its owner. EDIT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListEditVersions(self, request: pb2.ListEditVersionsRequest, call: Call) -> pb2.ListEditVersionsResponse:
        """The history that an edit belongs to: the original and all that was made of it, newest first.
        The edit's owner. EDIT_NOT_FOUND; PAGE_TOKEN_INVALID for a token that did not come from this list.
        """
        ...

    @abstractmethod
    async def UseEditVersion(self, request: pb2.UseEditVersionRequest, call: Call) -> pb2.UseEditVersionResponse:
        """Takes a version of the edit's history into use: an earlier one undoes, a later one does again. Nothing is lost.
        The edit's owner. EDIT_NOT_FOUND, EDIT_VERSION_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetWaveform(self, request: pb2.GetWaveformRequest, call: Call) -> pb2.GetWaveformResponse:
        """How loud a file is along its length, for drawing a timeline. Made when it is first asked for, and kept; waits up to 60
        seconds for that, then the state is running: ask again.
        The file's owner. MEDIA_NOT_FOUND, MEDIA_NOT_READY, MEDIA_WRONG_KIND; a film without sound is INVALID.
        """
        ...
