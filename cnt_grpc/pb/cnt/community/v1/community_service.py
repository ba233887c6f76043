# Generated from cnt/community/v1/community_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.community.v1.CommunityService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.community.v1 import community_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.community.v1 import comment_pb2 as cnt_community_v1_comment_pb2
    from cnt_grpc.pb.cnt.community.v1 import like_pb2 as cnt_community_v1_like_pb2
    from cnt_grpc.pb.cnt.community.v1 import post_pb2 as cnt_community_v1_post_pb2
    from cnt_grpc.pb.cnt.community.v1 import quote_pb2 as cnt_community_v1_quote_pb2
    from cnt_grpc.pb.cnt.community.v1 import watch_pb2 as cnt_community_v1_watch_pb2

SERVICE: Final = "cnt.community.v1.CommunityService"


class Servicer(Protocol):
    """What people share with each other. Everyone sees what is approved, authors see all that is theirs, moderators see all.
    What a caller may not see is answered like what does not exist, and so is what was written by someone who blocked the
    caller or whom the caller blocked.
    """

    __slots__ = ()

    @abstractmethod
    async def CreatePost(self, request: cnt_community_v1_post_pb2.CreatePostRequest, call: Call) -> cnt_community_v1_post_pb2.CreatePostResponse:
        """Shares words, pictures or a video. It waits for a moderator, unless a moderator or a verified artist wrote it.
        Anyone signed in with a real account. POST_FILES_UNSUITABLE; MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_NOT_READY while
        a file is being examined.
        """
        ...

    @abstractmethod
    async def GetPost(self, request: cnt_community_v1_post_pb2.GetPostRequest, call: Call) -> cnt_community_v1_post_pb2.GetPostResponse:
        """One post.
        Anyone. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetCarouselImage(self, request: cnt_community_v1_quote_pb2.GetCarouselImageRequest, call: Call) -> cnt_community_v1_quote_pb2.GetCarouselImageResponse:
        """A landscape picture of a post: its words, drawn on a background, or its first picture. It follows soon after the post
        was written or changed.
        Anyone. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListPosts(self, request: cnt_community_v1_post_pb2.ListPostsRequest, call: Call) -> cnt_community_v1_post_pb2.ListPostsResponse:
        """Posts, newest first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListUserPosts(self, request: cnt_community_v1_post_pb2.ListUserPostsRequest, call: Call) -> cnt_community_v1_post_pb2.ListUserPostsResponse:
        """Somebody's posts, newest first; none for somebody whom the caller may not know of.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListFeed(self, request: cnt_community_v1_post_pb2.ListFeedRequest, call: Call) -> cnt_community_v1_post_pb2.ListFeedResponse:
        """What those wrote in the last seven days whom the caller follows, and then everything else; each newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdatePost(self, request: cnt_community_v1_post_pb2.UpdatePostRequest, call: Call) -> cnt_community_v1_post_pb2.UpdatePostResponse:
        """Changes a post. Other words or files send an approved one back to a moderator, unless a moderator or a verified
        artist made the change; any change of a rejected one sends it again.
        Its author, and administrators. POST_NOT_FOUND; the reasons of CreatePost.
        """
        ...

    @abstractmethod
    async def DeletePost(self, request: cnt_community_v1_post_pb2.DeletePostRequest, call: Call) -> cnt_community_v1_post_pb2.DeletePostResponse:
        """Deletes a post with its comments and likes; its files go once nothing else uses them.
        Its author, and administrators. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def SetCarouselVisibility(self, request: cnt_community_v1_post_pb2.SetCarouselVisibilityRequest, call: Call) -> cnt_community_v1_post_pb2.SetCarouselVisibilityResponse:
        """Puts a post into the carousel, or takes it out.
        Administrators. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ToggleLike(self, request: cnt_community_v1_like_pb2.ToggleLikeRequest, call: Call) -> cnt_community_v1_like_pb2.ToggleLikeResponse:
        """Likes a post, or no longer. Its author is told of each person once, and of many together.
        Anyone signed in with a real account. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def LikePost(self, request: cnt_community_v1_like_pb2.LikePostRequest, call: Call) -> cnt_community_v1_like_pb2.LikePostResponse:
        """Likes a post; twice is once.
        Anyone signed in with a real account. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def UnlikePost(self, request: cnt_community_v1_like_pb2.UnlikePostRequest, call: Call) -> cnt_community_v1_like_pb2.UnlikePostResponse:
        """Likes a post no longer; twice is once.
        Anyone signed in with a real account. POST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListComments(self, request: cnt_community_v1_comment_pb2.ListCommentsRequest, call: Call) -> cnt_community_v1_comment_pb2.ListCommentsResponse:
        """What people say to a post, oldest first.
        Anyone. POST_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateComment(self, request: cnt_community_v1_comment_pb2.CreateCommentRequest, call: Call) -> cnt_community_v1_comment_pb2.CreateCommentResponse:
        """Says something to a post, or to what someone else said to it. Who wrote that is told, and so is the post's author;
        what one person writes in one go they are told once.
        Anyone signed in with a real account. POST_NOT_FOUND; COMMENT_NOT_FOUND for what it replies to.
        """
        ...

    @abstractmethod
    async def UpdateComment(self, request: cnt_community_v1_comment_pb2.UpdateCommentRequest, call: Call) -> cnt_community_v1_comment_pb2.UpdateCommentResponse:
        """Changes the words of a comment.
        Its author, and administrators. COMMENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def DeleteComment(self, request: cnt_community_v1_comment_pb2.DeleteCommentRequest, call: Call) -> cnt_community_v1_comment_pb2.DeleteCommentResponse:
        """Deletes a comment. Replies to it stay.
        Its author, and administrators. COMMENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ToggleCommentLike(self, request: cnt_community_v1_comment_pb2.ToggleCommentLikeRequest, call: Call) -> cnt_community_v1_comment_pb2.ToggleCommentLikeResponse:
        """Likes a comment, or no longer. Its author is told of each person once, and of many together.
        Anyone signed in with a real account. COMMENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    def WatchPosts(self, request: cnt_community_v1_watch_pb2.WatchPostsRequest, call: Call) -> AsyncIterator[cnt_community_v1_watch_pb2.WatchPostsResponse]:
        """Sends how some posts stand, and then every like, comment and edit of them within a second; what happens in the same
        tenth of a second comes in one message. A heartbeat says that the state of all was told, and comes again at least
        every 10 seconds. The last message before an orderly end is WatchEnd: open the stream again after the last `seq` of
        each post. Over HTTP each line is one message as JSON.
        Anyone. WATCH_RESYNC when a number was never given.
        """
        ...
