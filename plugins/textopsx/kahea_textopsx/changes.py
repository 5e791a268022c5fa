"""Makes changes part of a message, and changes the first line of replies."""

from __future__ import annotations

from typing import Final

from kahea.api import EditList, Message, Reply, Request, SipParseError, allocate_slot, parse_message

from kahea_textopsx.fields import fields_named

_STATUS_START: Final = len("SIP/2.0 ")
_STATUS_END: Final = _STATUS_START + 3
_SLOT: Final = allocate_slot()


def changed(msg: Message) -> bytes:
    """Return a message with its changes: the edits, and of a request the new Request-URI.

    Args:
        msg: the message in work.
    """
    own = EditList()
    if isinstance(msg, Request) and msg.uri != msg.original_uri:
        own.replace(len(msg.method) + 1, len(msg.original_uri), msg.uri)
    edits = msg.edits
    body = edits.body
    if body is not None:
        for field in fields_named(msg, "content-length"):
            own.replace(field.value_start, len(field.value), str(len(body)))
    head = edits.apply(msg.head, None, own).encode("utf-8", "surrogateescape")
    return head + (msg.buf[msg.head_end :] if body is None else b"\r\n" + body)


def changed_copy(msg: Message) -> Message:
    """Return a message of its own that has the changes of another one, and its flags.

    Raises:
        SipParseError: what comes out is no message with the header fields that every message needs.
    """
    copy = parse_message(changed(msg), msg.source)
    missing = copy.missing_header()
    if missing:
        raise SipParseError(f"no usable {missing} header")
    copy.id, copy.flags = msg.id, msg.flags
    if isinstance(copy, Request) and isinstance(msg, Request):
        copy.send_socket = msg.send_socket
    return copy


def replace_buffer(msg: Message, data: bytes) -> str:
    """Take other bytes in the place of a message's; what was appended to its replies is forgotten.

    Args:
        msg: the message in work.
        data: a message of the same kind.

    Returns:
        Why the script cannot go on with the message, "" if it can.
    """
    try:
        msg.replace_buffer(data)
    except SipParseError as error:
        return str(error)
    if isinstance(msg, Request):
        msg.reply_headers = ""
        msg.reply_body = None
    missing = msg.missing_header()
    return f"no usable {missing} header" if missing else ""


class _Status:
    """The status code and reason of a reply as changed; the edits refer to it, so that a later change wins."""

    __slots__ = ("buf", "code", "reasons")

    def __init__(self, buf: bytes, code: int) -> None:
        self.buf = buf
        self.code = code
        self.reasons: str | None = None

    def code_text(self, _branch: object) -> str:
        return str(self.code)

    def reason_text(self, _branch: object) -> str:
        return self.reasons or ""


def may_become(old: int, new: int) -> bool:
    """Whether a reply's status code may be changed: a provisional or positive one stays in its class.

    Args:
        old, new: status codes.
    """
    return (new >= 300 and old >= 300) or new // 100 == old // 100


def change_status(msg: Reply, code: int, reason: str | None) -> None:
    """Change the first line of a reply.

    The code is seen at once, the reason when the reply is sent.

    Args:
        msg: the reply in work.
        code: one that it may become.
        reason: new reason phrase; ``None`` keeps the one there is. Several given one after the other are all sent, as
            by Kamailio.
    """
    status = msg.get_slot(_SLOT)
    if not (isinstance(status, _Status) and status.buf is msg.buf):
        status = _Status(msg.buf, code)
        msg.set_slot(_SLOT, status)
        msg.edits.replace(_STATUS_START, 3, status.code_text)
    msg.status = status.code = code
    if reason is None:
        return
    if status.reasons is None:
        start = _STATUS_END + 1
        length = len(msg.first_line.rstrip("\r")) - start
        msg.edits.replace(start, length, status.reason_text)
    status.reasons = (status.reasons or "") + reason
