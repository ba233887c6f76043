"""The files of posts: up to ten pictures, or one video."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from cnt_grpc import media
from cnt_grpc.community.queries import changes
from cnt_grpc.community.queries import posts as queries
from cnt_grpc.community.rules import quoting
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import Kind
from cnt_grpc.pb.cnt.community.v1.reason import Reason

_ROOM: Final = "community"

Files = Mapping[int, Sequence[Row]]
"""Rows of queries.posts.files_of by the post that shows them; posts without files are missing."""


async def claim(tx: Tx, caller: Caller, media_ids: Sequence[int], had: Sequence[Row] = ()) -> list[Row]:
    """The files with these ids, in their order: the caller's, and whosever they are those that the post `had`.

    Raises Invalid, and what media.claim raises.
    """
    found = {row["id"]: row for row in had if row["id"] in media_ids}
    # Each claim locks its file until the end: always in the order of the ids, so that two new posts never wait in a
    # circle.
    for each in sorted(set(media_ids) - found.keys()):
        found[each] = await media.claim(tx, caller, Kind.IMAGE, Kind.VIDEO, media_id=each)
    if len(found) > 1 and any(row["kind"] == Kind.VIDEO for row in found.values()):
        raise Invalid(Reason.POST_FILES_UNSUITABLE, "a video stands alone", files="up to ten pictures, or one video")
    return [found[each] for each in media_ids]


async def keep(tx: Tx, post_id: int, files: Sequence[Row]) -> None:
    """Show these files with a post that has none."""
    for position, file in enumerate(files):
        await media.use(tx, file["id"], _ROOM, _ref(post_id))
        await tx.run(changes.insert_file(), post_id=post_id, position=position, media_id=file["id"])


async def replace(tx: Tx, post_id: int, files: Sequence[Row]) -> None:
    """Show these files with a post, and let go of those that it had."""
    await release(tx, post_id)
    await tx.run(changes.delete_files(), post_id=post_id)
    await keep(tx, post_id, files)


async def release(tx: Tx, post_id: int) -> None:
    """Let go of the files of a post; what nothing else uses goes."""
    await media.release(tx, _ROOM, _ref(post_id))


async def of(tx: Tx, posts: Sequence[Row]) -> Files:
    """The files of posts; one statement for all of them, and none where no post has any."""
    ids = [post["id"] for post in posts if post["post_type"] == "image"]
    found: defaultdict[int, list[Row]] = defaultdict(list)
    if ids:
        for row in await tx.all(queries.files_of(), post_ids=ids):
            found[row["post_id"]].append(row)
    return found


def with_rows(rows: Sequence[Row]) -> Files:
    """The files that came with rows of posts, as JSON."""
    return {row["id"]: json.loads(row["files"]) for row in rows if row["files"]}


async def publish(tx: Tx, post_id: int) -> None:
    """Show the files of an approved post to everyone."""
    for file in await tx.all(queries.files_of(), post_ids=[post_id]):
        await media.publish(tx, file["id"], _ROOM, _ref(post_id))
    await quoting.publish(tx, post_id)


async def withdraw(tx: Tx, post_id: int) -> None:
    """Show the files of a post that is no longer approved to nobody any more, but for those of others that are."""
    for file in await tx.all(queries.files_of(), post_ids=[post_id]):
        await media.withdraw(tx, file["id"], _ROOM, _ref(post_id))
    await quoting.withdraw(tx, post_id)


def _ref(post_id: int) -> str:
    return f"post:{post_id}"
