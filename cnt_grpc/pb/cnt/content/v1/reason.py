# Generated from cnt/content/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.content.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the content room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # No such item, or none that the caller may know of. NOT_FOUND.
    CONTENT_NOT_FOUND = "CONTENT_NOT_FOUND"
    # No such category: NOT_FOUND where it is what is asked for, FAILED_PRECONDITION where an item names it.
    CATEGORY_NOT_FOUND = "CATEGORY_NOT_FOUND"
    # Another category has this name. ALREADY_EXISTS.
    CATEGORY_NAME_TAKEN = "CATEGORY_NAME_TAKEN"
    # No such artist, or none whom the caller may know of. NOT_FOUND.
    ARTIST_NOT_FOUND = "ARTIST_NOT_FOUND"
    # No such playlist, or none that the caller may know of. NOT_FOUND.
    PLAYLIST_NOT_FOUND = "PLAYLIST_NOT_FOUND"
    # No such draft of the caller's. NOT_FOUND.
    DRAFT_NOT_FOUND = "DRAFT_NOT_FOUND"
    # So many playlists, drafts or items of a playlist are kept, and no more. FAILED_PRECONDITION.
    LIBRARY_FULL = "LIBRARY_FULL"
