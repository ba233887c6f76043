"""Artists and who follows them: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.rules.artists import Profile
from cnt_grpc.content.rules.files import Blank, File
from cnt_grpc.content.rules.following import Whom
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.content.v1 import artist_pb2
from cnt_grpc.pb.cnt.content.v1 import artist_service_pb2 as pb2


def profile(request: pb2.UpdateMyArtistRequest) -> Profile:
    """What to change of an artist: only what the request names."""
    categories = [category_id for category_id in request.category_ids if category_id]
    return Profile(
        name=request.artist_name.strip() if request.HasField("artist_name") else None,
        bio=request.bio if request.HasField("bio") else None,
        social_links=dict(request.social_links),
        category_ids=categories if request.category_ids else None,
    )


def cover(request: pb2.SetMyCoverImageRequest) -> Profile:
    """The picture behind a profile."""
    if request.WhichOneof("picture") is None:
        return Profile(cover=Blank())
    return Profile(cover=File(request.media_id, request.file_path))


def asked(request: pb2.GetArtistRequest) -> tuple[str, int | str]:
    """By what an artist is asked for, and its value."""
    if request.artist_id:
        return "artist_id", request.artist_id
    return ("user_id", request.user_id) if request.user_id else ("username", request.username.lower())


def whom(
    request: pb2.FollowArtistRequest | pb2.UnfollowArtistRequest | pb2.GetFollowRequest | pb2.ListFollowersRequest,
) -> Whom:
    """The artist whom a request is about."""
    return Whom(request.artist_id, request.user_id)


def artist(row: Row, urls: media.Urls) -> artist_pb2.Artist:
    """One artist."""
    message = artist_pb2.Artist(
        artist_id=row["id"],
        user_id=row["user_id"],
        username=row["username"],
        artist_name=row["artist_name"],
        avatar_url=urls.public(row["avatar_key"]) if row["avatar_key"] else "",
        cover_image=urls.public(row["cover_key"]) if row["cover_key"] else "",
        bio=row["bio"],
        social_links=row["social_links"],
        category_ids=row["category_ids"],
        followers_count=row["followers_count"],
        items_count=row["items_count"],
        total_plays=row["plays_count"],
        is_verified=row["is_verified"],
        is_following=row["is_following"],
    )
    set_time(message.created_at, row["created_at"])
    return message


def follows(rows: Iterable[Row], urls: media.Urls) -> list[artist_pb2.Follow]:
    """People who follow, or are followed."""
    found = []
    for row in rows:
        message = artist_pb2.Follow(
            user_id=row["user_id"],
            name=row["name"],
            username=row["username"],
            avatar_url=urls.public(row["avatar_key"]) if row["avatar_key"] else "",
            artist_id=row["artist_id"],
            is_following=row["is_following"],
        )
        set_time(message.followed_at, row["followed_at"])
        found.append(message)
    return found
