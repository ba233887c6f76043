"""Lists: page by page every item comes once, whatever happens between the pages, and a token fits one list alone."""

import base64
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from grpc import StatusCode

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.policy import Method
from tests.contract.calls import caller, send
from tests.contract.fields import descriptor_of, wrong_fields
from tests.contract.methods import EXAMPLES, METHODS, each, example_of
from tests.harness.api import Api, ApiError
from tests.harness.examples import Example, Pages
from tests.harness.world import Person, World

LISTS = [method for method in METHODS if "next_page_token" in method.response.DESCRIPTOR.fields_by_name]
WITH_PAGES = [method for method in LISTS if EXAMPLES.get(method.full_name, Example()).pages is not None]
NUMBER = 45
"""Items of a walked list: two pages and a rest for the default size, and one more than a multiple of some sizes."""
PAGING = {"page_size", "page_token"}


class List:
    """One method's list, as one person walks it."""

    def __init__(self, world: World, api: Api, method: Method, who: Person) -> None:
        self.method = method
        self.pages = pages_of(method)
        self._world = world
        self._api = api.as_(who)
        self._who = who
        self.filters: dict[str, Any] = {}

    async def fill(self, number: int) -> None:
        """Add so many items."""
        self.filters = dict(await self.pages.fill(self._world, self._who, number))

    async def page(self, size: int = 0, token: str = "", **filters: Any) -> Any:
        """One page."""
        request = self.method.request(**self.filters | {"page_size": size, "page_token": token} | filters)
        [reply] = await send(self._api, self.method, [request])
        return self.method.response.FromString(reply)

    def keys(self, reply: Any) -> list[Any]:
        """What tells the items of a page from others."""
        return [getattr(item, self.pages.key) for item in getattr(reply, self.pages.items)]

    async def walk(
        self, size: int, between: Callable[[], Awaitable[None]] | None = None, until: AbstractSet[Any] = frozenset()
    ) -> list[Any]:
        """The items of all pages, or of those up to the page with the last one of `until`.

        Lists of everybody's grow while tests run: in small steps nobody walks further than to the items that matter.
        """
        found: list[Any] = []
        token = ""
        while True:
            reply = await self.page(size, token)
            shown = self.keys(reply)
            found += shown
            token = reply.next_page_token
            assert len(shown) <= (size or 20)
            if not token or (until and until <= set(found)):
                return found
            assert shown, "a page in the middle is empty"
            if between is not None:
                await between()


def pages_of(method: Method) -> Pages:
    """How the method's list is filled."""
    pages = example_of(method).pages
    if pages is None:
        pytest.fail(f"{method.full_name} gives pages: its example needs `pages`")
    return pages


class Lists:
    """Lists with NUMBER items of one sort value each, filled once and shared: tests may add to them."""

    def __init__(self, world: World, api: Api) -> None:
        self._world = world
        self._api = api
        self._made: dict[str, tuple[List, set[Any]]] = {}

    async def of(self, method: Method) -> tuple[List, set[Any]]:
        """The method's list, and the keys of its items; what else it shows may be everyone's."""
        if method.full_name not in self._made:
            made = List(self._world, self._api, method, await caller(self._world, method))
            await made.fill(0)
            before = Counter(await made.walk(100))
            await made.fill(NUMBER)
            self._made[method.full_name] = made, set((Counter(await made.walk(100)) - before).elements())
        return self._made[method.full_name]


@pytest.fixture(scope="module")
def lists(world: World, client: Api) -> Lists:
    """Filled lists."""
    return Lists(world, client)


@each(LISTS)
@pytest.mark.parametrize("size", [0, 1, 7, 20, 100])
async def test_every_item_comes_once(lists: Lists, method: Method, size: int) -> None:
    made, items = await lists.of(method)
    assert len(items) == NUMBER
    found = Counter(await made.walk(size, until=items if size in {1, 7} else frozenset()))
    assert max(found.values()) == 1
    assert items <= found.keys()


