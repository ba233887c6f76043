# Generated from cnt/content/v1/content_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.content.v1.ContentService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.content.v1 import content_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.content.v1 import bible_story_pb2 as cnt_content_v1_bible_story_pb2
    from cnt_grpc.pb.cnt.content.v1 import category_pb2 as cnt_content_v1_category_pb2
    from cnt_grpc.pb.cnt.content.v1 import document_pb2 as cnt_content_v1_document_pb2
    from cnt_grpc.pb.cnt.content.v1 import listening_pb2 as cnt_content_v1_listening_pb2
    from cnt_grpc.pb.cnt.content.v1 import movie_pb2 as cnt_content_v1_movie_pb2
    from cnt_grpc.pb.cnt.content.v1 import music_pb2 as cnt_content_v1_music_pb2
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
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the file is being examined; CATEGORY_NOT_FOUND.
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
    async def BulkCreatePodcasts(self, request: cnt_content_v1_podcast_pb2.BulkCreatePodcastsRequest, call: Call) -> cnt_content_v1_podcast_pb2.BulkCreatePodcastsResponse:
        """Publishes up to 100 podcasts, each as CreatePodcast would, and each with its own result: what is wrong with one
        does not keep the others from being made. A request that breaks the contract makes none.
        Anyone signed in with a real account. None of its own: the results name the reasons of CreatePodcast.
        """
        ...

    @abstractmethod
    async def CreateMovie(self, request: cnt_content_v1_movie_pb2.CreateMovieRequest, call: Call) -> cnt_content_v1_movie_pb2.CreateMovieResponse:
        """Publishes an uploaded video as a film. It waits for a moderator, unless a moderator or a verified artist made it. A
        preview follows when it is cut.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the file is being examined; CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetMovie(self, request: cnt_content_v1_movie_pb2.GetMovieRequest, call: Call) -> cnt_content_v1_movie_pb2.GetMovieResponse:
        """One film.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListMovies(self, request: cnt_content_v1_movie_pb2.ListMoviesRequest, call: Call) -> cnt_content_v1_movie_pb2.ListMoviesResponse:
        """Films, newest first or most played first. Animated Bible stories are left out, unless they are asked for by their
        category.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateMovie(self, request: cnt_content_v1_movie_pb2.UpdateMovieRequest, call: Call) -> cnt_content_v1_movie_pb2.UpdateMovieResponse:
        """Changes a film; a preview is cut anew when the film is another one, or its times are. A new title, text, cover or
        video sends an approved one back to a moderator, unless a moderator or a verified artist made the change; any
        change of a rejected one sends it again.
        Its creator, and administrators. CONTENT_NOT_FOUND; the reasons of CreateMovie.
        """
        ...

    @abstractmethod
    async def DeleteMovie(self, request: cnt_content_v1_movie_pb2.DeleteMovieRequest, call: Call) -> cnt_content_v1_movie_pb2.DeleteMovieResponse:
        """Deletes a film; its files go once nothing else uses them.
        Its creator, and administrators. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListFeaturedMovies(self, request: cnt_content_v1_movie_pb2.ListFeaturedMoviesRequest, call: Call) -> cnt_content_v1_movie_pb2.ListFeaturedMoviesResponse:
        """Films that moderators put forward, newest first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListAnimatedBibleStories(self, request: cnt_content_v1_movie_pb2.ListAnimatedBibleStoriesRequest, call: Call) -> cnt_content_v1_movie_pb2.ListAnimatedBibleStoriesResponse:
        """Films of the category Animated Bible Stories, newest first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListSimilarMovies(self, request: cnt_content_v1_movie_pb2.ListSimilarMoviesRequest, call: Call) -> cnt_content_v1_movie_pb2.ListSimilarMoviesResponse:
        """Other films of the same category, newest first; of a film without one, other films by the same person.
        Anyone. CONTENT_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def RateMovie(self, request: cnt_content_v1_movie_pb2.RateMovieRequest, call: Call) -> cnt_content_v1_movie_pb2.RateMovieResponse:
        """Rates a film; a second rating by the same viewer takes the place of the first.
        Anyone signed in with a real account. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def CreateMusicTrack(self, request: cnt_content_v1_music_pb2.CreateMusicTrackRequest, call: Call) -> cnt_content_v1_music_pb2.CreateMusicTrackResponse:
        """Publishes an uploaded audio as a piece of music. It waits for a moderator, unless a moderator or a verified artist
        made it.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the file is being examined; CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetMusicTrack(self, request: cnt_content_v1_music_pb2.GetMusicTrackRequest, call: Call) -> cnt_content_v1_music_pb2.GetMusicTrackResponse:
        """One track.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListMusicTracks(self, request: cnt_content_v1_music_pb2.ListMusicTracksRequest, call: Call) -> cnt_content_v1_music_pb2.ListMusicTracksResponse:
        """Pieces of music, newest first or most played first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateMusicTrack(self, request: cnt_content_v1_music_pb2.UpdateMusicTrackRequest, call: Call) -> cnt_content_v1_music_pb2.UpdateMusicTrackResponse:
        """Changes a track. A new title, text, cover, audio or new words sends an approved one back to a moderator, unless a
        moderator or a verified artist made the change; any change of a rejected one sends it again.
        Its creator, and administrators. CONTENT_NOT_FOUND; the reasons of CreateMusicTrack.
        """
        ...

    @abstractmethod
    async def DeleteMusicTrack(self, request: cnt_content_v1_music_pb2.DeleteMusicTrackRequest, call: Call) -> cnt_content_v1_music_pb2.DeleteMusicTrackResponse:
        """Deletes a track; its files go once nothing else uses them.
        Its creator, and administrators. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def CreateDocument(self, request: cnt_content_v1_document_pb2.CreateDocumentRequest, call: Call) -> cnt_content_v1_document_pb2.CreateDocumentResponse:
        """Publishes an uploaded PDF as a document to read. Everyone sees it at once, unless it is to stand elsewhere.
        Administrators. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the file is being examined; CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetDocument(self, request: cnt_content_v1_document_pb2.GetDocumentRequest, call: Call) -> cnt_content_v1_document_pb2.GetDocumentResponse:
        """One document.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListDocuments(self, request: cnt_content_v1_document_pb2.ListDocumentsRequest, call: Call) -> cnt_content_v1_document_pb2.ListDocumentsResponse:
        """Documents, newest first or most opened first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateDocument(self, request: cnt_content_v1_document_pb2.UpdateDocumentRequest, call: Call) -> cnt_content_v1_document_pb2.UpdateDocumentResponse:
        """Changes a document.
        Administrators. CONTENT_NOT_FOUND; the reasons of CreateDocument.
        """
        ...

    @abstractmethod
    async def DeleteDocument(self, request: cnt_content_v1_document_pb2.DeleteDocumentRequest, call: Call) -> cnt_content_v1_document_pb2.DeleteDocumentResponse:
        """Deletes a document; its files go once nothing else uses them.
        Administrators. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def CreateBibleStory(self, request: cnt_content_v1_bible_story_pb2.CreateBibleStoryRequest, call: Call) -> cnt_content_v1_bible_story_pb2.CreateBibleStoryResponse:
        """Publishes a story of the Bible, with an uploaded audio or without. Everyone sees it at once, unless it is to stand
        elsewhere.
        Administrators. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_STAYS_PRIVATE;
        MEDIA_NOT_READY while the file is being examined; CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetBibleStory(self, request: cnt_content_v1_bible_story_pb2.GetBibleStoryRequest, call: Call) -> cnt_content_v1_bible_story_pb2.GetBibleStoryResponse:
        """One story.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListBibleStories(self, request: cnt_content_v1_bible_story_pb2.ListBibleStoriesRequest, call: Call) -> cnt_content_v1_bible_story_pb2.ListBibleStoriesResponse:
        """Stories of the Bible, newest first or most played first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateBibleStory(self, request: cnt_content_v1_bible_story_pb2.UpdateBibleStoryRequest, call: Call) -> cnt_content_v1_bible_story_pb2.UpdateBibleStoryResponse:
        """Changes a story.
        Administrators. CONTENT_NOT_FOUND; the reasons of CreateBibleStory.
        """
        ...

    @abstractmethod
    async def DeleteBibleStory(self, request: cnt_content_v1_bible_story_pb2.DeleteBibleStoryRequest, call: Call) -> cnt_content_v1_bible_story_pb2.DeleteBibleStoryResponse:
        """Deletes a story; its files go once nothing else uses them.
        Administrators. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListCategories(self, request: cnt_content_v1_category_pb2.ListCategoriesRequest, call: Call) -> cnt_content_v1_category_pb2.ListCategoriesResponse:
        """The categories, in the order in which a menu shows them.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateCategory(self, request: cnt_content_v1_category_pb2.CreateCategoryRequest, call: Call) -> cnt_content_v1_category_pb2.CreateCategoryResponse:
        """Makes a category.
        Administrators. CATEGORY_NAME_TAKEN.
        """
        ...

    @abstractmethod
    async def UpdateCategory(self, request: cnt_content_v1_category_pb2.UpdateCategoryRequest, call: Call) -> cnt_content_v1_category_pb2.UpdateCategoryResponse:
        """Changes a category.
        Administrators. CATEGORY_NOT_FOUND; CATEGORY_NAME_TAKEN.
        """
        ...

    @abstractmethod
    async def DeleteCategory(self, request: cnt_content_v1_category_pb2.DeleteCategoryRequest, call: Call) -> cnt_content_v1_category_pb2.DeleteCategoryResponse:
        """Deletes a category; what belonged to it stays, without one.
        Administrators. CATEGORY_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def RecordPlay(self, request: cnt_content_v1_listening_pb2.RecordPlayRequest, call: Call) -> cnt_content_v1_listening_pb2.RecordPlayResponse:
        """Counts that an item is played: once for each listener, item and half hour, however often it is called. A listener
        is an account, or without one a device at its address. Counts show within seconds; programs that call themselves
        robots are not counted.
        Anyone. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetPosition(self, request: cnt_content_v1_listening_pb2.GetPositionRequest, call: Call) -> cnt_content_v1_listening_pb2.GetPositionResponse:
        """Where the caller stopped in an item, on whatever device; the beginning, if nobody said otherwise.
        Anyone signed in with a real account. CONTENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def SavePosition(self, request: cnt_content_v1_listening_pb2.SavePositionRequest, call: Call) -> cnt_content_v1_listening_pb2.SavePositionResponse:
        """Remembers where the caller stopped in an item; the last word counts.
        Anyone signed in with a real account. CONTENT_NOT_FOUND.
        """
        ...
