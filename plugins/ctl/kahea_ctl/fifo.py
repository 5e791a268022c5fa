"""The FIFO protocol: a command in lines of text, ended by an empty one.

``:command:reply-fifo``, then one parameter a line. The answer begins with a code and a reason; each value is a line, a
structure one of ``name:value`` separated by commas. What would be mistaken for a separator is escaped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from kahea.api import Logger, RpcError, RpcService, write_reply_fifo

MAX_REQUEST: Final = 65536
"""Bytes of a request."""

MAX_PARAMS: Final = 256

REPLY_FOLDER: Final = "/tmp"

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"})
_MEMBER_ESCAPES: Final = _ESCAPES | str.maketrans({":": "\\o", ",": "\\c"})
_UNESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", "o": ":", "c": ","}


def unescape(line: str) -> str:
    """Return a parameter as it was meant; an escape that is none stays."""
    pieces = line.split("\\")
    text = pieces.pop(0)
    while pieces:
        piece = pieces.pop(0)
        if not piece:  # two in a row
            text += "\\" + (pieces.pop(0) if pieces else "")
        elif piece[0] in _UNESCAPES:
            text += _UNESCAPES[piece[0]] + piece[1:]
        else:
            text += "\\" + piece
    return text


def answer_text(result: Any) -> str:
    """Return the lines of a command's result."""
    if result is None:
        return ""
    values = result if isinstance(result, (list, tuple)) else [result]
    return "".join(f"{_line(value)}\n" for value in values)


def _line(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        return _member_value(value)
    return _plain(value).translate(_ESCAPES)


def _member_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{str(name).translate(_MEMBER_ESCAPES)}:{_member_value(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ",".join(_member_value(one) for one in value)
    return _plain(value).translate(_MEMBER_ESCAPES)


def _plain(value: Any) -> str:
    match value:
        case None:
            return "<null string>"
        case bool():
            return str(int(value))
        case float():
            return f"{value:f}"
        case _:
            return str(value)


class FifoServer:
    """Answers commands in lines of text.

    Args:
        service: carries commands out.
        log: takes what cannot be answered.
    """

    def __init__(self, service: RpcService, log: Logger) -> None:
        self._service = service
        self._log = log

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Answer what is written to a FIFO, each command to the FIFO that it names."""
        while True:
            try:
                lines = await _read_request(reader)
            except asyncio.LimitOverrunError:
                await reader.read(MAX_REQUEST)
                self._log.error("dropped what was written to the FIFO: it is too long for a command", "ctl")
                continue
            if lines is None:
                return
            answer = await self._answer(lines)
            name = lines[0].rpartition(":")[2].strip()
            if not name:
                self._log.error("a command on the FIFO names no reply FIFO", "ctl")
                continue
            try:
                await write_reply_fifo(REPLY_FOLDER, name.rpartition("/")[2], answer)
            except (OSError, ValueError) as error:
                self._log.error(f"the answer to a command on the FIFO cannot be written: {error}", "ctl")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the commands of a connection on that connection."""
        try:
            while (lines := await _read_request(reader)) is not None:
                writer.write(await self._answer(lines))
                await writer.drain()
        except asyncio.LimitOverrunError:
            writer.write(b"400 Command is too long\n")

    async def receive(self, data: bytes) -> bytes | None:
        """Answer a datagram."""
        lines = data.decode("utf-8", "surrogateescape").splitlines()
        while lines and not lines[-1]:
            lines.pop()
        return await self._answer(lines) if lines else None

    async def _answer(self, lines: list[str]) -> bytes:
        try:
            text = "200 OK\n" + answer_text(await self._call(lines))
        except RpcError as error:
            text = f"{error.code} {error.reason.rstrip()}\n"
        return text.encode("utf-8", "surrogateescape")

    async def _call(self, lines: list[str]) -> Any:
        colon, _, rest = lines[0].partition(":")
        name, separator, _ = rest.partition(":")
        if colon or not separator or not name:
            raise RpcError(400, "Command must be written :command:reply-fifo")
        if self._service.doc(name) is None:
            raise RpcError(500, f"Command '{name}' not found")
        return await self._service.call(name, [unescape(line) for line in lines[1 : MAX_PARAMS + 1]])


async def _read_request(reader: asyncio.StreamReader) -> list[str] | None:
    """Return the lines of the next request; ``None`` at the end.

    Raises:
        asyncio.LimitOverrunError: it is too long.
    """
    lines: list[str] = []
    size = 0
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return None
        size += len(line)
        if size > MAX_REQUEST:
            raise asyncio.LimitOverrunError("too many lines", 0)
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if text:
            lines.append(text)
        elif lines:
            return lines
