"""Answers ContentService: request, rules, message; a file for each noun."""

from cnt_grpc.content.service.bible_stories import BibleStories
from cnt_grpc.content.service.categories import Categories
from cnt_grpc.content.service.documents import Documents
from cnt_grpc.content.service.listening import Listening
from cnt_grpc.content.service.movies import Movies
from cnt_grpc.content.service.music import Music
from cnt_grpc.content.service.podcasts import Podcasts
from cnt_grpc.pb.cnt.content.v1 import content_service


class ContentService(Podcasts, Movies, Music, Documents, BibleStories, Categories, Listening, content_service.Servicer):
    """The catalogue."""
