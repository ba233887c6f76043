# Generated from cnt/content/v1/library_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.content.v1.LibraryService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.content.v1 import library_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.content.v1.LibraryService"


class Servicer(Protocol):
    """Keeps what people collect. Items of all kinds are kept alike, and shown as far as the caller may see them: what is
    hidden is left out, and comes back when it is shown again.
    """

    __slots__ = ()

    @abstractmethod
    async def ListPlaylists(self, request: pb2.ListPlaylistsRequest, call: Call) -> pb2.ListPlaylistsResponse:
        """The caller's playlists, the newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreatePlaylist(self, request: pb2.CreatePlaylistRequest, call: Call) -> pb2.CreatePlaylistResponse:
        """Makes a playlist.
        Anyone signed in with a real account. LIBRARY_FULL.
        """
        ...

    @abstractmethod
    async def GetPlaylist(self, request: pb2.GetPlaylistRequest, call: Call) -> pb2.GetPlaylistResponse:
        """One of the caller's playlists, and a page of its items in their order.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetSharedPlaylist(self, request: pb2.GetSharedPlaylistRequest, call: Call) -> pb2.GetSharedPlaylistResponse:
        """A playlist that is shared by a link, and a page of its items in their order.
        Anyone who has the link. PLAYLIST_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdatePlaylist(self, request: pb2.UpdatePlaylistRequest, call: Call) -> pb2.UpdatePlaylistResponse:
        """Changes a playlist: its name, whether it is shared, and the order of its items.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def DeletePlaylist(self, request: pb2.DeletePlaylistRequest, call: Call) -> pb2.DeletePlaylistResponse:
        """Deletes a playlist; its items stay where they come from.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def AddPlaylistItem(self, request: pb2.AddPlaylistItemRequest, call: Call) -> pb2.AddPlaylistItemResponse:
        """Puts an item at the end of a playlist; one that is in it already stays where it is.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND; CONTENT_NOT_FOUND; LIBRARY_FULL.
        """
        ...

    @abstractmethod
    async def MovePlaylistItem(self, request: pb2.MovePlaylistItemRequest, call: Call) -> pb2.MovePlaylistItemResponse:
        """Moves an item of a playlist to another place.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND; CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def RemovePlaylistItem(self, request: pb2.RemovePlaylistItemRequest, call: Call) -> pb2.RemovePlaylistItemResponse:
        """Takes an item out of a playlist.
        Anyone signed in with a real account. PLAYLIST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListFavorites(self, request: pb2.ListFavoritesRequest, call: Call) -> pb2.ListFavoritesResponse:
        """The caller's favourites themselves, the latest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def AddFavorite(self, request: pb2.AddFavoriteRequest, call: Call) -> pb2.AddFavoriteResponse:
        """Makes an item a favourite; twice is once.
        Anyone signed in with a real account. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def RemoveFavorite(self, request: pb2.RemoveFavoriteRequest, call: Call) -> pb2.RemoveFavoriteResponse:
        """Makes an item a favourite no longer.
        Anyone signed in with a real account. No reason of its own: what is no favourite stays so.
        """
        ...

    @abstractmethod
    async def CheckFavorite(self, request: pb2.CheckFavoriteRequest, call: Call) -> pb2.CheckFavoriteResponse:
        """Whether an item is a favourite of the caller's.
        Anyone signed in with a real account. No reason of its own: what is not there is no favourite.
        """
        ...

    @abstractmethod
    async def ListDrafts(self, request: pb2.ListDraftsRequest, call: Call) -> pb2.ListDraftsResponse:
        """The caller's drafts without their editing state, the last changed first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateDraft(self, request: pb2.CreateDraftRequest, call: Call) -> pb2.CreateDraftResponse:
        """Keeps a draft.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_NOT_READY while a file is being examined;
        CATEGORY_NOT_FOUND; LIBRARY_FULL; INVALID for an editing state above 256 KiB.
        """
        ...

    @abstractmethod
    async def GetDraft(self, request: pb2.GetDraftRequest, call: Call) -> pb2.GetDraftResponse:
        """One draft.
        Anyone signed in with a real account. DRAFT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def UpdateDraft(self, request: pb2.UpdateDraftRequest, call: Call) -> pb2.UpdateDraftResponse:
        """Changes a draft. A field that is absent stays as it is.
        Anyone signed in with a real account. DRAFT_NOT_FOUND; the reasons of CreateDraft.
        """
        ...

    @abstractmethod
    async def DeleteDraft(self, request: pb2.DeleteDraftRequest, call: Call) -> pb2.DeleteDraftResponse:
        """Deletes a draft; its files go once nothing else uses them.
        Anyone signed in with a real account. DRAFT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListFollowingFeed(self, request: pb2.ListFollowingFeedRequest, call: Call) -> pb2.ListFollowingFeedResponse:
        """What the artists whom the caller follows published, the newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...
