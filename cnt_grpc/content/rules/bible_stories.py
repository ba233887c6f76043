"""Stories of the Bible for rooms above: read as the method of the contract reads them."""

from cnt_grpc.content.kinds import BIBLE_STORY
from cnt_grpc.content.rules import items
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller


async def bible_story(tx: Tx, caller: Caller, story_id: int) -> Row:
    """A story with its passage and text, as the caller may see it. Raises NotFound."""
    return await items.shown(tx, caller, BIBLE_STORY, story_id)
