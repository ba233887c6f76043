"""Documents: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.messages.items import fill, item_changes, item_filter, new_item
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import document_pb2


def new_document(request: document_pb2.CreateDocumentRequest) -> Changes:
    """A document to be."""
    return new_item(request)


def document_changes(request: document_pb2.UpdateDocumentRequest) -> Changes:
    """What to change of a document."""
    return item_changes(request)


def document_filter(request: document_pb2.ListDocumentsRequest) -> Filter:
    """Which documents a list shows, but for the category's name."""
    return item_filter(request)


def document(row: Row, urls: media.Urls) -> document_pb2.Document:
    """One document."""
    message = document_pb2.Document()
    fill_document(message, row, urls)
    return message


def documents(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> document_pb2.ListDocumentsResponse:
    """A page of documents."""
    answer = document_pb2.ListDocumentsResponse(next_page_token=next_page_token)
    for row in rows:
        fill_document(answer.documents.add(), row, urls)
    return answer


def fill_document(message: document_pb2.Document, row: Row, urls: media.Urls) -> None:
    """Set what lists show of a document."""
    message.document_id = row["id"]
    fill(message, row, urls)
    message.size = row["media_size"]
