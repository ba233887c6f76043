"""What may be done with items of any kind, and what follows from it: publish, show, change, delete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnt_grpc import moderation
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries import changes
from cnt_grpc.content.queries import items as queries
from cnt_grpc.content.rules import artists, files, finding
from cnt_grpc.content.rules.files import Blank, Cover, File
from cnt_grpc.content.rules.standing import STANDINGS, next_status
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status, is_trusted
from cnt_grpc.pb.cnt.content.v1.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What someone wants an item to be. None keeps what is there."""

    title: str | None = None
    description: str | None = None
    category_id: int | None = None
    """0 for none."""
    source: File | Blank | None = None
    """Blank takes the file away, from kinds that may be without one."""
    cover: Cover | None = None
    status: Status | None = None
    """Heard only from those who are trusted, as is `featured`."""
    featured: bool | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """Columns that only this kind has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which items a list shows, and in which order."""

    category_id: int = 0
    """0 for all, as with `creator_id`."""
    but_animated: bool = False
    """Leave out the category Animated Bible Stories."""
    creator_id: int = 0
    featured: bool = False
    """Only what moderators put forward."""
    media_kind: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    """Columns that only this kind has, and what they shall hold, whatever its case."""
    but_id: int = 0
    """Leave out this item; 0 leaves out none."""
    status: Status | None = None
    order: queries.Order = queries.Order.NEWEST

    @property
    def key(self) -> tuple[object, ...]:
        """All that decides which rows the list has: what a page token is bound to."""
        words = tuple(sorted(self.words.items()))
        place = (self.category_id, self.but_animated, self.creator_id, self.but_id, self.media_kind)
        return *place, self.featured, words, self.status, self.order.value

    @property
    def narrowed(self) -> queries.Narrowed:
        """The shape of the statement that finds the list."""
        return queries.Narrowed(
            category=self.category_id != 0,
            but_animated=self.but_animated,
            creator=self.creator_id != 0,
            featured=self.featured,
            media_kind=self.media_kind,
            words=tuple(sorted(self.words)),
            but_one=self.but_id != 0,
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What that statement takes beside what the gate and the page take."""
        ids = {"category_id": self.category_id, "creator_id": self.creator_id, "but_id": self.but_id}
        return {**{name: value for name, value in ids.items() if value}, **self.words}


async def create(tx: Tx, caller: Caller, kind: ItemKind, wanted: Changes) -> Row:
    """Publish an item. It waits for a moderator, unless the caller is trusted."""
    now = clock.now()
    status = (wanted.status or Status.APPROVED) if is_trusted(caller) else Status.PENDING
    source = await files.source(tx, caller, wanted.source, kind)
    cover = await files.cover(tx, caller, wanted.cover or Blank(), source["media_id"])
    item_id: int = await tx.value(
        changes.insert_item(kind),
        title=wanted.title,
        description=wanted.description,
        category_id=wanted.category_id or None,
        creator_id=caller.user_id,
        featured=is_trusted(caller) and bool(wanted.featured),
        status=status,
        created_at=now,
        updated_at=now,
        approved_at=now if status is Status.APPROVED else None,
        **source,
        **cover,
        **wanted.details,
    )
    await files.use(tx, item_id, source | cover)
    await artists.make(tx, caller.user_id)
    if status is Status.APPROVED:
        await files.publish(tx, item_id, source | cover)
        await artists.published(tx, caller.user_id, item_id, plays=0, first=True)
        await finding.index_item(tx, kind, item_id)
    await moderation.moved(tx, kind.name, item_id, author_id=caller.user_id, was=None, now=status)
    return await shown(tx, caller, kind, item_id)


async def shown(tx: Tx, caller: Caller, kind: ItemKind, item_id: int) -> Row:
    """One item with its details, as the caller may see it. Raises NotFound."""
    gate = Gate.of(caller)
    row = await tx.one(queries.visible_item(kind, gate), item_id=item_id, **gate.parameters(caller))
    if row is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    return row


async def listed(tx: Tx, caller: Caller, kind: ItemKind | None, wanted: Filter, page: Page) -> tuple[list[Row], str]:
    """A page of items of a kind (None: of all) that the caller may see, and the token of the next page."""
    gate = Gate.of(caller)
    mine = wanted.creator_id != 0 and wanted.creator_id == caller.user_id
    status = wanted.status or (None if mine else Status.APPROVED)
    found = await tx.all(
        queries.items_page(
            kind, gate, status, wanted.order, page.limit, narrowed=wanted.narrowed, after=not page.is_first
        ),
        **gate.parameters(caller),
        **wanted.parameters,
        **page.params,
    )
    return page.cut(found, key=lambda row: (row[wanted.order.value], row["id"]))


async def update(tx: Tx, caller: Caller, kind: ItemKind, item_id: int, wanted: Changes) -> Row:
    """Change an item of one's own, or as an administrator anyone's. Raises NotFound."""
    old = await own(tx, caller, kind, item_id)
    new = await _columns(tx, caller, kind, wanted, old)
    if not is_trusted(caller):
        new.pop("featured", None)
    changed = {name: value for name, value in new.items() if value != old[name]}
    now = next_status(kind, old, caller, wanted.status, changed)
    if changed:
        kept = {name: old[name] for name in changes.changeable(kind)}
        await tx.run(changes.update_item(kind), item_id=item_id, **{**kept, **changed, "updated_at": clock.now()})
        await files.replace(tx, item_id, changed)
        if now is Status.APPROVED:
            await files.publish(tx, item_id, changed)
            await finding.index_item(tx, kind, item_id)
    anothers = old["creator_id"] != caller.user_id
    if anothers:
        before = moderation.without_words({name: old[name] for name in changed}) | {"status": old["status"]}
        after = moderation.without_words(changed) | {"status": now}
        _write_down(tx, caller, "update", kind, item_id, before=before, after=after)
    if now != old["status"]:
        decided = anothers and now in {Status.APPROVED, Status.ARCHIVED}
        await STANDINGS[kind].move(tx, item_id, was=Status(old["status"]), now=now, by_moderator=decided)
    return await shown(tx, caller, kind, item_id)


async def delete(tx: Tx, caller: Caller, kind: ItemKind, item_id: int) -> None:
    """Delete an item of one's own, or as an administrator anyone's. Raises NotFound."""
    old = await own(tx, caller, kind, item_id)
    await remove(tx, kind, old)
    if old["creator_id"] != caller.user_id:
        before = {"creator_id": old["creator_id"], "status": old["status"]}
        _write_down(tx, caller, "delete", kind, item_id, before=before, after={})


async def remove(tx: Tx, kind: ItemKind, item: Row) -> None:
    """Delete a locked item, with all that follows, whoever asks for it."""
    item_id, was = item["id"], Status(item["status"])
    await tx.run(changes.delete_item(), item_id=item_id)
    await files.release(tx, item_id)
    if was is Status.APPROVED:
        await artists.withdrawn(tx, item["creator_id"], plays=item["plays_count"])
        await finding.index_item(tx, kind, item_id)
    await moderation.moved(tx, kind.name, item_id, author_id=item["creator_id"], was=was, now=None)


async def own(tx: Tx, caller: Caller, kind: ItemKind, item_id: int) -> Row:
    """The item, locked, behind the door to what the caller may change: their own, and for administrators everyone's."""
    mine = {} if caller.is_admin else {"caller_id": caller.user_id}
    row = await tx.one(queries.own_item(kind, anyones=caller.is_admin), item_id=item_id, **mine)
    if row is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    return row


async def _columns(tx: Tx, caller: Caller, kind: ItemKind, wanted: Changes, old: Row) -> dict[str, Any]:
    """What is wanted, as columns and their values; what is kept is left out."""
    plain = {"title": wanted.title, "description": wanted.description, "featured": wanted.featured}
    columns: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    columns.update(wanted.details)
    if wanted.category_id is not None:
        columns["category_id"] = wanted.category_id or None
    if wanted.source is not None:
        columns.update(await files.source(tx, caller, wanted.source, kind))
    if wanted.cover is not None:
        media_id = columns.get("media_id", old["media_id"])
        columns.update(await files.cover(tx, caller, wanted.cover, media_id))
    return columns


def _write_down(
    tx: Tx,
    caller: Caller,
    action: str,
    kind: ItemKind,
    item_id: int,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """Audit what an administrator does to the item of another."""
    act = moderation.Act(
        actor_id=caller.user_id,
        action=action,
        target_kind=kind.name,
        target_id=item_id,
        before=before,
        after=after,
    )
    moderation.record(tx, act)
