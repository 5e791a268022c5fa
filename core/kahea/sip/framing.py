"""Messages out of a byte stream (RFC 3261 18.3, keep-alives of RFC 5626 3.5.1)."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

#: Largest message in bytes that a stream may carry; Kamailio's default for ``tcp_rd_buf_size``.
MAX_STREAM_MESSAGE_SIZE: Final = 16384

# More digits than this is no length; it also keeps int() cheap.
_MAX_LENGTH_DIGITS: Final = 10

# What may stand between messages. RFC 5626 has only CRLF there; Kamailio skips all of these.
_BETWEEN: Final = b"\r\n \t"

# The empty line after the headers.
_HEAD_END: Final = re.compile(rb"\n\r?\n")

# "Content-Length" HCOLON 1*DIGIT; the digits' group takes part only if nothing but blanks follows them.
_CONTENT_LENGTH: Final = re.compile(
    rb"\n(?:content-length|l)[ \t]*+:(?:[ \t]|\r?\n[ \t])*+(?:([0-9]++)[ \t]*+(?=\r?\n))?", re.IGNORECASE
)


class FramingError(Exception):
    """A stream does not carry SIP messages that can be told apart; its connection must be closed.

    Attributes:
        reason: what is wrong.
        found: what was complete before the bad bytes, as `StreamFramer.feed` would have returned it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found: list[bytes | KeepAlive] = []


class KeepAlive(Enum):
    """What a stream may carry between messages."""

    PING = "CRLF CRLF"
    """To be answered with a single CRLF."""


class StreamFramer:
    """Cuts one connection's stream into messages.

    The time taken is linear in the number of bytes, however they are divided among calls.

    Args:
        max_size: largest message in bytes, head and body.
        accept_no_cl: take a message without Content-Length as one without a body (``tcp_accept_no_cl``).
    """

    __slots__ = ("_accept_no_cl", "_buffer", "_max_size", "_need", "_scanned")

    def __init__(self, max_size: int = MAX_STREAM_MESSAGE_SIZE, accept_no_cl: bool = False) -> None:
        self._max_size = max_size
        self._accept_no_cl = accept_no_cl
        self._buffer = bytearray()
        # Offset up to which the head's end has been looked for.
        self._scanned = 0
        # Size of the message at the buffer's start, 0 until its head is complete.
        self._need = 0

    @property
    def pending(self) -> int:
        """Number of bytes of a message that is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes | KeepAlive]:
        """Take in what was read.

        Args:
            data: the next bytes of the stream.

        Returns:
            The messages and pings that are complete now, in order. Single CRLFs (answers to pings) are dropped.

        Raises:
            FramingError: no Content-Length, one that is no number, a message above the limit, or bytes that begin no
                message.
        """
        self._buffer += data
        found: list[bytes | KeepAlive] = []
        try:
            self._cut(found)
        except FramingError as error:
            error.found = found
            raise
        return found

    def _cut(self, found: list[bytes | KeepAlive]) -> None:
        buffer = self._buffer
        start = 0
        while True:
            if not self._need:
                start = self._skip_line_ends(start, found)
                if not self._complete_head(start):
                    break
            end = start + self._need
            if len(buffer) < end:
                break
            found.append(bytes(buffer[start:end]))
            start = self._scanned = end
            self._need = 0
        # One removal per call: removing after each message would move the rest again and again.
        del buffer[:start]
        self._scanned = max(self._scanned - start, 0)

    def _skip_line_ends(self, start: int, found: list[bytes | KeepAlive]) -> int:
        """Drop the line ends before a message; two CRLFs in a row are a ping."""
        buffer = self._buffer
        while buffer.startswith(b"\r\n\r\n", start):
            found.append(KeepAlive.PING)
            start += 4
        rest = len(buffer) - start
        # A part of CRLF CRLF has to wait for the other part.
        if rest < 4 and b"\r\n\r\n".startswith(buffer[start:]):
            return start
        while start < len(buffer) and buffer[start] in _BETWEEN:
            start += 1
        return start

    def _complete_head(self, start: int) -> bool:
        """Find the head's end and with it the message's size; False if it is not there yet."""
        buffer = self._buffer
        size = len(buffer) - start
        if size == 0 or buffer[start] in _BETWEEN:
            return False
        # Method and SIP-Version are made of printable ASCII.
        if not 0x20 < buffer[start] < 0x7F:
            raise FramingError("bytes that begin no SIP message")
        match = _HEAD_END.search(buffer, max(start, self._scanned - 2))
        if match is None:
            if size > self._max_size:
                raise FramingError(f"message head above {self._max_size} bytes")
            self._scanned = len(buffer)
            return False
        head_end = match.end()
        need = head_end - start + self._content_length(bytes(buffer[start:head_end]))
        if need > self._max_size:
            raise FramingError(f"message of {need} bytes, above {self._max_size}")
        self._need = need
        return True

    def _content_length(self, head: bytes) -> int:
        values = set(_CONTENT_LENGTH.findall(head))
        if not values:
            if self._accept_no_cl:
                return 0
            raise FramingError("no Content-Length")
        if len(values) > 1:
            raise FramingError("several Content-Length headers that differ")
        digits = values.pop()
        if not digits or len(digits) > _MAX_LENGTH_DIGITS:
            raise FramingError("Content-Length is not a number")
        return int(digits)
