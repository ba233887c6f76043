"""What moderators and administrators ask: what waits, everything, reports, the audit, people and the dashboard."""

from collections.abc import Iterator, Mapping

from bench.scale.asked import LIMIT, Hot
from bench.scale.data import Size
from cnt_grpc import moderation
from cnt_grpc.admin.queries import dashboard
from cnt_grpc.admin.queries import users as people
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.auth import Role
from cnt_grpc.community.rules.standing import STANDING as POSTS
from cnt_grpc.content.kinds import DOCUMENT, PODCAST
from cnt_grpc.content.rules.standing import STANDINGS
from cnt_grpc.kit.db import Statement
from cnt_grpc.moderation import Status
from cnt_grpc.moderation.queries import audit, cases, reports, things
from cnt_grpc.moderation.status import ReportStatus


def questions(size: Size) -> Iterator[Hot]:
    """All of these, of a filled database."""
    yield from _people()
    yield from _dashboard()
    yield from _everything(size)
    yield from _waiting()
    yield from _reports(size)
    yield from _audit(size)


def _everything(size: Size) -> Iterator[Hot]:
    """A page of each of these kinds is asked for when moderators look at everything."""
    author = {"author_id": size.people // 2}
    for standing in (STANDINGS[PODCAST], STANDINGS[DOCUMENT], POSTS):
        kind, of = standing.kind, standing.things
        yield Hot(f"every {kind}", things.things_page(of, None, LIMIT, author=False, after=False), {}, promised=True)
        waits = things.things_page(of, Status.PENDING, LIMIT, author=False, after=False)
        yield Hot(f"every {kind} that waits", waits, {}, promised=True)
        yield Hot(f"every {kind} of a person", things.things_page(of, None, LIMIT, author=True, after=False), author)


def _waiting() -> Iterator[Hot]:
    """What waits, and what it is."""
    yield Hot("what waits", cases.open_cases(LIMIT, of_one=False, after=False), {}, promised=True)
    yield Hot("what waits of a person", cases.open_cases(LIMIT, of_one=True, after=False), {"author_id": 78})
    shown = things.things_to_show(STANDINGS[PODCAST].things)
    yield Hot("what it is", shown, {"ids": [7 * n for n in range(1, LIMIT)]}, promised=True)


def _reports(size: Size) -> Iterator[Hot]:
    someone = {"caller_id": size.people // 2}
    yield _reports_page("reports", ReportStatus.OPEN, someone)
    yield _reports_page("reports of posts", ReportStatus.OPEN, {**someone, "kind": "community_post"})
    yield _reports_page("reports of a person", ReportStatus.OPEN, {**someone, "author_id": 78})
    yield _reports_page("decided reports", ReportStatus.UPHELD, someone)
    # 50 among all, and the oldest of them.
    yield _reports_page("decided reports of a rare kind", ReportStatus.UPHELD, {**someone, "kind": "event"})
    yield _reports_page("decided reports of a person", ReportStatus.UPHELD, {**someone, "author_id": 78})


def _reports_page(name: str, status: ReportStatus, values: Mapping[str, object]) -> Hot:
    kind, author = "kind" in values, "author_id" in values
    # How much somebody was reported is theirs; it does not follow from the size of the platform.
    stmt = reports.reports_page(status, LIMIT, kind=kind, author=author, after=False)
    return Hot(name, stmt, values, promised=not author)


def _audit(size: Size) -> Iterator[Hot]:
    yield _acts("audit", {})
    yield _acts("audit of a moderator", {"actor_id": 7})
    yield _acts("audit of an action", {"action": "approve"})
    # Of these three there are 50, the first of all.
    yield _acts("audit of a rare actor", {"actor_id": 1})
    yield _acts("audit of a rare action", {"action": "create"})
    yield _acts("audit of a rare kind", {"target_kind": "category"})
    yield _acts("audit of a rare action on a kind", {"action": "create", "target_kind": "category"})
    yield _acts("audit of a moderator's actions", {"actor_id": 7, "action": "approve", "target_kind": "podcast"})
    target = size.items // 14 * 7
    yield _acts(
        "audit of a thing", {"target_kind": "podcast" if target % 3 == 0 else "community_post", "target_id": target}
    )


def _acts(name: str, values: Mapping[str, object]) -> Hot:
    words = {"actor": "actor_id", "action": "action", "kind": "target_kind", "target": "target_id"}
    asked = {word: column in values for word, column in words.items()}
    return Hot(name, audit.acts(LIMIT, **asked, after=False), values, promised=True)


def _people() -> Iterator[Hot]:
    """What administrators ask of all people."""
    searched = {"low": "person77@", "high": "person77@\U0010ffff", "number": 0}
    yield Hot("people: a search", _people_page(search=True), searched)
    yield Hot("people: banned", _people_page(banned=True), {}, promised=True)
    yield Hot("people: administrators", _people_page(role=Role.ADMIN), {}, promised=True)
    yield Hot("people: creators", _people_page(role=Role.CREATOR), {}, promised=True)


def _people_page(*, search: bool = False, banned: bool | None = None, role: Role | None = None) -> Statement:
    return people.users(LIMIT, after=False, search=search, role=role, banned=banned)


def _dashboard() -> Iterator[Hot]:
    """Everything that is asked when an administrator looks at the dashboard."""
    yield Hot("dashboard: pending", moderation.pending(), {}, promised=True)
    yield Hot("dashboard: totals", dashboard.totals(), {}, promised=True)
    for each in FIGURES:
        if each.exact:
            yield Hot(f"dashboard: {each.name}", each.statement(), {}, promised=True)
