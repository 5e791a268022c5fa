"""Messages out of byte streams."""

from __future__ import annotations

import time

import pytest
from kahea.sip.framing import FramingError, KeepAlive, StreamFramer

MESSAGE = b"OPTIONS sip:a@test SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 5\r\n\r\nhello"
SHORT = b"BYE sip:a@test SIP/2.0\nl:0\n\n"


def test_one_message() -> None:
    """A message in one piece comes out at once, and nothing is left."""
    framer = StreamFramer()
    assert framer.feed(MESSAGE) == [MESSAGE]
    assert framer.pending == 0


def test_several_in_one_piece() -> None:
    """Several messages and the beginning of another come out as far as they are complete."""
    framer = StreamFramer()
    assert framer.feed(MESSAGE + SHORT + MESSAGE + MESSAGE[:50]) == [MESSAGE, SHORT, MESSAGE]
    assert framer.pending == 50
    assert framer.feed(MESSAGE[50:]) == [MESSAGE]


def test_byte_by_byte() -> None:
    """A message comes out with its last byte, however small the pieces."""
    framer = StreamFramer()
    stream = MESSAGE + SHORT + b"\r\n\r\n" + MESSAGE
    found = [item for position in range(len(stream)) for item in framer.feed(stream[position : position + 1])]
    assert found == [MESSAGE, SHORT, KeepAlive.PING, MESSAGE]


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"\r\n\r\n", [KeepAlive.PING]),
        (b"\r\n\r\n\r\n\r\n", [KeepAlive.PING, KeepAlive.PING]),
        (b"\r\n" + MESSAGE, [MESSAGE]),
        (b"\r\n\r\n" + MESSAGE + b"\r\n\r\n\r\n" + MESSAGE, [KeepAlive.PING, MESSAGE, KeepAlive.PING, MESSAGE]),
        (b"\n\n \t\r" + MESSAGE, [MESSAGE]),
        (b"\r\n\r" + MESSAGE, [MESSAGE]),
    ],
)
def test_keep_alives(stream: bytes, found: list[bytes | KeepAlive]) -> None:
    """CRLF CRLF between messages is a ping, any other blanks are nothing."""
    assert StreamFramer().feed(stream) == found


def test_ping_in_two_pieces() -> None:
    """A ping may be divided anywhere."""
    for cut in (1, 2, 3):
        framer = StreamFramer()
        assert framer.feed(b"\r\n\r\n"[:cut]) == []
        assert framer.feed(b"\r\n\r\n"[cut:]) == [KeepAlive.PING]
        assert framer.pending == 0


@pytest.mark.parametrize(
    "header", [b"Content-Length: 3", b"content-length:3", b"L : 03 ", b"l:\r\n 3", b"CONTENT-LENGTH:\t3\r\nl: 3"]
)
def test_spellings_of_content_length(header: bytes) -> None:
    """Content-Length is found in any spelling, compact, folded, or given twice alike."""
    message = b"BYE sip:a SIP/2.0\r\nX: y\r\n" + header + b"\r\nZ: z\r\n\r\nabc"
    assert StreamFramer().feed(message + b"\r\n\r\n") == [message, KeepAlive.PING]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"X: Content-Length: 3", "no Content-Length"),
        (b"Content-Length: -3", "not a number"),
        (b"Content-Length: ", "not a number"),
        (b"Content-Length: 3 3", "not a number"),
        (b"Content-Length: 99999999999", "not a number"),
        (b"Content-Length: 3\r\nl: 4", "differ"),
        (b"Content-Length: 20000", "above"),
    ],
)
def test_bad_content_length(header: bytes, reason: str) -> None:
    """Without a usable Content-Length the stream cannot go on."""
    with pytest.raises(FramingError, match=reason):
        StreamFramer().feed(b"BYE sip:a SIP/2.0\r\n" + header + b"\r\n\r\nabc")


def test_accept_no_content_length() -> None:
    """Where it is allowed, a message without Content-Length has no body."""
    message = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert StreamFramer(accept_no_cl=True).feed(message + MESSAGE) == [message, MESSAGE]


def test_limit() -> None:
    """A message may have exactly the allowed size; its head alone may not exceed it either."""
    assert StreamFramer(max_size=len(MESSAGE)).feed(MESSAGE) == [MESSAGE]
    with pytest.raises(FramingError):
        StreamFramer(max_size=len(MESSAGE) - 1).feed(MESSAGE)
    framer = StreamFramer(max_size=100)
    assert framer.feed(b"BYE " + b"x" * 96) == []
    with pytest.raises(FramingError):
        framer.feed(b"x")


@pytest.mark.parametrize("garbage", [b"\0\0\0\0", b"\x16\x03\x01\x02", b"\xffabc"])
def test_garbage(garbage: bytes) -> None:
    """Bytes that can begin no message end the stream at once, but not what came before them."""
    with pytest.raises(FramingError) as error:
        StreamFramer().feed(MESSAGE + b"\r\n\r\n" + garbage)
    assert error.value.found == [MESSAGE, KeepAlive.PING]


def test_linear_time() -> None:
    """A large message byte by byte, and many small ones at once, take time in proportion to their bytes."""
    started = time.process_time()
    framer = StreamFramer(max_size=1 << 20)
    message = b"BYE sip:a SIP/2.0\r\n" + b"X: y\r\n" * 10000 + b"l: 60000\r\n\r\n" + b"z" * 60000
    found = [item for position in range(len(message)) for item in framer.feed(message[position : position + 1])]
    assert found == [message]
    assert len(framer.feed(SHORT * 50000)) == 50000
    assert len(framer.feed(b"\r\n\r\n" * 50000)) == 50000
    # Quadratic work would take minutes.
    assert time.process_time() - started < 5
