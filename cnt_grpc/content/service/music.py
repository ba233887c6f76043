"""Answers the methods of ContentService that are about music."""

from cnt_grpc.content.kinds import MUSIC
from cnt_grpc.content.messages import music as messages
from cnt_grpc.content.rules import items
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.music_pb2 import (
    CreateMusicTrackRequest,
    CreateMusicTrackResponse,
    DeleteMusicTrackRequest,
    DeleteMusicTrackResponse,
    GetMusicTrackRequest,
    GetMusicTrackResponse,
    ListMusicTracksRequest,
    ListMusicTracksResponse,
    UpdateMusicTrackRequest,
    UpdateMusicTrackResponse,
)


class Music(Part):
    """Music."""

    __slots__ = ()

    async def CreateMusicTrack(self, request: CreateMusicTrackRequest, call: Call) -> CreateMusicTrackResponse:
        """Publish a track."""
        row = await items.create(call.tx, call.caller, MUSIC, messages.new_track(request))
        return CreateMusicTrackResponse(track=messages.track(row, self.urls))

    async def GetMusicTrack(self, request: GetMusicTrackRequest, call: Call) -> GetMusicTrackResponse:
        """Show a track."""
        row = await items.shown(call.tx, call.caller, MUSIC, request.track_id)
        return GetMusicTrackResponse(track=messages.track(row, self.urls))

    async def ListMusicTracks(self, request: ListMusicTracksRequest, call: Call) -> ListMusicTracksResponse:
        """Show a page of tracks."""
        wanted = messages.track_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        rows, next_page_token = await items.listed(call.tx, call.caller, MUSIC, wanted, page)
        return messages.tracks(rows, next_page_token, self.urls)

    async def UpdateMusicTrack(self, request: UpdateMusicTrackRequest, call: Call) -> UpdateMusicTrackResponse:
        """Change a track."""
        row = await items.update(call.tx, call.caller, MUSIC, request.track_id, messages.track_changes(request))
        return UpdateMusicTrackResponse(track=messages.track(row, self.urls))

    async def DeleteMusicTrack(self, request: DeleteMusicTrackRequest, call: Call) -> DeleteMusicTrackResponse:
        """Delete a track."""
        await items.delete(call.tx, call.caller, MUSIC, request.track_id)
        return DeleteMusicTrackResponse()
