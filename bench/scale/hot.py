"""What people ask most, as statements with the values that a platform of any size has."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import asyncpg

from bench.scale import audience, overseers
from bench.scale.asked import LIMIT, Hot
from bench.scale.data import Size
from cnt_grpc.community.queries.feed import feed_page as community_feed
from cnt_grpc.community.queries.posts import Narrowed as PostsNarrowed
from cnt_grpc.community.queries.posts import posts_page
from cnt_grpc.content.kinds import DOCUMENT, MOVIE, MUSIC, PODCAST
from cnt_grpc.content.queries import favorites, items
from cnt_grpc.content.queries.items import Narrowed, Order
from cnt_grpc.kit import clock
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.search import Kind, queries, words

DEEP = 1000
"""The number of a page that lies deep."""


async def questions(dsn: str, size: Size) -> list[Hot]:
    """Everything that is asked, of a filled database."""
    connection = await asyncpg.connect(dsn)
    try:
        # Page 1,000 begins where its token says; of a small catalogue, in its middle.
        offset = min(DEEP * 20, size.items // 3)
        place = await connection.fetchrow(
            f"""
            SELECT published_at, id FROM content_items WHERE kind = 'podcast' AND status = 'approved'
            ORDER BY published_at DESC, id DESC OFFSET {offset} LIMIT 1
            """  # noqa: S608  (a number of ours)
        )
    finally:
        await connection.close()
    assert place is not None
    deep = {"after_0": place["published_at"], "after_1": place["id"]}
    who = {"caller_id": size.people // 2}
    # Every seventh is a podcast, and none of these ends in 3 and waits.
    some = size.items // 14 * 7
    return [
        _list("first page", promised=True),
        _list("category page", {"category_id": 7}, Narrowed(category=True), promised=True),
        replace(_list("page 1,000", deep, after=True), deep=True),
        _list("most played", order=Order.POPULAR),
        _list("as a person", who, gate=Gate.MEMBER),
        _list("of a creator", {"creator_id": 77}, Narrowed(creator=True)),
        _list("featured films", {}, Narrowed(featured=True, but_animated=True), kind_name="movie"),
        _list("music of a genre", {"genre": "Genre 7"}, Narrowed(words=("genre",)), kind_name="music"),
        _list("documents of a category", {"category_id": 10}, Narrowed(category=True), kind_name="document"),
        Hot("one podcast", items.visible_item(PODCAST, Gate.PUBLIC), {"item_id": some}),
        _search("search, a common word", "grace ", promised=True),
        _search("search, a rare word", f"p{some} ", promised=True),
        _search("search, a beginning", "gra"),
        _search("search, two words", "grace love"),
        _search("search as a person", "grace", who),
        _search_all("search of everything", "grace"),
        Hot("feed of artists", favorites.feed_page(LIMIT, after=False), who),
        Hot(
            "favourites",
            favorites.favorites_page(Gate.MEMBER, LIMIT, of_kind=False, after=False),
            {**who, "owner_id": who["caller_id"]},
        ),
        *audience.questions(size),
        *overseers.questions(size),
        Hot(
            "posts as a person",
            posts_page(Gate.MEMBER, Status.APPROVED, PostsNarrowed(), LIMIT, after=False),
            who,
            promised=True,
        ),
        Hot(
            "posts",
            posts_page(Gate.PUBLIC, Status.APPROVED, PostsNarrowed(), LIMIT, after=False),
            {},
        ),
        Hot(
            "feed of posts",
            community_feed(None, LIMIT),
            {**who, "since": clock.now() - timedelta(days=7)},
            promised=True,
        ),
    ]


def _list(
    name: str,
    values: Mapping[str, object] | None = None,
    narrowed: Narrowed | None = None,
    *,
    kind_name: str = "podcast",
    gate: Gate = Gate.PUBLIC,
    order: Order = Order.NEWEST,
    after: bool = False,
    promised: bool = False,
) -> Hot:
    kind = {kind.name: kind for kind in (PODCAST, MOVIE, MUSIC, DOCUMENT)}[kind_name]
    stmt = items.items_page(kind, gate, Status.APPROVED, order, LIMIT, narrowed=narrowed or Narrowed(), after=after)
    return Hot(name, stmt, values or {}, promised)


def _search(name: str, text: str, who: Mapping[str, int] | None = None, *, promised: bool = False) -> Hot:
    stmt = queries.matches(Kind.PODCAST, LIMIT, after=False, caller=who is not None)
    return Hot(name, stmt, {**_words(text), **(who or {})}, promised)


def _search_all(name: str, text: str) -> Hot:
    return Hot(name, queries.first_matches(11, caller=False), _words(text))


def _words(text: str) -> Mapping[str, object]:
    query = words.query(text)
    assert query is not None
    return {"literal": query.literal, "english": query.english, "others": query.others}
