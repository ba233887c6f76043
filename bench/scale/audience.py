"""What listeners ask of artists and of their own library, and what is done with their plays."""

from collections.abc import Iterator

from bench.scale.asked import LIMIT, Hot
from bench.scale.data import Size
from cnt_grpc.content.queries import artists, follows, listening, news, playlists
from cnt_grpc.kit import clock
from cnt_grpc.moderation import Gate

_MEMBER = Gate.MEMBER


def questions(size: Size) -> Iterator[Hot]:
    """All of these, of a filled database."""
    who = {"caller_id": size.people // 2}
    yield from _artists(size, who)
    yield from _library(size, who)
    yield from _plays(size, who)


def _artists(size: Size, who: dict[str, int]) -> Iterator[Hot]:
    followed, follower = {"person_id": 1}, {"person_id": size.people // 3}
    everyone = artists.artists_page(_MEMBER, LIMIT, category=False, after=False)
    of_category = artists.artists_page(_MEMBER, LIMIT, category=True, after=False)
    yield Hot("artists", everyone, who, promised=True)
    yield Hot("artists, to anyone", artists.artists_page(Gate.PUBLIC, LIMIT, category=False, after=False), {})
    yield Hot("artists of a category", of_category, {**who, "category_id": 7}, promised=True)
    # Five, whom a list that begins at the other end would come to last.
    yield Hot("artists of a rare category", of_category, {**who, "category_id": 50}, promised=True)
    yield Hot("one artist", artists.visible_artist(_MEMBER, "username"), {**who, "key": "person77"}, promised=True)
    # Everybody follows the first one.
    followers = follows.followers_page(_MEMBER, LIMIT, after=False)
    yield Hot("followers of a much-followed artist", followers, {**who, **followed}, promised=True)
    middle = {"after_0": clock.now(), "after_1": 0}
    later = follows.followers_page(_MEMBER, LIMIT, after=True)
    yield Hot("more of these followers", later, {**who, **followed, **middle}, promised=True)
    tell = follows.followers_to_tell(LIMIT)
    yield Hot("followers to tell", tell, {**followed, "after": size.people // 10}, promised=True)
    yield Hot("following", follows.following_page(_MEMBER, LIMIT, after=False), {**who, **follower}, promised=True)
    yield Hot("podcasts of a feed", news.podcasts_to_feed(300), {"creator_id": 78})


def _library(size: Size, who: dict[str, int]) -> Iterator[Hot]:
    some = {"playlist_id": size.people // 2}
    entries = playlists.entries_page(_MEMBER, LIMIT, after=False)
    yield Hot("playlist", entries, {**who, **some}, promised=True)
    yield Hot("a playlist as long as may be", entries, {**who, "playlist_id": 1}, promised=True)
    mine = playlists.playlists_page(_MEMBER, LIMIT, after=False)
    yield Hot("playlists of a person", mine, {**who, "owner_id": who["caller_id"]}, promised=True)


def _plays(size: Size, who: dict[str, int]) -> Iterator[Hot]:
    play = {"item_id": size.items // 14 * 7, "half_hour": clock.now(), "listener": b"somebody"}
    yield Hot("a play", listening.add_play(_MEMBER), {**who, **play}, promised=True, changes=True)
    yield Hot("count plays", listening.count_plays(5000), {}, promised=True, changes=True)
    yield Hot("rank", listening.rank_items(), {"after": 0, "until": 10_000}, promised=True, changes=True)
