"""Comments: rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.community.v1 import comment_pb2


def comment(row: Row, urls: media.Urls) -> comment_pb2.Comment:
    """One comment."""
    message = comment_pb2.Comment()
    fill(message, row, urls)
    return message


def comments(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> comment_pb2.ListCommentsResponse:
    """A page of comments."""
    answer = comment_pb2.ListCommentsResponse(next_page_token=next_page_token)
    for row in rows:
        fill(answer.comments.add(), row, urls)
    return answer


def fill(message: comment_pb2.Comment, row: Row, urls: media.Urls) -> None:
    """Set a comment from its row."""
    message.comment_id = row["id"]
    message.post_id = row["post_id"]
    if parent_id := row["parent_id"]:
        message.parent_id = parent_id
    message.user_id = row["author_id"]
    message.user_name = row["author_name"]
    message.user_username = row["author_username"]
    if avatar_key := row["author_avatar_key"]:
        message.user_avatar = urls.public(avatar_key)
    message.content = row["content"]
    message.likes_count = row["likes_count"]
    if row["is_liked"]:
        message.is_liked = True
    set_time(message.created_at, row["created_at"])
    if edited_at := row["edited_at"]:
        set_time(message.edited_at, edited_at)
