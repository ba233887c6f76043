"""Tables of the community room."""

from cnt_grpc.community.tables.comments import comment_likes, comments
from cnt_grpc.community.tables.events import event_attendees, events
from cnt_grpc.community.tables.likes import like_notices, likes
from cnt_grpc.community.tables.posts import community_posts, post_media
from cnt_grpc.community.tables.quotes import quote_pictures
from cnt_grpc.community.tables.support import support_messages, support_replies

__all__ = [
    "comment_likes",
    "comments",
    "community_posts",
    "event_attendees",
    "events",
    "like_notices",
    "likes",
    "post_media",
    "quote_pictures",
    "support_messages",
    "support_replies",
]
