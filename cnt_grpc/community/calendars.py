"""Events as calendar files (RFC 5545); pure."""

import unicodedata

import icalendar

from cnt_grpc.kit.db import Row


def calendar(event: Row) -> bytes:
    """A calendar with this one event; opened again after an edit, it replaces what was there."""
    entry = icalendar.Event()
    entry.add("uid", f"event-{event['id']}@cnt-grpc")
    entry.add("dtstamp", event["edited_at"].replace(microsecond=0))
    entry.add("sequence", event["edits"])
    entry.add("dtstart", event["starts_at"].replace(microsecond=0))
    entry.add("dtend", event["ends_at"].replace(microsecond=0))
    entry.add("summary", _plain(event["title"]))
    if event["description"]:
        entry.add("description", _plain(event["description"]))
    if event["location"]:
        entry.add("location", _plain(event["location"]))
    if event["latitude"] is not None:
        entry.add("geo", (event["latitude"], event["longitude"]))
    entry.add("status", "CONFIRMED")
    made = icalendar.Calendar()
    made.add("prodid", "-//cnt-grpc//events//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add_component(entry)
    written: bytes = made.to_ical()
    return written


def _plain(text: str) -> str:
    """Without control characters, which a calendar must not hold; new lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each == "\n" or unicodedata.category(each) not in ("Cc", "Cs"))
