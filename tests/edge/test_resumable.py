"""Uploads in several goes with nothing but HTTP: what a browser or curl does."""

import hashlib
from pathlib import Path

from tests.edge.edges import Edge
from tests.edge.test_system import signed_up
from tests.media import makers


async def test_pieces_by_curl(gate: Edge, tmp_path: Path) -> None:
    ann = await signed_up(gate)
    data = makers.tone(tmp_path / "a.mp3", 5).read_bytes()
    declared = {"purpose": "MEDIA_PURPOSE_AUDIO", "content_type": "audio/mpeg", "size": len(data)}
    made = await ann.ask("POST", "/uploads", json=declared | {"sha256": hashlib.sha256(data).hexdigest()})
    path = f"/uploads/{made.json['upload']['upload_id']}"
    headers = {"content-type": "application/octet-stream"}
    half = len(data) // 2
    first = await ann.ask("PUT", f"{path}?offset=0", data=data[:half], headers=headers)
    assert int(first.json["received"]) == half
    assert int((await ann.ask("GET", path)).json["upload"]["received"]) == half
    await ann.ask("PUT", f"{path}?offset={half}", data=data[half:], headers=headers)
    media = (await ann.ask("POST", f"{path}:complete", json={})).json["media"]
    assert (media["state"], media["sha256"]) == ("MEDIA_STATE_READY", hashlib.sha256(data).hexdigest())
    duration = await ann.ask("GET", f"/upload/media/duration?path={media['file_path']}")
    assert duration.json["duration"] == 5
    await ann.ask("DELETE", path)
    assert len((await ann.ask("GET", "/upload/thumbnail/defaults")).json["thumbnails"]) == 12
