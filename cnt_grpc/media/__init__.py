"""Stored files: uploads, what they are, who uses them, and where they are found.

Other rooms keep the id of a media object, and call in their own transaction:
`claim` to take a file that the caller uploaded (with `private=True` for drafts), `use` and `release` to keep it and let
it go, `publish` and `withdraw` to say that everyone sees what uses it, or no longer: a file is public while anything
public uses it. They join `objects` to their rows, and make
addresses with `Urls` where they make messages. A file that nothing uses goes after a day, or at once when the last
user releases it. What the platform makes itself (films of others, pictures with words, recordings, documents) comes in
through the `Workshop`.
"""

from sqlalchemy import select

from cnt_grpc.media import ffmpeg, folders, sandbox
from cnt_grpc.media.declared_types import purpose_of_type
from cnt_grpc.media.examine import BrokenExaminerError, UnreadableError
from cnt_grpc.media.filling import Filling
from cnt_grpc.media.inspection import Inspection
from cnt_grpc.media.keeping import abandon, release
from cnt_grpc.media.mending import Mender, TooMuchError
from cnt_grpc.media.moving import claim, publish
from cnt_grpc.media.purposes import DRAFT_VIDEO, TEMPORARY_AUDIO, Limits
from cnt_grpc.media.reading import Reading, Track, read
from cnt_grpc.media.reception import Reception
from cnt_grpc.media.refusals import too_large
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.rules import use, withdraw
from cnt_grpc.media.shelf import Servable, Shelf
from cnt_grpc.media.sniff import Kind, is_sound
from cnt_grpc.media.tables import media_objects
from cnt_grpc.media.templates import seed
from cnt_grpc.media.uploads import Declared
from cnt_grpc.media.urls import Urls
from cnt_grpc.media.workshop import Bench, Made, Workshop, new_key

objects = select(
    media_objects.c.id,
    media_objects.c.owner_id,
    media_objects.c.kind,
    media_objects.c.state,
    media_objects.c.visibility,
    media_objects.c.key,
    media_objects.c.thumbnail_key,
    media_objects.c.filename,
    media_objects.c.content_type,
    media_objects.c.codecs,
    media_objects.c.size,
    media_objects.c.duration_ms,
    media_objects.c.width,
    media_objects.c.height,
).subquery("media")
"""Stored files for joins, by id; `.alias()` where a statement joins them twice."""

__all__ = [
    "DRAFT_VIDEO",
    "TEMPORARY_AUDIO",
    "Bench",
    "BrokenExaminerError",
    "Declared",
    "Filling",
    "Inspection",
    "Kind",
    "Limits",
    "Made",
    "Mender",
    "Reading",
    "Reception",
    "Resumable",
    "Servable",
    "Shelf",
    "TooMuchError",
    "Track",
    "UnreadableError",
    "Urls",
    "Workshop",
    "abandon",
    "claim",
    "ffmpeg",
    "folders",
    "is_sound",
    "new_key",
    "objects",
    "publish",
    "purpose_of_type",
    "read",
    "release",
    "sandbox",
    "seed",
    "too_large",
    "use",
    "withdraw",
]
