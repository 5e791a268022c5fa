"""Text from peers: nothing takes long, nothing raises."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kahea.api import LocalSocket, SipParseError, Source, parse_message
from kahea_pv import addresses, paramlists, texts, uris
from kahea_pv.credentials import parse_credentials
from kahea_pv.rewriting import HeaderAddress

SIZE = 60_000
READERS: list[Callable[[str], object]] = [
    paramlists.parse,
    addresses.name_and_uri,
    addresses.to_body,
    parse_credentials,
    uris.parsed,
    uris.alias_of,
    uris.from_alias,
    texts.unfold,
    texts.unfold_to_blank,
    texts.number,
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: getattr(read, "__name__", ""))
@pytest.mark.parametrize(
    "text",
    [
        *("a=" + " " * SIZE + "x", " " * SIZE, ";" * SIZE, 'a="' * (SIZE // 3), '"\\' * (SIZE // 2), "<" * SIZE),
        *(
            "a=1;" * (SIZE // 4),
            "Digest " + "a=," * (SIZE // 3),
            "Digest " + "," * SIZE,
            "Digest " + "a" * SIZE,
            "sip:" + "a" * SIZE,
        ),
        *("\r\n " * (SIZE // 3), "1" * SIZE, "a\t" * (SIZE // 2) + "<", "sip:" + ";" * SIZE, "'" * SIZE),
    ],
    ids=range(16),
)
def test_long_text_takes_linear_time(read: Callable[[str], object], text: str) -> None:
    """Sixty thousand characters are read in well under a second, whatever they are."""
    start = time.process_time()
    read(text)

    assert time.process_time() - start < 0.5


@given(st.text(st.sampled_from("ab1;=,\"'<>@: \t\r\n\\%~?[]é\udc80"), max_size=40))
def test_any_text_is_read(text: str) -> None:
    """No text makes a reader raise."""
    for read in READERS:
        read(text)
    uri = uris.parsed(text)
    if uri is not None:
        for part in (uris.user, uris.host, uris.port, uris.transport, uris.socket, uris.simple, uris.scheme):
            part(uri)
        uris.without_param(uri, "a")


@given(st.text(st.sampled_from('ab1;=,"<>@: \t\\%sip'), max_size=40))
def test_any_from_is_edited_or_refused(value: str) -> None:
    """An assignment to From gives a header or a ValueError."""
    data = f"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=1\r\nFrom: {value}\r\nX: y\r\n\r\n"
    try:
        msg = parse_message(data.encode("utf-8"), Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5060))
    except SipParseError:
        return
    for name in ("set_uri", "set_user", "set_host", "set_display"):
        for new in (None, "", "new"):
            try:
                getattr(HeaderAddress(msg, "from"), name)(new)
            except ValueError:
                continue
    assert msg.edits.apply(msg.head).endswith("X: y\r\n")
