"""Statements about the few places that a person has for conversations with the voice agent."""

from sqlalchemy import BigInteger, ColumnElement, Executable, Integer, Text, and_, bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.live.tables import voice_chats

_chat = voice_chats.c
_USER, _PLACE = bindparam("user_id", type_=BigInteger), bindparam("place", type_=Integer)
_ID, _NOW = bindparam("chat_id", type_=Text), bindparam("now", type_=MOMENT)


def _own() -> ColumnElement[bool]:
    return and_(_chat.user_id == _USER, _chat.place == _PLACE, _chat.chat_id == _ID)


@statement
def take() -> Executable:
    """Take a place that is free, or whose conversation fell silent; no row when it is taken.

    Parameters: user_id, place, chat_id, now, since. Of two at once one gets it.
    """
    new = insert(voice_chats).values(user_id=_USER, place=_PLACE, chat_id=_ID, seen_at=_NOW)
    return new.on_conflict_do_update(
        index_elements=[_chat.user_id, _chat.place],
        set_={"chat_id": new.excluded.chat_id, "seen_at": new.excluded.seen_at},
        where=_chat.seen_at < bindparam("since", type_=MOMENT),
    ).returning(_chat.place)


@statement
def renew() -> Executable:
    """Say that a conversation goes on. Parameters: user_id, place, chat_id, now."""
    return update(voice_chats).where(_own()).values(seen_at=_NOW)


@statement
def leave() -> Executable:
    """Free the place of a conversation. Parameters: user_id, place, chat_id."""
    return delete(voice_chats).where(_own())
