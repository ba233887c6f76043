"""How people become creators: they apply with papers that only administrators see, and an administrator decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cnt_grpc import auth, content, media, moderation, notification
from cnt_grpc.admin.queries import applications as queries
from cnt_grpc.admin.queries import users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Denied, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.admin.v1.reason import Reason

_ROOM = "admin"
_KIND = "creator_application"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of themselves."""

    stage_name: str
    about: str
    links: Sequence[str]
    paper_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Shown:
    """An application, and its papers where they may be seen."""

    row: Row
    papers: Sequence[Row] = field(default=())


async def apply(tx: Tx, caller: Caller, wish: Wish) -> Shown:
    """Ask to be a creator. Raises Precondition while one waits and for creators, and what media.claim raises."""
    me = await tx.one(users.user(), user_id=caller.user_id)
    if me is not None and auth.Role.CREATOR in me["roles"]:
        raise Precondition(Reason.CREATOR_ALREADY)
    application_id: int = await tx.value(
        queries.add(),
        user_id=caller.user_id,
        stage_name=wish.stage_name,
        about=wish.about,
        links=list(wish.links),
        now=clock.now(),
    )
    for paper in sorted(wish.paper_ids):
        await media.claim(tx, caller, media.Kind.IMAGE, media.Kind.DOCUMENT, media_id=paper, private=True)
        await media.use(tx, paper, _ROOM, _ref(application_id))
        await tx.run(queries.add_paper(), application_id=application_id, media_id=paper)
    return await own(tx, caller)


async def own(tx: Tx, caller: Caller) -> Shown:
    """The caller's newest application; raises NotFound."""
    row = await tx.one(queries.newest_of(), user_id=caller.user_id)
    if row is None:
        raise NotFound(Reason.APPLICATION_NOT_FOUND)
    return Shown(row)


async def listed(tx: Tx, status: str, page: Page) -> tuple[Sequence[Shown], str]:
    """A page of everyone's, "" for any status, and the token of the next one; for administrators."""
    form = queries.applications(page.limit, status=bool(status), after=not page.is_first)
    rows = await tx.all(form, **({"status": status} if status else {}), **page.params)
    rows, token = page.cut(rows, key=lambda row: (row["created_at"], row["id"]))
    papers = await _papers(tx, [row["id"] for row in rows])
    return [Shown(row, papers.get(row["id"], ())) for row in rows], token


async def approve(tx: Tx, caller: Caller, application_id: int) -> Shown:
    """Make the person a verified artist with the creator role, and tell them."""
    row = await _decide(tx, caller, application_id, "approved", "")
    await content.verify_artist(tx, row["user_id"], by=caller.user_id)
    notice = notification.CreatorApproved(application_id=application_id, stage_name=row["stage_name"])
    await notification.tell(tx, [row["user_id"]], notice)
    return await _one(tx, application_id)


async def reject(tx: Tx, caller: Caller, application_id: int, reason: str) -> Shown:
    """Leave the person as they are, and tell them why."""
    row = await _decide(tx, caller, application_id, "rejected", reason)
    notice = notification.CreatorRejected(application_id=application_id, stage_name=row["stage_name"], reason=reason)
    await notification.tell(tx, [row["user_id"]], notice)
    return await _one(tx, application_id)


async def _decide(tx: Tx, caller: Caller, application_id: int, status: str, reason: str) -> Row:
    row = await tx.one(queries.locked_application(), application_id=application_id)
    if row is None:
        raise NotFound(Reason.APPLICATION_NOT_FOUND)
    if row["user_id"] == caller.user_id:
        raise Denied(Reason.ACT_ON_ONESELF, "another administrator has to decide that")
    if row["status"] != "pending":
        raise Precondition(Reason.APPLICATION_DECIDED)
    await tx.run(queries.decide(), application_id=application_id, status=status, reason=reason, now=clock.now())
    # Nobody needs them any more, and what is not kept cannot leak.
    await forget_papers(tx, application_id)
    act = moderation.Act(
        caller.user_id, "decide", _KIND, application_id, {"status": "pending"}, {"status": status}, reason
    )
    moderation.record(tx, act)
    return row


async def forget_papers(tx: Tx, application_id: int) -> None:
    """Let the papers of an application go; their bytes follow soon."""
    await tx.run(queries.remove_papers(), application_id=application_id)
    await media.release(tx, _ROOM, _ref(application_id))


async def _one(tx: Tx, application_id: int) -> Shown:
    row = await tx.one(queries.application(), application_id=application_id)
    assert row is not None, "its row is locked"
    return Shown(row)


async def _papers(tx: Tx, ids: Sequence[int]) -> Mapping[int, Sequence[Row]]:
    found: dict[int, list[Row]] = {}
    for row in await tx.all(queries.papers(), ids=list(ids)):
        found.setdefault(row["application_id"], []).append(row)
    return found


def _ref(application_id: int) -> str:
    return f"application:{application_id}"
