"""Posts: requests as what the rules take, and rows as messages."""

from collections.abc import Mapping
from typing import Final

from cnt_grpc import media
from cnt_grpc.community.rules.posts import Changes, Filter, Posts
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.moderation import Status
from cnt_grpc.pb.cnt.community.v1 import post_pb2
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2

_CATEGORIES: Final = ("testimony", "prayer_request", "question", "announcement", "general")
_CATEGORY: Final = {word: post_pb2.PostCategory.Value(f"POST_CATEGORY_{word.upper()}") for word in _CATEGORIES}
_CATEGORY_ASKED: Final = {number: word for word, number in _CATEGORY.items()}
_TYPE: Final = {word: post_pb2.PostType.Value(f"POST_TYPE_{word.upper()}") for word in ("image", "text")}
_TYPE_ASKED: Final = {number: word for word, number in _TYPE.items()}
_STATUS: Final = {status.value: status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.name}") for status in Status}
_KIND: Final = {kind.value: media_pb2.MediaKind.Value(f"MEDIA_KIND_{kind.name}") for kind in media.Kind}


def new_post(request: post_pb2.CreatePostRequest) -> Changes:
    """A post to be: everything is set."""
    return Changes(
        title=request.title,
        content=request.content,
        category=_CATEGORY_ASKED.get(request.category, "general"),
        post_type=_TYPE_ASKED.get(request.post_type),
        media_ids=request.media_ids,
    )


def post_changes(request: post_pb2.UpdatePostRequest) -> Changes:
    """What to change of a post: only what the request names."""
    return Changes(
        title=request.title if request.HasField("title") else None,
        content=request.content if request.HasField("content") else None,
        category=_CATEGORY_ASKED[request.category] if request.HasField("category") else None,
        media_ids=request.files.media_ids if request.HasField("files") else None,
    )


def post_filter(request: post_pb2.ListPostsRequest) -> Filter:
    """Which posts a list shows."""
    return Filter(
        category=_CATEGORY_ASKED.get(request.category),
        post_type=_TYPE_ASKED.get(request.post_type),
        carousel=request.carousel_only,
        author_id=request.user_id,
    )


def post(found: Posts, urls: media.Urls) -> post_pb2.Post:
    """The one post that was found."""
    message = post_pb2.Post()
    fill(message, found.rows[0], found, urls)
    return message


def posts(found: Posts, next_page_token: str, urls: media.Urls) -> post_pb2.ListPostsResponse:
    """A page of posts."""
    answer = post_pb2.ListPostsResponse(next_page_token=next_page_token)
    for row in found.rows:
        fill(answer.posts.add(), row, found, urls)
    return answer


def make_personal(page: post_pb2.ListPostsResponse, own: Mapping[int, Row]) -> bool:
    """Turn a page that was made for everyone into what one person sees now; False when that is another page.

    `own`: rows of queries.posts.seen_by, by the post.
    """
    for message in page.posts:
        row = own.get(message.post_id)
        if row is None or row["edits"] != message.edits:
            return False
        message.likes_count = row["likes_count"]
        message.comments_count = row["comments_count"]
        if row["is_liked"]:
            message.is_liked = True
    return True


def user_posts(found: Posts, next_page_token: str, urls: media.Urls) -> post_pb2.ListUserPostsResponse:
    """A page of someone's posts."""
    answer = post_pb2.ListUserPostsResponse(next_page_token=next_page_token)
    for row in found.rows:
        fill(answer.posts.add(), row, found, urls)
    return answer


def feed(found: Posts, next_page_token: str, urls: media.Urls) -> post_pb2.ListFeedResponse:
    """A page of someone's feed."""
    answer = post_pb2.ListFeedResponse(next_page_token=next_page_token)
    for row in found.rows:
        fill(answer.posts.add(), row, found, urls)
    return answer


def fill(message: post_pb2.Post, row: Row, found: Posts, urls: media.Urls) -> None:
    """Set a post from its row and its files; field by field, which is the fastest."""
    public = urls.public
    status = row["status"]
    approved = status == "approved"
    message.post_id = post_id = row["id"]
    message.title = row["title"]
    message.content = row["content"]
    message.category = _CATEGORY[row["category"]]
    message.post_type = _TYPE[row["post_type"]]
    message.user_id = row["author_id"]
    message.user_name = row["author_name"]
    message.user_username = row["author_username"]
    if avatar_key := row["author_avatar_key"]:
        message.user_avatar = public(avatar_key)
    if image_key := row["image_key"]:
        message.image_url = public(image_key) if approved else urls.private(image_key)
    for file in found.files.get(post_id, ()):
        _fill_file(message.media.add(), file, urls)
    message.likes_count = row["likes_count"]
    message.comments_count = row["comments_count"]
    if row["is_liked"]:
        message.is_liked = True
    if row["show_in_carousel"]:
        message.show_in_carousel = True
    message.is_approved = approved
    message.status = _STATUS[status]
    if rejection_reason := row["rejection_reason"]:
        message.rejection_reason = rejection_reason
    set_time(message.created_at, row["created_at"])
    if approved:
        set_time(message.published_at, row["published_at"])
    if edited_at := row["edited_at"]:
        set_time(message.edited_at, edited_at)
    message.edits = row["edits"]


def _fill_file(message: post_pb2.PostMedia, file: Row, urls: media.Urls) -> None:
    visibility = file["visibility"]
    message.media_id = file["id"]
    message.kind = _KIND[file["kind"]]
    message.url = urls.of(file["key"], visibility)
    message.thumbnail_url = urls.of(file["thumbnail_key"], visibility)
    message.width = file["width"] or 0
    message.height = file["height"] or 0
    message.duration_ms = file["duration_ms"] or 0
