# Generated from cnt/content/v1/artist_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.content.v1.ArtistService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.content.v1 import artist_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.content.v1.ArtistService"


class Servicer(Protocol):
    """Shows artists, what they made and who follows them. Everyone with an account is an artist once they look at or fill
    their profile, publish something, or are followed. People who blocked each other, and people who are gone or banned,
    are answered like people who do not exist.
    """

    __slots__ = ()

    @abstractmethod
    async def GetMyArtist(self, request: pb2.GetMyArtistRequest, call: Call) -> pb2.GetMyArtistResponse:
        """The caller as an artist; the first look makes the profile.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def UpdateMyArtist(self, request: pb2.UpdateMyArtistRequest, call: Call) -> pb2.UpdateMyArtistResponse:
        """Changes the caller's profile as an artist, and makes it if there is none. A field that is absent stays as it is.
        Anyone signed in with a real account. CATEGORY_NOT_FOUND; INVALID for links or categories that are named twice.
        """
        ...

    @abstractmethod
    async def SetMyCoverImage(self, request: pb2.SetMyCoverImageRequest, call: Call) -> pb2.SetMyCoverImageResponse:
        """Sets the picture behind the caller's profile as an artist, or takes it away. Everyone sees it at once.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the picture is being examined.
        """
        ...

    @abstractmethod
    async def ListArtists(self, request: pb2.ListArtistsRequest, call: Call) -> pb2.ListArtistsResponse:
        """Artists, the newest first: those who filled their profile or published something.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetArtist(self, request: pb2.GetArtistRequest, call: Call) -> pb2.GetArtistResponse:
        """One artist, found by id, by the person's id or by the person's username.
        Anyone. ARTIST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListArtistPodcasts(self, request: pb2.ListArtistPodcastsRequest, call: Call) -> pb2.ListArtistPodcastsResponse:
        """The podcasts of an artist, newest first; artists see all of their own.
        Anyone. ARTIST_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListArtistContent(self, request: pb2.ListArtistContentRequest, call: Call) -> pb2.ListArtistContentResponse:
        """The items of an artist of all kinds, newest first; artists see all of their own.
        Anyone. ARTIST_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetArtistFeed(self, request: pb2.GetArtistFeedRequest, call: Call) -> pb2.GetArtistFeedResponse:
        """The podcasts of an artist as a feed that podcast programs read: RSS 2.0 with the tags of itunes and podcast. It
        holds the newest 300 that everyone sees.
        Anyone. ARTIST_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def FollowArtist(self, request: pb2.FollowArtistRequest, call: Call) -> pb2.FollowArtistResponse:
        """Follows an artist, who is told. Following twice is following once; following a person is following them as an
        artist.
        Anyone signed in with a real account. ARTIST_NOT_FOUND; USER_NOT_FOUND; INVALID for oneself.
        """
        ...

    @abstractmethod
    async def UnfollowArtist(self, request: pb2.UnfollowArtistRequest, call: Call) -> pb2.UnfollowArtistResponse:
        """Follows an artist no longer.
        Anyone signed in with a real account. No reason of its own: who is not followed stays so.
        """
        ...

    @abstractmethod
    async def GetFollow(self, request: pb2.GetFollowRequest, call: Call) -> pb2.GetFollowResponse:
        """Whether the caller follows an artist.
        Anyone signed in with a real account. ARTIST_NOT_FOUND; USER_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListFollowers(self, request: pb2.ListFollowersRequest, call: Call) -> pb2.ListFollowersResponse:
        """Who follows an artist, the latest first. People whom the caller does not meet are left out.
        Anyone. ARTIST_NOT_FOUND; USER_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListFollowing(self, request: pb2.ListFollowingRequest, call: Call) -> pb2.ListFollowingResponse:
        """Whom a person follows, the latest first. People whom the caller does not meet are left out.
        Anyone. USER_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...
