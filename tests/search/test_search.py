"""What people find, through the wire: by which words, in which order, in every script, and what nobody finds."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc import search
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.search.v1 import result_pb2
from cnt_grpc.search import Kind
from tests.harness.api import Api
from tests.harness.world import World
from tests.search import makers

EVENT = result_pb2.RESULT_TYPE_EVENT


def word() -> str:
    """A word that nobody else uses: letters alone, and none that English endings are made of."""
    return "".join(secrets.choice("bcdfghjkmnpqrtvwxz") for _ in range(10))


async def put(world: World, *titles: str, **given: Any) -> list[int]:
    """The ids of events with these titles, each a minute older than the one before."""
    now = clock.now()
    async with world.db.transaction() as tx:
        return [
            await makers.put(tx, title=title, **{"at": now - timedelta(minutes=age), **given})
            for age, title in enumerate(titles)
        ]


async def found(api: Api, q: str, type_: int = EVENT) -> list[int]:
    """The ids of what is found."""
    return [result.id for result in (await api.search.Search(q=q, type=type_, page_size=100)).results]


async def test_a_result_shows_what_its_room_put_and_whose_it_is(world: World, api: Api) -> None:
    ann, own = await world.user(name="Ann Of Tarsus"), word()
    at = clock.now().replace(microsecond=0)
    given = {"subtitle": "Corinth", "text": "x" * 300, "owner_id": ann.id, "picture_key": "images/a.jpg", "at": at}
    (ref,) = await put(world, f"Harvest {own}", **given)
    (result,) = (await api.search.Search(q=own, type=EVENT)).results
    assert (result.type, result.id, result.title, result.subtitle) == (EVENT, ref, f"Harvest {own}", "Corinth")
    assert (result.excerpt, result.picture_url) == ("x" * 200, world.system.urls.public("images/a.jpg"))
    assert (result.owner_id, result.owner_name, result.owner_username) == (ann.id, "Ann Of Tarsus", ann.username)
    assert result.at.ToDatetime(tzinfo=at.tzinfo) == at


async def test_titles_come_before_what_stands_below_them_and_that_before_texts(world: World, api: Api) -> None:
    own = word()
    now = clock.now()
    (text,) = await put(world, "Advent", text=f"We sing of {own} here.", at=now)
    (below,) = await put(world, "Advent", subtitle=own, at=now - timedelta(days=1))
    (title,) = await put(world, f"Advent {own}", at=now - timedelta(days=2))
    (alone,) = await put(world, own, at=now - timedelta(days=3))
    assert await found(api, own) == [alone, title, below, text]


async def test_of_equals_the_newest_comes_first(world: World, api: Api) -> None:
    own = word()
    ids = await put(world, *[f"Advent {own}"] * 3)
    assert await found(api, own) == ids


async def test_all_words_must_be_there_wherever(world: World, api: Api) -> None:
    one, other = word(), word()
    (both,) = await put(world, f"The {one}", text=f"and {other}")
    await put(world, one, other)
    assert await found(api, f"{other}, {one}!") == [both]


async def test_the_last_word_may_be_a_beginning_and_no_other(world: World, api: Api) -> None:
    one, other = word(), word()
    (ref,) = await put(world, f"{one} {other}")
    for length in range(1, 10):
        assert ref in await found(api, f"{one} {other[:length]}")
    assert await found(api, f"{one} {other[:5]} ") == []
    assert await found(api, f"{one[:5]} {other}") == []
    assert await found(api, f"{one} {other}x") == []


async def test_beginnings_are_of_titles_and_subtitles(world: World, api: Api) -> None:
    one, two, three = word(), word(), word()
    (ref,) = await put(world, one, subtitle=two, text=three)
    assert await found(api, f"{one} {two[:2]}") == [ref]
    assert await found(api, f"{one} {three[:9]}") == []
    assert await found(api, f"{one} {three}") == [ref]


async def test_a_whole_word_comes_before_its_beginning(world: World, api: Api) -> None:
    own = word()
    (longer,) = await put(world, f"{own}ish", at=clock.now())
    (whole,) = await put(world, own, at=clock.now() - timedelta(days=1))
    assert await found(api, own) == [whole, longer]


async def test_a_long_beginning_counts_by_its_first_letters(world: World, api: Api) -> None:
    own = word() + word() + word()
    (ref,) = await put(world, own)
    assert await found(api, own[:25]) == [ref]


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Praying for the harvests", "prayed harvest"),
        ("Prayer", "the prayers"),
        ("God's love", "god loves"),
        ("Élan", "elan"),
        ("Elan", "élan"),
        ("Straße", "strasse"),
        ("Όνομα του Πατρός", "πατρος"),
        ("Молитва Господня", "ГОСПОДНЯ"),
        ("שָׁלוֹם עֲלֵיכֶם", "שלום"),
        ("السَّلَامُ عَلَيْكُم", "السلام"),
        ("प्रार्थना का घर", "प्रार्थना"),
        ("พระเยซูคริสต์", "เยซู"),
        ("耶穌基督是主", "基督"),
        ("耶穌基督是主", "主"),
        ("イエスは主です", "イエス"),
        ("하나님을 찬양하라", "하나님"),
        ("기도를 드립니다", "기도"),
        ("ጸሎት", "ጸሎት"),
        ("Psalm 23:4", "psalm 23"),
        ("O'Connor & Söhne", "o'connor sohne"),
    ],
)
async def test_every_script_and_every_form(world: World, api: Api, title: str, asked: str) -> None:
    own = word()
    (ref,) = await put(world, f"{own} {title}")
    assert await found(api, f"{own} {asked}") == [ref]
    (ref,) = await put(world, own, text=f"{title} {own}x")
    assert ref in await found(api, f"{own}x {asked}")


@pytest.mark.parametrize(("title", "asked"), [("Господня", "ГОСП"), ("Πατρός", "πατ"), ("שלום", "של"), ("Élan", "el")])
async def test_beginnings_in_every_script(world: World, api: Api, title: str, asked: str) -> None:
    own = word()
    (ref,) = await put(world, f"{own} {title}")
    assert await found(api, f"{own} {asked}") == [ref]


HOSTILE = [
    "",
    " ",
    "&",
    "|",
    "!",
    "a &",
    "a & | b",
    "((",
    "'",
    "''",
    "'a",
    "\\",
    "a\\",
    ":*",
    "a:*",
    "a:b",
    "<->",
    "a <2> b",
    "%",
    "_",
    "*",
    '"',
    "$1",
    "; DROP TABLE search_documents; --",
    "\ufeff",
    "\u202e",
    "🙏🏽",
    "👨‍👩‍👧",
    "a" * 200,
    "a " * 100,
    "字" * 200,
    "\u0301" * 200,
    "~a",
    "e1 1e5 -1 +1 0x1 1.5.2 a@b.c http://a.b/c?d=e <b>",
    "\t\n\r\v",
]


@pytest.mark.parametrize("asked", HOSTILE)
async def test_every_text_is_a_valid_search(api: Api, asked: str) -> None:
    await api.search.Search(q=asked)
    await api.search.Search(q=asked, type=EVENT)


async def test_no_words_find_nothing(world: World, api: Api) -> None:
    await put(world, "Harvest")
    for asked in ("", "  ", "?!", "🙏"):
        reply = await api.search.Search(q=asked)
        assert not reply.groups
        assert not reply.results
        assert not await found(api, asked)


async def test_without_a_type_the_best_of_each_and_where_it_goes_on(world: World, api: Api) -> None:
    own = word()
    events = await put(world, *[f"Advent {own}"] * 12)
    (post,) = await put(world, own, kind=Kind.POST)
    groups = (await api.search.Search(q=own)).groups
    assert [group.type for group in groups] == [result_pb2.RESULT_TYPE_POST, EVENT]
    assert [result.id for result in groups[0].results] == [post]
    assert not groups[0].next_page_token
    assert [result.id for result in groups[1].results] == events[:5]
    token = groups[1].next_page_token
    rest = await api.search.Search(q=own, type=EVENT, page_token=token)
    assert [result.id for result in rest.results] == events[5:]
    await api.search.Search(q=own, page_token=token).fails(StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")
    await api.search.Search(q=own + "x", type=EVENT, page_token=token).fails(
        StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"
    )


async def test_every_kind_can_be_asked_for(world: World, api: Api) -> None:
    own, ann = word(), await world.user()
    for kind in Kind:
        ref = ann.id if kind is Kind.PERSON else 77
        async with world.db.transaction() as tx:
            await search.put(tx, makers.document(kind=kind, ref=ref, title=own, owner_id=ann.id))
    groups = (await api.search.Search(q=own)).groups
    assert len(groups) == len(Kind) == len(result_pb2.ResultType.values()) - 1
    for group in groups:
        assert await found(api, own, group.type) == [group.results[0].id]


async def test_blocks_hide_both_from_each_other(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    own = word()
    (anns,) = await put(world, own, owner_id=ann.id)
    (bobs,) = await put(world, own, owner_id=bob.id)
    assert set(await found(api.as_(bob), own)) == {anns, bobs}
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    assert await found(api.as_(ann), own) == [anns]
    assert await found(api.as_(bob), own) == [bobs]
    assert set(await found(api, own)) == {anns, bobs}
    (group,) = (await api.as_(bob).search.Search(q=own)).groups
    assert [result.id for result in group.results] == [bobs]


async def test_what_was_taken_out_is_not_found(world: World, api: Api) -> None:
    own = word()
    one, other = await put(world, own, own)
    async with world.db.transaction() as tx:
        await search.remove(tx, Kind.EVENT, one)
    assert await found(api, own + " ") == [other]


async def test_statements_do_not_grow_with_what_is_found(world: World, api: Api) -> None:
    own = word()
    await put(world, *[own] * 30)
    async with world.db.transaction() as tx:
        from cnt_grpc.kit.paging import Page  # noqa: PLC0415
        from cnt_grpc.kit.rpc.call import ANONYMOUS  # noqa: PLC0415
        from cnt_grpc.pb.cnt.search.v1.search_service_pb2 import SearchRequest  # noqa: PLC0415
        from cnt_grpc.search import rules  # noqa: PLC0415

        page = Page.of(SearchRequest(page_size=100), method="test")
        rows, _ = await rules.find(tx, ANONYMOUS, own, Kind.EVENT, page)
        groups = await rules.find_all(tx, ANONYMOUS, own, dict.fromkeys(Kind, page))
        assert (len(rows), len(groups[Kind.EVENT][0]), tx.statements) == (30, 30, 2)
