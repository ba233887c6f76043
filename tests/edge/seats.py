"""Where people of a story sit: in a browser, at a client of the JSON API, or at one of gRPC; all before one Envoy."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Protocol

from google.protobuf.json_format import MessageToDict

from tests.edge.chromium import Page
from tests.edge.edges import Edge
from tests.harness.api import Api
from tests.harness.world import Person

KIND = "community_post"
PATIENCE = 20.0
"""Seconds that a stream may take to begin."""


class Seen(Protocol):
    """What an open stream has shown so far."""

    async def changes(self) -> list[dict[str, Any]]:
        """Of posts: which one, likes, comments, and whether it is approved where that changed."""
        ...

    async def notices(self) -> list[tuple[int, str]]:
        """Number and title of each notification."""
        ...

    async def stop(self) -> None:
        """Close it."""
        ...


class Seat(Protocol):
    """Where one person sits."""

    async def post(self, content: str) -> str: ...
    async def approve(self, post_id: str) -> None: ...
    async def like(self, post_id: str) -> None: ...
    async def like_comment(self, comment_id: str) -> None: ...
    async def comment(self, post_id: str, content: str, parent_id: str = "0") -> str: ...
    async def unread(self) -> int: ...
    async def watch_post(self, post_id: str) -> Seen:
        """One post, or several with commas between."""
        ...

    async def watch_notices(self, after_seq: int) -> Seen: ...


class InBrowser:
    """A page, over gRPC-Web."""

    def __init__(self, page: Page, front: Edge, who: Person) -> None:
        self._page = page
        self._given = (front.url, who.token)

    async def _call(self, function: str, *arguments: object) -> Any:
        return await self._page.call(function, *self._given, *arguments)

    async def post(self, content: str) -> str:
        return str(await self._call("post", content))

    async def approve(self, post_id: str) -> None:
        await self._call("approve", post_id)

    async def like(self, post_id: str) -> None:
        await self._call("like", post_id)

    async def like_comment(self, comment_id: str) -> None:
        await self._call("likeComment", comment_id)

    async def comment(self, post_id: str, content: str, parent_id: str = "0") -> str:
        return str(await self._call("comment", post_id, content, parent_id))

    async def unread(self) -> int:
        return int(await self._call("unread"))

    async def watch_post(self, post_id: str) -> Seen:
        return OnPage(self._page, await self._call("watchPost", post_id))

    async def watch_notices(self, after_seq: int) -> Seen:
        return OnPage(self._page, await self._call("watchNotices", str(after_seq)))


class OnPage:
    """A stream that a page has open."""

    def __init__(self, page: Page, number: int) -> None:
        self._page = page
        self._number = number

    async def changes(self) -> list[dict[str, Any]]:
        return list((await self._page.call("seen", self._number))["changes"])

    async def notices(self) -> list[tuple[int, str]]:
        found = (await self._page.call("seen", self._number))["notices"]
        return [(each["seq"], each["title"]) for each in found]

    async def stop(self) -> None:
        await self._page.call("stop", self._number)


class ByJson:
    """A client of the JSON API; streams come as lines."""

    def __init__(self, front: Edge, who: Person) -> None:
        self._front = front
        self._headers = {"authorization": f"Bearer {who.token}"}

    async def _ask(self, verb: str, path: str, **body: object) -> Any:
        given: dict[str, Any] = {} if verb == "GET" else {"data": json.dumps(body).encode()}
        answer = await self._front.ask(verb, f"/api/v1{path}", headers=self._headers, **given)
        assert answer.status == 200, answer
        return answer.json

    async def post(self, content: str) -> str:
        return str((await self._ask("POST", "/community/posts", content=content))["post"]["post_id"])

    async def approve(self, post_id: str) -> None:
        await self._ask("POST", f"/admin/approve/{KIND}/{post_id}")

    async def like(self, post_id: str) -> None:
        assert (await self._ask("POST", f"/community/posts/{post_id}/like"))["liked"]

    async def like_comment(self, comment_id: str) -> None:
        assert (await self._ask("POST", f"/community/comments/{comment_id}/like"))["liked"]

    async def comment(self, post_id: str, content: str, parent_id: str = "0") -> str:
        said = await self._ask("POST", f"/community/posts/{post_id}/comments", content=content, parent_id=parent_id)
        return str(said["comment"]["comment_id"])

    async def unread(self) -> int:
        return int((await self._ask("GET", "/notifications/unread-count"))["unread_count"])

    async def watch_post(self, post_id: str) -> Seen:
        asked = "&".join(f"post_ids={each}" for each in post_id.split(","))
        return await self._watch(f"/community/posts/stream?{asked}")

    async def watch_notices(self, after_seq: int) -> Seen:
        return await self._watch(f"/notifications/stream?after_seq={after_seq}")

    async def _watch(self, path: str) -> Seen:
        async def lines() -> AsyncIterator[dict[str, Any]]:
            async with self._front.http.get(f"{self._front.url}/api/v1{path}", headers=self._headers) as answer:
                assert answer.status == 200
                async for line in answer.content:
                    yield json.loads(line)

        return await Following.of(lines())


class ByGrpc:
    """A client of gRPC."""

    def __init__(self, front: Edge, who: Person) -> None:
        self._api = Api(front.channel).as_(who)

    async def post(self, content: str) -> str:
        return str((await self._api.community.CreatePost(content=content)).post.post_id)

    async def approve(self, post_id: str) -> None:
        await self._api.moderation.ApproveContent(content_type=KIND, content_id=int(post_id))

    async def like(self, post_id: str) -> None:
        await self._api.community.ToggleLike(post_id=int(post_id))

    async def like_comment(self, comment_id: str) -> None:
        await self._api.community.ToggleCommentLike(comment_id=int(comment_id))

    async def comment(self, post_id: str, content: str, parent_id: str = "0") -> str:
        create = self._api.community.CreateComment
        said = await create(post_id=int(post_id), content=content, parent_id=int(parent_id))
        return str(said.comment.comment_id)

    async def unread(self) -> int:
        return int((await self._api.notification.GetUnreadCount()).unread_count)

    async def watch_post(self, post_id: str) -> Seen:
        return await self._watch(self._api.community.WatchPosts(post_ids=map(int, post_id.split(",")), timeout=60))

    async def watch_notices(self, after_seq: int) -> Seen:
        return await self._watch(self._api.notification.WatchNotifications(after_seq=after_seq, timeout=60))

    async def _watch(self, call: Any) -> Seen:
        async def messages() -> AsyncIterator[dict[str, Any]]:
            async for message in call:
                kind = message.WhichOneof("event")
                yield {kind: as_json(getattr(message, kind))}

        return await Following.of(messages())


def as_json(message: Any) -> dict[str, Any]:
    """A message as the JSON API would print it, as far as the story looks at it."""
    return MessageToDict(message, preserving_proto_field_name=True)


class Following:
    """A stream that is read in the background."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def of(cls, messages: AsyncIterator[dict[str, Any]]) -> "Following":
        """Once it has told how things stand."""
        made = cls()
        made._task = asyncio.create_task(made._read(messages))
        async with asyncio.timeout(PATIENCE):
            while not any("heartbeat" in each for each in made._messages):
                assert not made._task.done(), made._task.exception()
                await asyncio.sleep(0.01)
        return made

    async def _read(self, messages: AsyncIterator[dict[str, Any]]) -> None:
        async for message in messages:
            self._messages.append(message)

    async def changes(self) -> list[dict[str, Any]]:
        told = [each["change"] for each in self._messages if "change" in each]
        return [
            {
                "post_id": str(each["post_id"]),
                "likes": int(each.get("likes_count", 0)),
                "comments": [comment["content"] for comment in each.get("comments", ())],
                "approved": each["post"].get("is_approved", False) if each.get("post") else None,
            }
            for each in told
        ]

    async def notices(self) -> list[tuple[int, str]]:
        told = [each["notification"] for each in self._messages if "notification" in each]
        return [(int(each["seq"]), each["title"]) for each in told]

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
