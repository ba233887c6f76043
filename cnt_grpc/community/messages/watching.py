"""What watchers of posts are told, as messages of the contract."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc import media
from cnt_grpc.community.messages import comments as comment_messages
from cnt_grpc.community.rules.watching import Watched
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.events.tail import Cause
from cnt_grpc.pb.cnt.community.v1 import post_pb2, watch_pb2

_CAUSES: Final = {
    Cause.SERVER_STOPPING: watch_pb2.WATCH_END_CAUSE_SERVER_STOPPING,
    Cause.TIME_UP: watch_pb2.WATCH_END_CAUSE_TIME_UP,
}


def change(
    watched: Watched, comments: Iterable[Row], post: post_pb2.Post | None, urls: media.Urls
) -> watch_pb2.WatchPostsResponse:
    """How a post stands, and what is new of it."""
    told = watch_pb2.PostChange(
        post_id=watched.post_id,
        seq=watched.after_seq,
        likes_count=watched.standing.likes_count,
        comments_count=watched.standing.comments_count,
        post=post,
    )
    for row in comments:
        comment_messages.fill(told.comments.add(), row, urls)
    return watch_pb2.WatchPostsResponse(change=told)


def gone(post_id: int, seq: int) -> watch_pb2.WatchPostsResponse:
    """A post is gone."""
    return watch_pb2.WatchPostsResponse(change=watch_pb2.PostChange(post_id=post_id, seq=seq, gone=True))


def heartbeat() -> watch_pb2.WatchPostsResponse:
    """The stream is alive."""
    return watch_pb2.WatchPostsResponse(heartbeat=watch_pb2.WatchHeartbeat())


def end(cause: Cause) -> watch_pb2.WatchPostsResponse:
    """The stream is over."""
    return watch_pb2.WatchPostsResponse(end=watch_pb2.WatchEnd(cause=_CAUSES[cause]))
