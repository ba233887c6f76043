"""Feeds of podcasts: read by an independent reader of feeds, and checked against what the formats ask for."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
from grpc import StatusCode

from cnt_grpc.content.kinds import MUSIC, PODCAST
from cnt_grpc.content.rss import ATOM, ITUNES
from cnt_grpc.content.rss import PODCAST as PODCAST_NAMESPACE
from tests.content import makers
from tests.content.given import made
from tests.harness.api import Api
from tests.harness.world import Person, World

HOSTILE = "Ruth & Boas <script>alert('1')</script> ]]> \x0b\ufffe\U0001f54a \u05d0\u05d1"
DURATION = re.compile(r"[0-9]+")
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


async def feed_of(world: World, api: Api, who: Person) -> bytes:
    """The feed of this person, as somebody gets it whose answer nobody shares."""
    async with world.db.transaction() as tx:
        artist_id = await makers.artist(tx, who.id)
    reader = api.as_(await world.user())
    body = (await reader.artist.GetArtistFeed(file=f"{artist_id}.xml")).feed
    assert body.content_type == "application/rss+xml; charset=utf-8"
    data: bytes = body.data
    return data


def is_address(text: str) -> bool:
    """Whether this is an address on the web."""
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def check(feed: bytes) -> list[Any]:
    """What RSS 2.0, itunes and podcast ask of a feed; its items."""
    root = ET.fromstring(feed)  # noqa: S314  (we made it)
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    [channel] = root
    itunes, podcast = f"{{{ITUNES}}}", f"{{{PODCAST_NAMESPACE}}}"
    for tag in ("title", "link", "description", "language", f"{itunes}author", f"{podcast}guid"):
        [element] = channel.findall(tag)
        assert element.text, tag
    assert is_address(channel.findtext("link", ""))
    assert is_address(channel.find(f"{itunes}image").attrib["href"])  # type: ignore[union-attr]
    assert channel.findtext(f"{itunes}explicit") in {"true", "false"}
    [of_itself] = channel.findall(f"{{{ATOM}}}link")
    assert (of_itself.attrib["rel"], of_itself.attrib["type"]) == ("self", "application/rss+xml")
    [category] = channel.findall(f"{itunes}category")
    assert category.attrib["text"] == "Religion & Spirituality"
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(guids)
    for item in items:
        for tag in ("title", "description", "guid", "pubDate", f"{itunes}duration"):
            assert item.findtext(tag), tag
        assert RFC_822.fullmatch(item.findtext("pubDate", ""))
        assert DURATION.fullmatch(item.findtext(f"{itunes}duration", ""))
        [enclosure] = item.findall("enclosure")
        assert set(enclosure.attrib) == {"url", "length", "type"}
        assert is_address(enclosure.attrib["url"])
        assert int(enclosure.attrib["length"]) > 0
        assert enclosure.attrib["type"].partition("/")[0] in {"audio", "video"}
        assert item.find("guid").attrib == {"isPermaLink": "false"}  # type: ignore[union-attr]
    return items


async def test_a_reader_of_feeds_finds_what_everyone_sees(world: World, api: Api) -> None:
    ann = await world.user(name="Ann & the Choir")
    at = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    first = await made(world, ann, PODCAST, title=HOSTILE, description=HOSTILE, at=at, season=2, episode=7)
    await made(world, ann, PODCAST, status="pending")
    await made(world, ann, MUSIC)
    second = await made(world, ann, PODCAST, watched=True, cover=True)
    feed = await feed_of(world, api, ann)
    assert len(check(feed)) == 2
    read = feedparser.parse(feed)
    assert not read.bozo
    assert (read.version, read.feed.title) == ("rss20", "Ann & the Choir")
    newest, oldest = read.entries
    assert [newest.id, oldest.id] == [f"cnt-podcast-{second}", f"cnt-podcast-{first}"]
    assert (oldest.itunes_season, oldest.itunes_episode) == ("2", "7")
    assert parsedate_to_datetime(oldest.published) == at
    assert oldest.title.startswith("Ruth & Boas")
    podcast = (await api.as_(ann).content.GetPodcast(podcast_id=first)).podcast
    [enclosure] = oldest.enclosures
    assert enclosure.href == podcast.media_url
    assert int(oldest.itunes_duration) == podcast.duration
    assert newest.enclosures[0].type.startswith("video/")
    assert newest.image.href == (await api.as_(ann).content.GetPodcast(podcast_id=second)).podcast.cover_url


async def test_a_feed_without_podcasts_is_a_feed(world: World, api: Api) -> None:
    ann = await world.user()
    assert check(await feed_of(world, api, ann)) == []


async def test_who_is_no_artist_has_no_feed(world: World, api: Api) -> None:
    reader = api.as_(await world.user())
    await reader.artist.GetArtistFeed(file="999999999999.xml").fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
    for wrong in ("0.xml", "1", "1.rss", "../1.xml", "1.xml\n"):
        await reader.artist.GetArtistFeed(file=wrong).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
