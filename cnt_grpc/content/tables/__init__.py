"""Tables of the content room: the catalogue, its artists, and what those who listen and watch leave in it."""

from cnt_grpc.content.tables.artists import artist_categories, artist_followers, artists
from cnt_grpc.content.tables.catalogue import bible_stories, categories, content_items, movies, music_tracks, podcasts
from cnt_grpc.content.tables.library import content_drafts, favorites, playlist_items, playlists
from cnt_grpc.content.tables.listeners import movie_ratings, plays, positions

__all__ = [
    "artist_categories",
    "artist_followers",
    "artists",
    "bible_stories",
    "categories",
    "content_drafts",
    "content_items",
    "favorites",
    "movie_ratings",
    "movies",
    "music_tracks",
    "playlist_items",
    "playlists",
    "plays",
    "podcasts",
    "positions",
]
