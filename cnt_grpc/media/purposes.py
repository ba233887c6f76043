"""What a file is uploaded for, and how much we take: the purpose decides kind and folder, the settings the limits."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cnt_grpc.media.sniff import FileType, Kind

_GAPS: Final = re.compile("[^a-z]+")
_MB: Final = 1000 * 1000
_GB: Final = 1000 * _MB


@dataclass(frozen=True, slots=True)
class Purpose:
    """One way to upload."""

    name: str
    kind: Kind
    folder: str
    """Where the keys lie. What is below private/ lies outside the CDN's policy, whatever its visibility."""
    stills: str = ""
    """Where stills of it lie, if not where those of all films do."""
    becomes_avatar: bool = False
    """Whether it is shown as its owner's picture as soon as it is examined."""
    for_admins: bool = False

    def new_key(self, file_type: FileType) -> str:
        """A key that nobody has used and nobody can guess; its extension comes from the type."""
        return f"{self.folder}/{uuid.uuid4().hex}.{file_type.extension}"


AUDIO: Final = Purpose("audio", Kind.AUDIO, "audio")
VIDEO: Final = Purpose("video", Kind.VIDEO, "video")
IMAGE: Final = Purpose("image", Kind.IMAGE, "images")
PROFILE_IMAGE: Final = Purpose("profile_image", Kind.IMAGE, "images/profiles", becomes_avatar=True)
THUMBNAIL: Final = Purpose("thumbnail", Kind.IMAGE, "images/thumbnails/podcasts/custom")
TEMPORARY_AUDIO: Final = Purpose("temporary_audio", Kind.AUDIO, "private/temporary-audio")
MOVIE: Final = Purpose("movie", Kind.VIDEO, "video", stills="images/movies")
ANIMATED_BIBLE_STORY: Final = Purpose("animated_bible_story", Kind.VIDEO, "animated-bible-stories", "images/movies")
DOCUMENT: Final = Purpose("document", Kind.DOCUMENT, "documents", for_admins=True)
DRAFT_AUDIO: Final = Purpose("draft_audio", Kind.AUDIO, "private/drafts/audio")
DRAFT_VIDEO: Final = Purpose("draft_video", Kind.VIDEO, "private/drafts/video")
DRAFT_IMAGE: Final = Purpose("draft_image", Kind.IMAGE, "private/drafts/images")

IDENTITY_PICTURE: Final = Purpose("identity_picture", Kind.IMAGE, "private/identity")
IDENTITY_DOCUMENT: Final = Purpose("identity_document", Kind.DOCUMENT, "private/identity")

PURPOSES: Final = {
    each.name: each
    for each in (
        AUDIO,
        VIDEO,
        IMAGE,
        PROFILE_IMAGE,
        THUMBNAIL,
        TEMPORARY_AUDIO,
        MOVIE,
        ANIMATED_BIBLE_STORY,
        DOCUMENT,
        DRAFT_AUDIO,
        DRAFT_VIDEO,
        DRAFT_IMAGE,
        IDENTITY_PICTURE,
        IDENTITY_DOCUMENT,
    )
}
"""By name, as upload sessions keep it."""

THUMBNAILS: Final = "images/thumbnails/podcasts/generated"
"""Where stills of films lie."""
INCOMING: Final = "private/incoming"
"""Where pictures wait until they are drawn anew."""

EXPORTS: Final = "private/exports"
"""Where what a person takes with them lies."""

PRIVATE: Final = "private/"
"""What lies below it is outside the CDN's policy: signed addresses are the only way to it."""
_PUBLISHED: Final = {each.folder: each.kind for each in (DRAFT_AUDIO, DRAFT_VIDEO, DRAFT_IMAGE, TEMPORARY_AUDIO)}
_PUBLIC_FOLDERS: Final = {each.kind: each.folder for each in (AUDIO, VIDEO, IMAGE)}


def movie_purpose(movie_type: str) -> Purpose:
    """What a film is uploaded for, by the client's own words for it; all that it does not know are films like others.

    `animated-bible-story`, however it is spelt and in the plural as well, is the one that has a place of its own.
    """
    words = _GAPS.sub("-", movie_type.casefold()).strip("-")
    return ANIMATED_BIBLE_STORY if words in {"animated-bible-story", "animated-bible-stories"} else MOVIE


def public_key(key: str) -> str | None:
    """Where a file of this private key lies once something public uses it; None for what must stay where it is.

    Drafts and temporary audio may be published, identity papers and exports never.
    """
    folder, _, name = key.rpartition("/")
    kind = _PUBLISHED.get(folder)
    return f"{_PUBLIC_FOLDERS[kind]}/{name}" if kind is not None else None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that we take; the defaults are those of the settings."""

    bytes_of: Mapping[Kind, int] = field(
        default_factory=lambda: MappingProxyType(
            {Kind.AUDIO: 500 * _MB, Kind.VIDEO: 5 * _GB, Kind.IMAGE: 20 * _MB, Kind.DOCUMENT: 100 * _MB}
        )
    )
    """Of one file, by kind."""
    pixels: int = 50_000_000
    """Of one picture."""
    quota: int = 20 * _GB
    """Bytes of all files of one person."""
