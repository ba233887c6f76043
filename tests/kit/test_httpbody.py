"""Bodies as Envoy hands them over: whatever the cuts, the same bytes come out, and hostile forms are refused."""

import itertools
from collections.abc import AsyncIterator, Iterable, Sequence

import pytest
from google.api.httpbody_pb2 import HttpBody
from hypothesis import given, settings
from hypothesis import strategies as st

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import httpbody, multipart
from cnt_grpc.kit.rpc.httpbody import Body
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from cnt_grpc.pb.cnt.media.v1.media_service_pb2 import GetMediaRequest, UploadAudioRequest

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


async def opened(body: bytes, content_type: str = FORM, cuts: Sequence[int] = ()) -> tuple[UploadAudioRequest, Body]:
    """The body behind a stream of requests, cut at these places."""
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in itertools.pairwise(places)]

    async def requests() -> AsyncIterator[UploadAudioRequest]:
        for number, piece in enumerate(pieces):
            given_type = content_type if number == 0 else ""
            name = "sermon.mp3" if number == 0 else ""
            yield UploadAudioRequest(file=HttpBody(content_type=given_type, data=piece), filename=name)

    return await httpbody.receive(requests(), lambda each: each.file)


def part(disposition: str, data: bytes, *headers: str) -> bytes:
    """One part of a form, as a browser writes it."""
    head = [f"--{BOUNDARY}", f"Content-Disposition: form-data; {disposition}", *headers, "", ""]
    return "\r\n".join(head).encode() + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_raw_body_is_the_file() -> None:
    request, body = await opened(b"ID3 and so on", "audio/mpeg", cuts=[3, 7])
    file = await body.file("file")
    assert request.filename == "sermon.mp3"
    assert (body.kind, file.content_type, file.filename) == ("raw", "audio/mpeg", "")
    assert await joined(aiter(file)) == b"ID3 and so on"


@settings(deadline=None)  # a busy machine is no defect
@given(
    data=st.binary(max_size=200) | st.lists(st.sampled_from([b"\r\n", b"--", BOUNDARY.encode(), b"x"])).map(b"".join),
    cuts=st.lists(st.integers(min_value=0), max_size=40),
)
async def test_any_cut_gives_the_same_bytes(data: bytes, cuts: list[int]) -> None:
    if b"\r\n--" + BOUNDARY.encode() in b"\r\n" + data:
        return  # no client sends a boundary that its file holds
    sent = form(part('name="title"', b"Grace"), part('name="file"; filename="a.mp3"', data), part('name="note"', b"x"))
    _, body = await opened(sent, cuts=cuts)
    file = await body.file("file")
    assert file.fields == {"title": "Grace"}
    assert await joined(aiter(file)) == data
    assert file.fields == {"title": "Grace", "note": "x"}


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ('name="file"; filename="Ἰησοῦς.mp3"', "Ἰησοῦς.mp3"),
        ("name=\"file\"; filename*=UTF-8''%E2%9C%9D.mp3", "✝.mp3"),
        ('name="file"; filename="../../etc/passwd"', "passwd"),
        (r'name="file"; filename="C:\\Users\\Ann\\a.mp3"', "a.mp3"),
        ('name="file"; filename="a\x00\x1bb.mp3"', "ab.mp3"),
        ('name="file"; filename="' + "n" * 400 + '.mp3"', "n" * 251 + ".mp3"),
        ('name="file"', ""),
    ],
)
async def test_file_names_are_only_names(disposition: str, expected: str) -> None:
    _, body = await opened(form(part(disposition, b"x", "Content-Type: audio/mpeg")))
    file = await body.file("file")
    assert (file.filename, file.content_type) == (expected, "audio/mpeg")


async def test_parts_not_read_are_skipped() -> None:
    _, body = await opened(
        form(*(part(f'name="f{number}"; filename="x"', b"y" * 5000) for number in range(5))), cuts=[9000]
    )
    assert [each.name async for each in body.parts()] == ["f0", "f1", "f2", "f3", "f4"]


def hostile() -> Iterable[tuple[str, bytes, str]]:
    """What a form must not be, with the content type that announces it."""
    whole = form(part('name="file"; filename="a"', b"data"))
    yield "no boundary", whole, "multipart/form-data"
    yield "endless boundary", whole, "multipart/form-data; boundary=" + "b" * 71
    yield "other boundary", whole, "multipart/form-data; boundary=other"
    yield "breaks off in the file", whole[:-20], FORM
    yield "breaks off before the file", whole[:30], FORM
    yield "nothing at all", b"", FORM
    yield "no file", form(part('name="title"', b"Grace")), FORM
    yield "no form", form(), FORM
    yield "nameless part", form(part('filename="a"', b"data")), FORM
    yield "two files", form(part('name="file"', b"1"), part('name="file"', b"2")), FORM
    yield "long field", form(part('name="title"', b"x" * (multipart.LONGEST_FIELD + 1))), FORM
    yield "field not UTF-8", form(part('name="title"', b"\xff")), FORM
    yield "long header", form(part('name="' + "n" * 5000 + '"', b"")), FORM
    yield "many headers", form(part('name="file"', b"", *(f"X-{number}: 1" for number in range(20)))), FORM
    yield "many parts", form(*(part('name="x"', b"") for _ in range(multipart.MOST_PARTS + 1))), FORM
    yield "many small parts", part('name="x"', b"") * 50_000, FORM


@pytest.mark.parametrize(("sent", "content_type"), [pytest.param(*rest, id=name) for name, *rest in hostile()])
async def test_hostile_forms_are_refused(sent: bytes, content_type: str) -> None:
    _, body = await opened(sent, content_type)
    with pytest.raises(Invalid):
        await joined(aiter(await body.file("file")))


@settings(deadline=None)
@given(sent=st.binary(max_size=300), cuts=st.lists(st.integers(min_value=0), max_size=5))
async def test_garbage_is_refused_and_never_a_defect(sent: bytes, cuts: list[int]) -> None:
    _, body = await opened(f"--{BOUNDARY}\r\nContent-Disposition: ".encode() + sent, cuts=cuts)
    with pytest.raises(Invalid):
        await joined(aiter(await body.file("file")))


async def test_json() -> None:
    _, body = await opened(b'{"media_id": "12"}', "application/json; charset=utf-8", cuts=[4])
    assert body.kind == "json"
    assert await body.message(GetMediaRequest) == GetMediaRequest(media_id=12)


@pytest.mark.parametrize(
    "text", [b"{", b"\xff", b'{"other": 1}', b'{"media_id": "x"}', b"[" * 100_000, b" " * (httpbody.MOST_JSON + 1)]
)
async def test_json_that_is_no_such_message(text: bytes) -> None:
    _, body = await opened(text, "application/json")
    with pytest.raises(Invalid) as refusal:
        await body.message(GetMediaRequest)
    assert refusal.value.reason == Reason.MALFORMED


async def test_a_stream_without_messages_is_no_body() -> None:
    async def nothing() -> AsyncIterator[UploadAudioRequest]:
        requests: list[UploadAudioRequest] = []
        for each in requests:
            yield each

    with pytest.raises(Invalid):
        await httpbody.receive(nothing(), lambda each: each.file)
