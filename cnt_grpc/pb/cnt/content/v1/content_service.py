# Generated from cnt/content/v1/content_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.content.v1.ContentService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.content.v1 import content_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.call import Call
    from cnt_grpc.pb.cnt.content.v1 import category_pb2 as cnt_content_v1_category_pb2
    from cnt_grpc.pb.cnt.content.v1 import podcast_pb2 as cnt_content_v1_podcast_pb2

SERVICE: Final = "cnt.content.v1.ContentService"


class Servicer(Protocol):
    """Shows and changes the catalogue. Everyone sees what is approved, creators see all that is theirs, moderators see all;
    what a caller may not see is answered like what does not exist.
    """

    __slots__ = ()

    @abstractmethod
    async def CreatePodcast(self, request: cnt_content_v1_podcast_pb2.CreatePodcastRequest, call: Call) -> cnt_content_v1_podcast_pb2.CreatePodcastResponse:
        """Publishes an uploaded audio or video as a podcast. It waits for a moderator, unless a moderator or a verified
        artist made it.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_NOT_READY while the file is being
        examined; CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetPodcast(self, request: cnt_content_v1_podcast_pb2.GetPodcastRequest, call: Call) -> cnt_content_v1_podcast_pb2.GetPodcastResponse:
        """One podcast.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListPodcasts(self, request: cnt_content_v1_podcast_pb2.ListPodcastsRequest, call: Call) -> cnt_content_v1_podcast_pb2.ListPodcastsResponse:
        """Podcasts, newest first or most played first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdatePodcast(self, request: cnt_content_v1_podcast_pb2.UpdatePodcastRequest, call: Call) -> cnt_content_v1_podcast_pb2.UpdatePodcastResponse:
        """Changes a podcast. A new title, text, cover, audio or video sends an approved one back to a moderator, unless a
        moderator or a verified artist made the change; any change of a rejected one sends it again.
        Its creator, and administrators. CONTENT_NOT_FOUND; the reasons of CreatePodcast.
        """
        ...

    @abstractmethod
    async def DeletePodcast(self, request: cnt_content_v1_podcast_pb2.DeletePodcastRequest, call: Call) -> cnt_content_v1_podcast_pb2.DeletePodcastResponse:
        """Deletes a podcast; its files go once nothing else uses them.
        Its creator, and administrators. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListCategories(self, request: cnt_content_v1_category_pb2.ListCategoriesRequest, call: Call) -> cnt_content_v1_category_pb2.ListCategoriesResponse:
        """The categories, in the order in which a menu shows them.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...
