"""Answers the methods of LibraryService that are about playlists."""

from cnt_grpc.content.messages import library as messages
from cnt_grpc.content.rules import playlists
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1 import library_service_pb2 as pb2


class Playlists(Part):
    """Playlists."""

    __slots__ = ()

    async def ListPlaylists(self, request: pb2.ListPlaylistsRequest, call: Call) -> pb2.ListPlaylistsResponse:
        """Show a page of the caller's playlists."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, next_page_token = await playlists.listed(call.tx, call.caller, page)
        return pb2.ListPlaylistsResponse(playlists=map(messages.playlist, rows), next_page_token=next_page_token)

    async def CreatePlaylist(self, request: pb2.CreatePlaylistRequest, call: Call) -> pb2.CreatePlaylistResponse:
        """Make a playlist."""
        row = await playlists.create(call.tx, call.caller, messages.new_playlist(request))
        return pb2.CreatePlaylistResponse(playlist=messages.playlist(row))

    async def GetPlaylist(self, request: pb2.GetPlaylistRequest, call: Call) -> pb2.GetPlaylistResponse:
        """Show a playlist of the caller's."""
        page = Page.of(request, method=call.method, filters=(request.playlist_id,))
        shown = await playlists.shown(call.tx, call.caller, request.playlist_id, page)
        return pb2.GetPlaylistResponse(
            playlist=messages.playlist(shown.playlist),
            items=messages.entries(shown.entries, self.urls),
            next_page_token=shown.next_page_token,
        )

    async def GetSharedPlaylist(
        self, request: pb2.GetSharedPlaylistRequest, call: Call
    ) -> pb2.GetSharedPlaylistResponse:
        """Show a playlist to whoever has its link."""
        page = Page.of(request, method=call.method, filters=(request.share_key,))
        shown = await playlists.shared(call.tx, call.caller, request.share_key, page)
        return pb2.GetSharedPlaylistResponse(
            playlist=messages.playlist(shown.playlist),
            items=messages.entries(shown.entries, self.urls),
            next_page_token=shown.next_page_token,
        )

    async def UpdatePlaylist(self, request: pb2.UpdatePlaylistRequest, call: Call) -> pb2.UpdatePlaylistResponse:
        """Change a playlist."""
        wanted = messages.playlist_changes(request)
        row = await playlists.update(call.tx, call.caller, request.playlist_id, wanted)
        return pb2.UpdatePlaylistResponse(playlist=messages.playlist(row))

    async def DeletePlaylist(self, request: pb2.DeletePlaylistRequest, call: Call) -> pb2.DeletePlaylistResponse:
        """Delete a playlist."""
        await playlists.delete(call.tx, call.caller, request.playlist_id)
        return pb2.DeletePlaylistResponse()

    async def AddPlaylistItem(self, request: pb2.AddPlaylistItemRequest, call: Call) -> pb2.AddPlaylistItemResponse:
        """Put an item into a playlist."""
        row = await playlists.add(call.tx, call.caller, request.playlist_id, request.content_id)
        return pb2.AddPlaylistItemResponse(playlist=messages.playlist(row))

    async def MovePlaylistItem(self, request: pb2.MovePlaylistItemRequest, call: Call) -> pb2.MovePlaylistItemResponse:
        """Move an item of a playlist."""
        await playlists.move(call.tx, call.caller, request.playlist_id, request.content_id, request.position)
        return pb2.MovePlaylistItemResponse()

    async def RemovePlaylistItem(
        self, request: pb2.RemovePlaylistItemRequest, call: Call
    ) -> pb2.RemovePlaylistItemResponse:
        """Take an item out of a playlist."""
        row = await playlists.remove(call.tx, call.caller, request.playlist_id, request.content_id)
        return pb2.RemovePlaylistItemResponse(playlist=messages.playlist(row))
