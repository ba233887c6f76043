"""The content room: the catalogue of what people publish to be heard, watched and read, and its artists.

Rooms above may call what is exported here, in their own transaction, and nothing else:

    follows                     to join who follows whom: follower_id, person_id, followed_at
    is_following, followers_of  to ask, and to tell those who follow a person
    has_artist_profile          to join whether others find a person as an artist
    bible_story                 to read one, as the caller may see it
    begin_draft                 to leave somebody a file that was made for them, to publish or not
    verify_artist               for whoever may decide that; being verified is having the creator role

The plug board builds ContentService, ArtistService, LibraryService and ContentJobs, registers
`moderated_kinds` with the moderation room and `searched` with the search, has the clock start PERIODIC, lists HOLDER
among those who know something of people, calls `seed` and
`furnish`, and gives AudioImport to the command line.
"""

from cnt_grpc import search
from cnt_grpc.content.furnishing import furnish
from cnt_grpc.content.importing import AudioImport
from cnt_grpc.content.jobs import PERIODIC, ContentJobs
from cnt_grpc.content.kinds import KINDS
from cnt_grpc.content.moderated import MODERATED
from cnt_grpc.content.privacy import HOLDER
from cnt_grpc.content.queries.artists import has_artist_profile
from cnt_grpc.content.queries.figures import FIGURES
from cnt_grpc.content.queries.follows import follows
from cnt_grpc.content.rss import Site
from cnt_grpc.content.rules.artists import verify_artist
from cnt_grpc.content.rules.bible_stories import bible_story
from cnt_grpc.content.rules.categories import seed
from cnt_grpc.content.rules.drafts import begin as begin_draft
from cnt_grpc.content.rules.finding import FoundArtists, FoundItems
from cnt_grpc.content.rules.following import followers_of, is_following
from cnt_grpc.content.service import ContentService
from cnt_grpc.content.service.artists import ArtistService
from cnt_grpc.content.service.library import LibraryService

moderated_kinds = MODERATED
"""Every kind of item, as the moderation room takes it."""

searched: tuple[search.Source, ...] = (*(FoundItems(kind) for kind in KINDS), FoundArtists())
"""Every kind of thing that the search room finds."""

__all__ = [
    "FIGURES",
    "HOLDER",
    "PERIODIC",
    "ArtistService",
    "AudioImport",
    "ContentJobs",
    "ContentService",
    "LibraryService",
    "Site",
    "begin_draft",
    "bible_story",
    "followers_of",
    "follows",
    "furnish",
    "has_artist_profile",
    "is_following",
    "moderated_kinds",
    "searched",
    "seed",
    "verify_artist",
]
