"""Somebody's feed: what those wrote in the last week whom they follow, then everything else, each newest first."""

from datetime import timedelta
from typing import Final

from cnt_grpc.community.queries.feed import Phase, feed_page
from cnt_grpc.community.rules import files
from cnt_grpc.community.rules.posts import Posts
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.paging import Page, SortValue
from cnt_grpc.kit.rpc.call import Caller

RECENT: Final = timedelta(days=7)
"""For so long a post comes before everything else for those who follow its author."""


async def feed(tx: Tx, caller: Caller, page: Page) -> tuple[Posts, str]:
    """A page of the caller's feed, and the token of the next page.

    The token holds the phase, and since when posts count as recent: what is recent on the first page is so on all.
    """
    since: SortValue = clock.now() - RECENT
    begins: Phase | None = None
    place: dict[str, SortValue] = {}
    if page.after is not None:
        since, phase, *place_after = page.after
        begins = Phase(int(phase))  # type: ignore[arg-type]  # it was written below
        place = dict(zip(("after_0", "after_1"), place_after, strict=True))
    found = await tx.all(feed_page(begins, page.limit), caller_id=caller.user_id, since=since, **place)
    rows, next_page_token = page.cut(found, key=lambda row: (since, row["phase"], row["published_at"], row["id"]))
    return Posts(rows, files.with_rows(rows)), next_page_token
