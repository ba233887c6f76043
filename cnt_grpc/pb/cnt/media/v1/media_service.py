# Generated from cnt/media/v1/media_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.media.v1.MediaService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.media.v1.MediaService"


class Servicer(Protocol):
    """Takes files in and says what became of them. The bytes travel in pieces of 1 MiB at most and go to the store as they
    come. The type is read from the bytes, never from the name. A file is private until something that uses it is
    published; what nothing uses is removed after a day.
    """

    __slots__ = ()

    @abstractmethod
    async def UploadAudio(self, requests: AsyncIterator[pb2.UploadAudioRequest], call: Call) -> pb2.UploadAudioResponse:
        """Takes a sound file: mp3, wav, webm, m4a, aac, flac or ogg, 500 MB unless set otherwise. The body is multipart with
        the file in the field `file`, or the file itself. Waits up to 10 seconds until the file is examined; after that the
        state is MEDIA_STATE_PROBING, and GetMedia tells the rest.
        Anyone signed in with a real account. MEDIA_TYPE_REFUSED, MEDIA_UNREADABLE, UPLOAD_EMPTY; FILE_TOO_LARGE,
        MEDIA_QUOTA_EXCEEDED; STORAGE_FULL; MALFORMED for a multipart body that breaks off or breaks the rules.
        """
        ...

    @abstractmethod
    async def UploadVideo(self, requests: AsyncIterator[pb2.UploadVideoRequest], call: Call) -> pb2.UploadVideoResponse:
        """Takes a film: mp4, webm, mov or mkv, 5 GB unless set otherwise, and makes a thumbnail of it (at 45 seconds or a
        tenth of its length, whichever is less). Otherwise like UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadImage(self, requests: AsyncIterator[pb2.UploadImageRequest], call: Call) -> pb2.UploadImageResponse:
        """Takes a picture: jpeg, png, webp or gif, 20 MB and 50 megapixels unless set otherwise. It is drawn anew, upright,
        without the place and camera that the original may name; what is stored differs from what was sent. Otherwise like
        UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadProfileImage(self, requests: AsyncIterator[pb2.UploadProfileImageRequest], call: Call) -> pb2.UploadProfileImageResponse:
        """Takes a picture of the caller, like UploadImage, and shows it to everyone as their avatar once it is examined, in
        place of the one before.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadThumbnail(self, requests: AsyncIterator[pb2.UploadThumbnailRequest], call: Call) -> pb2.UploadThumbnailResponse:
        """Takes a picture that will stand for a podcast or a film in lists. Otherwise like UploadImage.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadTemporaryAudio(self, requests: AsyncIterator[pb2.UploadTemporaryAudioRequest], call: Call) -> pb2.UploadTemporaryAudioResponse:
        """Takes a sound file that is worked on and then thrown away: it is never public, and removed after a day unless
        something uses it. Otherwise like UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadMovie(self, requests: AsyncIterator[pb2.UploadMovieRequest], call: Call) -> pb2.UploadMovieResponse:
        """Takes a whole film. Otherwise like UploadVideo.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadDocument(self, requests: AsyncIterator[pb2.UploadDocumentRequest], call: Call) -> pb2.UploadDocumentResponse:
        """Takes a document: pdf, 100 MB unless set otherwise, and makes a picture of its first page. Otherwise like
        UploadAudio.
        Administrators. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadDraftAudio(self, requests: AsyncIterator[pb2.UploadDraftAudioRequest], call: Call) -> pb2.UploadDraftAudioResponse:
        """Takes a sound file for a draft: never public, and removed with the draft. Otherwise like UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadDraftVideo(self, requests: AsyncIterator[pb2.UploadDraftVideoRequest], call: Call) -> pb2.UploadDraftVideoResponse:
        """Takes a film for a draft: never public, and removed with the draft. Otherwise like UploadVideo.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadDraftImage(self, requests: AsyncIterator[pb2.UploadDraftImageRequest], call: Call) -> pb2.UploadDraftImageResponse:
        """Takes a picture for a draft: never public, and removed with the draft. Otherwise like UploadImage.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def GetMediaDuration(self, request: pb2.GetMediaDurationRequest, call: Call) -> pb2.GetMediaDurationResponse:
        """Tells how long a stored sound or film is.
        Anyone for what is public, its owner for everything else; moderators also for what they review, which is all but
        identity papers and exports. MEDIA_NOT_FOUND for the rest; MEDIA_WRONG_KIND for what has no length; MEDIA_NOT_READY
        while it is being examined.
        """
        ...

    @abstractmethod
    async def ListDefaultThumbnails(self, request: pb2.ListDefaultThumbnailsRequest, call: Call) -> pb2.ListDefaultThumbnailsResponse:
        """Lists the pictures that come with the platform, for those who have none of their own.
        Anyone.
        """
        ...

    @abstractmethod
    async def GenerateThumbnail(self, request: pb2.GenerateThumbnailRequest, call: Call) -> pb2.GenerateThumbnailResponse:
        """Makes a picture of one moment of a film that is stored here; the picture becomes a file of the caller's own. Waits
        up to 10 seconds; after that the state is MEDIA_STATE_PROBING, and GetMedia tells the rest.
        Anyone signed in with a real account, of films of their own and public ones. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND;
        MEDIA_NOT_READY; MEDIA_UNREADABLE; MEDIA_QUOTA_EXCEEDED; TOO_MANY_CALLS for more than one a second.
        """
        ...

    @abstractmethod
    async def Upload(self, requests: AsyncIterator[pb2.UploadRequest], call: Call) -> pb2.UploadResponse:
        """Takes a file of any kind from a gRPC client: first what it is, then its bytes. Not over gRPC-Web, which cannot
        stream from the client. Waits like UploadAudio.
        Anyone signed in with a real account; documents only by administrators. The reasons of UploadAudio; UPLOAD_DIFFERS
        when the bytes are not those declared; ROLE_MISSING.
        """
        ...

    @abstractmethod
    async def GetMedia(self, request: pb2.GetMediaRequest, call: Call) -> pb2.GetMediaResponse:
        """Shows a media object of one's own, whatever its state.
        Anyone signed in with a real account. MEDIA_NOT_FOUND.
        """
        ...
