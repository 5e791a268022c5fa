"""Parts of a message's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kahea.api import Message, Request, SipParseError, Value

from kahea_pv import texts

_METHODS: Final = (
    *("INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "PRACK"),
    *("UPDATE", "REFER", "PUBLISH", "KDMQ", "GET", "POST", "PUT", "DELETE"),
)
METHOD_NUMBERS: Final = {name: 1 << position for position, name in enumerate(_METHODS)}
"""Kamailio's numbers of the methods."""
OTHER_METHOD: Final = 1 << len(METHOD_NUMBERS)


def body_text(msg: Message) -> str:
    """Return the body as text."""
    return texts.decode(msg.body)


def _headers(msg: Message) -> str:
    return msg.head.partition("\n")[2].strip(texts.TRIMMED)


def _last_part(msg: Message) -> str:
    return texts.decode(msg.buf).lstrip(texts.TRIMMED).partition("\n")[2]


PARTS: Final[Mapping[str, Callable[[Message], Value]]] = {
    "len": lambda msg: len(msg.buf),
    "buf": lambda msg: texts.decode(msg.buf),
    "body": body_text,
    "body_len": lambda msg: len(msg.body),
    "fline": lambda msg: msg.head.partition("\n")[0].strip(texts.TRIMMED),
    "hdrs": _headers,
    "hdrs_len": lambda msg: texts.length(_headers(msg)),
    "hdrc": lambda msg: len(msg.header_fields),
    "fpart": lambda msg: msg.head.strip(texts.TRIMMED),
    "lpart": _last_part,
}
"""``$msg(key)``."""


def byte_of(msg: Message, index: int) -> str | None:
    """Return a byte of the message as text, ``None`` outside."""
    return texts.decode(msg.buf[index : index + 1]) if 0 <= index < len(msg.buf) else None


def put_byte(msg: Message, index: int, value: Value) -> None:
    """Put the first byte of a text in the place of a byte of the message; changes that wait go on waiting.

    Raises:
        ValueError: outside of the message, no text, or what comes out is no message any more.
    """
    if not (isinstance(value, str) and value and 0 <= index < len(msg.buf)):
        raise ValueError("a byte of the message is changed by a text, at an offset within the message")
    data = msg.buf[:index] + texts.encode(value)[:1] + msg.buf[index + 1 :]
    uri = msg.uri if isinstance(msg, Request) and msg.uri != msg.original_uri else None
    try:
        msg.replace_buffer(data, keep_edits=True)
    except SipParseError as error:
        raise ValueError(str(error)) from None
    if uri is not None and isinstance(msg, Request):
        msg.uri = uri
