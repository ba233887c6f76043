"""Answers LibraryService: what listeners keep, a file for each noun."""

from cnt_grpc.content.service.drafts import Drafts
from cnt_grpc.content.service.favorites import Favorites
from cnt_grpc.content.service.playlists import Playlists
from cnt_grpc.pb.cnt.content.v1 import library_service


class LibraryService(Playlists, Favorites, Drafts, library_service.Servicer):
    """What listeners keep."""