@each(LISTS)
async def test_every_item_comes_once_while_others_are_added(lists: Lists, method: Method) -> None:
    made, items = await lists.of(method)

    async def add() -> None:
        await made.fill(1)

    found = Counter(await made.walk(7, add, until=items))
    assert max(found.values()) == 1
    assert items <= found.keys()


@each(LISTS)
async def test_sizes(lists: Lists, method: Method) -> None:
    made, _ = await lists.of(method)
    await made.fill(60)
    for size, shown in ((0, 20), (1, 1), (20, 20), (100, 100), (101, 100), (500, 100), (2**31 - 1, 100)):
        reply = await made.page(size)
        assert len(made.keys(reply)) == shown
        assert reply.next_page_token
    for size in (-1, -(2**31)):
        with pytest.raises(ApiError) as refused:
            await made.page(size)
        assert (refused.value.code, refused.value.fields) == (StatusCode.INVALID_ARGUMENT, ["page_size"])


@each(LISTS)
async def test_altered_tokens_are_refused(lists: Lists, method: Method) -> None:
    made, _ = await lists.of(method)
    token = (await made.page(7)).next_page_token
    assert len(made.keys(await made.page(7, token))) == 7
    for wrong in _altered(token):
        await _refused(made.page(7, wrong))


@each(LISTS)
async def test_a_token_of_another_method_is_refused(
    lists: Lists, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if both had the same filters, which most have not."""
    made, _ = await lists.of(method)
    others = [(await lists.of(other))[0] for other in WITH_PAGES if other is not method]
    original = Page.of.__func__  # type: ignore[attr-defined]  # a class method is a method bound to its class
    monkeypatch.setattr(
        Page, "of", classmethod(lambda cls, request, *, method, **_: original(cls, request, method=method))
    )
    assert len(made.keys(await made.page(7, (await made.page(7)).next_page_token))) == 7
    for theirs in others:
        await _refused(made.page(7, (await theirs.page(7)).next_page_token))


@each(LISTS)
async def test_a_token_for_other_filters_is_refused(lists: Lists, method: Method) -> None:
    made, _ = await lists.of(method)
    first = await made.page(7)
    for filters in _other_filters(made):
        # Unless both mean the same list: an order that is the default, say, named outright.
        if await _page_or_none(made, **filters) not in (first, None):
            await _refused(made.page(7, first.next_page_token, **filters))


async def _page_or_none(made: List, **filters: Any) -> Any:
    """The first page; None where there is no such list, because what it should belong to is not there."""
    try:
        return await made.page(7, **filters)
    except ApiError as error:
        if error.code is not StatusCode.NOT_FOUND:
            raise
        return None


async def _refused(page: Awaitable[Any]) -> None:
    with pytest.raises(ApiError) as refused:
        await page
    assert (refused.value.code, refused.value.reason) == (StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


def _altered(token: str) -> Iterator[str]:
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    # Each byte of the token: its version, its values, its signature.
    for at in range(len(raw)):
        yield base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw[:-1]).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw + b"\0").decode().rstrip("=")
    yield from ("x", "AAAA", "ÄÖÜ", "?", "0" * 1024, token + "!", "=" + token)


def _other_filters(made: List) -> Iterator[dict[str, Any]]:
    """The same filters but for one, in every way that the contract allows."""
    for field in descriptor_of(made.method.request).fields:
        if field.name in PAGING:
            continue
        same = made.filters.get(field.name, field.default_value)
        for value in _values(field):
            request = made.method.request(**made.filters | {field.name: value})
            if value != same and not wrong_fields(request):
                yield {field.name: value}


def _values(field: FieldDescriptor) -> list[Any]:
    if field.enum_type is not None:
        return [value.number for value in field.enum_type.values]
    if field.type == FieldDescriptor.TYPE_BOOL:
        return [True, False]
    if field.type == FieldDescriptor.TYPE_STRING:
        return ["", "podcast", "2026-01-01", "text"]
    return [0, 1, 2, 2**31 - 1]
