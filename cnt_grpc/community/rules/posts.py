"""What may be done with posts, and what follows from it: write, show, change, delete, put into the carousel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnt_grpc import moderation
from cnt_grpc.community.queries import changes
from cnt_grpc.community.queries import posts as queries
from cnt_grpc.community.rules import files, finding, quoting, watching
from cnt_grpc.community.rules.files import Files
from cnt_grpc.community.rules.standing import KIND, STANDING
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.pb.cnt.community.v1.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What someone wants a post to be. None keeps what is there."""

    title: str | None = None
    content: str | None = None
    category: str | None = None
    post_type: str | None = None
    """Of a new post; None: whatever follows from its files."""
    media_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which posts a list shows."""

    category: str | None = None
    post_type: str | None = None
    carousel: bool = False
    author_id: int = 0
    """0 for everyone's."""

    @property
    def key(self) -> tuple[object, ...]:
        """All that decides which rows the list has: what a page token is bound to."""
        return self.category, self.post_type, self.carousel, self.author_id

    @property
    def narrowed(self) -> queries.Narrowed:
        """The shape of the statement that finds the list."""
        return queries.Narrowed(
            category=self.category is not None,
            post_type=self.post_type is not None,
            carousel=self.carousel,
            author=self.author_id != 0,
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What that statement takes beside what the gate and the page take."""
        given = {"category": self.category, "post_type": self.post_type, "author_id": self.author_id}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts with their files."""

    rows: Sequence[Row]
    files: Files


async def create(tx: Tx, caller: Caller, wanted: Changes) -> Posts:
    """Write a post. It waits for a moderator, unless the caller is trusted."""
    now = clock.now()
    status = Status.APPROVED if moderation.is_trusted(caller) else Status.PENDING
    pictures = await files.claim(tx, caller, wanted.media_ids or ())
    post_type = _type(pictures)
    _check(wanted.post_type or post_type, post_type, wanted.content or "")
    post_id: int = await tx.value(
        changes.insert_post(),
        title=wanted.title,
        content=wanted.content,
        category=wanted.category,
        post_type=post_type,
        image_key=_image_key(pictures),
        author_id=caller.user_id,
        status=status,
        created_at=now,
        approved_at=now if status is Status.APPROVED else None,
    )
    await files.keep(tx, post_id, pictures)
    await quoting.renew(tx, post_id, post_type)
    if status is Status.APPROVED:
        await files.publish(tx, post_id)
        await finding.put(tx, post_id)
    await moderation.moved(tx, KIND, post_id, author_id=caller.user_id, was=None, now=status)
    return await shown(tx, caller, post_id)


async def shown(tx: Tx, caller: Caller, post_id: int) -> Posts:
    """One post with its files, as the caller may see it. Raises NotFound."""
    gate = Gate.of(caller)
    row = await tx.one(queries.visible_post(gate), post_id=post_id, **gate.of_viewer(caller))
    if row is None:
        raise NotFound(Reason.POST_NOT_FOUND)
    return Posts([row], await files.of(tx, [row]))


async def listed(tx: Tx, caller: Caller, wanted: Filter, page: Page) -> tuple[Posts, str]:
    """A page of posts that the caller may see, and the token of the next page."""
    gate = Gate.of(caller)
    mine = wanted.author_id != 0 and wanted.author_id == caller.user_id
    status = None if mine else Status.APPROVED
    found = await tx.all(
        queries.posts_page(gate, status, wanted.narrowed, page.limit, after=not page.is_first),
        **gate.of_viewer(caller),
        **wanted.parameters,
        **page.params,
    )
    rows, next_page_token = page.cut(found, key=lambda row: (row["published_at"], row["id"]))
    return Posts(rows, files.with_rows(rows)), next_page_token


async def seen_by(tx: Tx, caller: Caller, post_ids: Sequence[int]) -> Mapping[int, Row]:
    """What is one person's own, or new by now, of posts that everyone sees; those that this person does not see are
    missing.
    """
    found = await tx.all(queries.seen_by(), post_ids=post_ids, caller_id=caller.user_id)
    return {row["id"]: row for row in found}


async def update(tx: Tx, caller: Caller, post_id: int, wanted: Changes) -> Posts:
    """Change a post of one's own, or as an administrator anyone's. Raises NotFound."""
    old = await own(tx, caller, post_id)
    new: dict[str, Any] = {"title": wanted.title, "content": wanted.content, "category": wanted.category}
    changed = {name: value for name, value in new.items() if value is not None and value != old[name]}
    had = (await files.of(tx, [old])).get(post_id, ())
    replaced = wanted.media_ids is not None and list(wanted.media_ids) != [row["id"] for row in had]
    if replaced:
        pictures = await files.claim(tx, caller, wanted.media_ids or (), had)
        changed |= {"post_type": _type(pictures), "image_key": _image_key(pictures)}
    if changed:
        kept = {name: old[name] for name in changes.CHANGEABLE} | changed
        if kept["post_type"] == "text":
            kept["image_key"] = None  # it shows the words that were there
        _check(kept["post_type"], kept["post_type"], kept["content"])
        await tx.run(changes.update_post(), post_id=post_id, edited_at=clock.now(), **kept)
        watching.wake(tx, post_id)
        await quoting.renew(tx, post_id, kept["post_type"])
    now = STANDING.next_status(old, caller, changed.keys() | ({"files"} if replaced else set()))
    if replaced:
        await files.replace(tx, post_id, pictures)
        if now is Status.APPROVED:
            await files.publish(tx, post_id)
    if old["author_id"] != caller.user_id and changed:
        before = moderation.without_words({name: old[name] for name in changed})
        _write_down(tx, caller, "update", post_id, before=before, after=moderation.without_words(changed))
    if changed and now is Status.APPROVED:
        await finding.put(tx, post_id)
    if now != old["status"]:
        await STANDING.move(tx, post_id, was=Status(old["status"]), now=now, by_moderator=False)
    return await shown(tx, caller, post_id)


async def delete(tx: Tx, caller: Caller, post_id: int) -> None:
    """Delete a post of one's own, or as an administrator anyone's. Raises NotFound."""
    old = await own(tx, caller, post_id)
    await remove(tx, old)
    if old["author_id"] != caller.user_id:
        before = {"author_id": old["author_id"], "status": old["status"]}
        _write_down(tx, caller, "delete", post_id, before=before, after={})


async def remove(tx: Tx, post: Row) -> None:
    """Delete a locked post, with all that hangs on it."""
    await tx.run(changes.delete_post(), post_id=post["id"])
    watching.wake(tx, post["id"])
    await files.release(tx, post["id"])
    await finding.remove(tx, post["id"])
    await quoting.release(tx, post["id"])
    await moderation.moved(tx, KIND, post["id"], author_id=post["author_id"], was=Status(post["status"]), now=None)


async def set_carousel(tx: Tx, caller: Caller, post_id: int, *, show: bool) -> Posts:
    """Put a post into the carousel, or take it out; for administrators, and audited. Raises NotFound."""
    old = await own(tx, caller, post_id)
    if old["show_in_carousel"] != show:
        await tx.run(changes.set_carousel(), post_id=post_id, show=show)
        watching.wake(tx, post_id)
        state = {"show_in_carousel": show}
        _write_down(tx, caller, "carousel", post_id, before={"show_in_carousel": not show}, after=state)
    return await shown(tx, caller, post_id)


async def own(tx: Tx, caller: Caller, post_id: int) -> Row:
    """The post, locked, behind the door to what the caller may change: their own, and for administrators everyone's."""
    mine = {} if caller.is_admin else {"caller_id": caller.user_id}
    row = await tx.one(queries.own_post(anyones=caller.is_admin), post_id=post_id, **mine)
    if row is None:
        raise NotFound(Reason.POST_NOT_FOUND)
    return row


def _type(pictures: Sequence[Row]) -> str:
    return "image" if pictures else "text"


def _image_key(pictures: Sequence[Row]) -> str | None:
    """What stands for the post in lists: the first picture itself, of a video its still."""
    if not pictures:
        return None
    first = pictures[0]
    key: str | None = first["key"] if first["kind"] == "image" else first["thumbnail_key"]
    return key


def _check(asked: str, post_type: str, content: str) -> None:
    """Raise Invalid for a post that holds not what its type needs."""
    if asked != post_type:
        needs = "has no files" if asked == "text" else "needs a file"
        raise Invalid(Reason.POST_FILES_UNSUITABLE, f"a post of the type {asked} {needs}")
    if post_type == "text" and not content.strip():
        raise Invalid(Reason.POST_FILES_UNSUITABLE, "a post without files needs words")


def _write_down(
    tx: Tx, caller: Caller, action: str, post_id: int, *, before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    """Audit what an administrator does to a post."""
    act = moderation.Act(
        actor_id=caller.user_id, action=action, target_kind=KIND, target_id=post_id, before=before, after=after
    )
    moderation.record(tx, act)
