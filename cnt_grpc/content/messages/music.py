"""Music: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.messages.items import fill, fill_length, item_changes, item_filter, new_item
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import music_pb2

_DETAILS = ("artist", "album", "genre", "lyrics")


def new_track(request: music_pb2.CreateMusicTrackRequest) -> Changes:
    """A track to be."""
    return new_item(request, *_DETAILS)


def track_changes(request: music_pb2.UpdateMusicTrackRequest) -> Changes:
    """What to change of a track."""
    return item_changes(request, *_DETAILS)


def track_filter(request: music_pb2.ListMusicTracksRequest) -> Filter:
    """Which tracks a list shows."""
    words = {"genre": request.genre, "artist": request.artist, "album": request.album}
    return item_filter(request, featured=request.featured, words=words)


def track(row: Row, urls: media.Urls) -> music_pb2.MusicTrack:
    """One track with its words."""
    message = music_pb2.MusicTrack(lyrics=row["lyrics"])
    fill_track(message, row, urls)
    return message


def tracks(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> music_pb2.ListMusicTracksResponse:
    """A page of tracks."""
    answer = music_pb2.ListMusicTracksResponse(next_page_token=next_page_token)
    for row in rows:
        fill_track(answer.tracks.add(), row, urls)
    return answer


def fill_track(message: music_pb2.MusicTrack, row: Row, urls: media.Urls) -> None:
    """Set what lists show of a track."""
    message.track_id = row["id"]
    fill(message, row, urls)
    fill_length(message, row)
    message.artist = row["artist"]
    message.album = row["album"]
    message.genre = row["genre"]
    message.is_published = row["status"] == "approved"
