"""Feeds of podcasts: RSS 2.0 with the tags of itunes and podcast, as the programs that read podcasts expect it."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row

ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST: Final = "https://podcastindex.org/namespace/1.0"
ATOM: Final = "http://www.w3.org/2005/Atom"
for _prefix, _uri in (("itunes", ITUNES), ("podcast", PODCAST), ("atom", ATOM)):
    ET.register_namespace(_prefix, _uri)

_FEEDS: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace that podcastindex.org names for podcast:guid."""
_PICTURE: Final = "images/thumbnails/default/1.jpg"
"""Of artists without one: programs want a picture."""
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where people find us."""

    backend: str
    """The address of this server, without a slash at the end."""
    frontend: str
    """The address of the web pages, likewise."""


def feed(artist: Row, podcasts: Iterable[Row], urls: media.Urls, site: Site) -> bytes:
    """The feed of an artist's podcasts, in UTF-8."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    name = artist["artist_name"]
    address = f"{site.backend}/feeds/artists/{artist['id']}.xml"
    picture = urls.public(artist["cover_key"] or artist["avatar_key"] or _PICTURE)
    _add(channel, "title", name)
    _add(channel, "link", f"{site.frontend}/artists/{artist['id']}")
    _add(channel, "description", artist["bio"] or f"Podcasts by {name}")
    _add(channel, "language", "en")
    _add(channel, "lastBuildDate", format_datetime(clock.now(), usegmt=True))
    _add(channel, f"{{{ATOM}}}link", href=address, rel="self", type="application/rss+xml")
    _add(channel, f"{{{ITUNES}}}author", name)
    _add(channel, f"{{{ITUNES}}}image", href=picture)
    _add(channel, f"{{{ITUNES}}}explicit", "false")
    _add(channel, f"{{{ITUNES}}}type", "episodic")
    topic = _add(channel, f"{{{ITUNES}}}category", text="Religion & Spirituality")
    _add(topic, f"{{{ITUNES}}}category", text="Christianity")
    # Of the address without its scheme, as podcastindex.org wants it.
    _add(channel, f"{{{PODCAST}}}guid", str(uuid.uuid5(_FEEDS, address.partition("://")[2].rstrip("/"))))
    _add(channel, f"{{{PODCAST}}}locked", "no")
    _add(channel, f"{{{PODCAST}}}medium", "podcast")
    for row in podcasts:
        _item(channel, row, urls, site)
    text: bytes = ET.tostring(rss, encoding="UTF-8", xml_declaration=True)
    return text


def _item(channel: ET.Element, row: Row, urls: media.Urls, site: Site) -> None:
    item = ET.SubElement(channel, "item")
    _add(item, "title", row["title"])
    _add(item, "description", row["description"] or row["title"])
    _add(item, "link", f"{site.frontend}/podcasts/{row['id']}")
    # No address: programs know an episode by it for ever, whatever our addresses become.
    _add(item, "guid", f"cnt-podcast-{row['id']}", isPermaLink="false")
    _add(item, "pubDate", format_datetime(row["published_at"], usegmt=True))
    _add(
        item,
        "enclosure",
        url=urls.public(row["media_key"]),
        length=str(row["media_size"]),
        type=row["media_type"],
    )
    _add(item, f"{{{ITUNES}}}duration", str((row["duration_ms"] + 500) // 1000))
    _add(item, f"{{{ITUNES}}}explicit", "false")
    _add(item, f"{{{ITUNES}}}episodeType", "full")
    if row["picture_key"]:
        _add(item, f"{{{ITUNES}}}image", href=urls.public(row["picture_key"]))
    for tag in ("season", "episode"):
        if row[tag]:
            _add(item, f"{{{ITUNES}}}{tag}", str(row[tag]))
            _add(item, f"{{{PODCAST}}}{tag}", str(row[tag]))


def _add(parent: ET.Element, tag: str, content: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    if content:
        element.text = _NO_XML.sub("", content)
    return element
