"""Messages for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count

_numbers = count(1)

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


def _lines(defaults: dict[str, str], headers: Headers) -> list[str]:
    """Merge headers: one given replaces the default of its name, further ones of the name are added."""
    given = list(headers.items() if isinstance(headers, Mapping) else headers)
    replaced = {name.lower() for name, _ in given}
    merged = [(name, value) for name, value in defaults.items() if name.lower() not in replaced]
    return [f"{name}: {value}" for name, value in [*merged, *given]]


def _bytes(first_line: str, lines: list[str], body: bytes) -> bytes:
    head = "\r\n".join([first_line, *lines, f"Content-Length: {len(body)}", "", ""])
    return head.encode("utf-8", "surrogateescape") + body


def request(
    method: str = "OPTIONS",
    uri: str = "sip:test@127.0.0.1",
    headers: Headers = (),
    body: bytes = b"",
    *,
    call_id: str | None = None,
    branch: str | None = None,
) -> bytes:
    """Return a request with all that RFC 3261 8.1.1 asks for.

    Args:
        method: of the first line and CSeq.
        uri: the Request-URI, also in To.
        headers: more headers; one with the name of a default replaces it.
        body: its length goes into Content-Length.
        call_id, branch: new ones for each request when ``None``.
    """
    number = next(_numbers)
    defaults = {
        "Via": f"SIP/2.0/UDP 127.0.0.1:5999;branch={branch or f'z9hG4bK-test-{number}'};rport",
        "From": f"<sip:caller@127.0.0.1>;tag=from-{number}",
        "To": f"<{uri}>",
        "Call-ID": call_id or f"call-{number}@127.0.0.1",
        "CSeq": f"1 {method}",
        "Max-Forwards": "70",
    }
    return _bytes(f"{method} {uri} SIP/2.0", _lines(defaults, headers), body)


def reply(
    status: int = 200,
    reason: str = "OK",
    headers: Headers = (),
    body: bytes = b"",
    *,
    method: str = "INVITE",
) -> bytes:
    """Return a reply that came back through this server: its top Via is the server's, the next the caller's."""
    number = next(_numbers)
    lines = [
        "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-own",
        f"Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK-test-{number}",
    ]
    defaults = {
        "From": f"<sip:caller@127.0.0.1>;tag=from-{number}",
        "To": f"<sip:test@127.0.0.1>;tag=to-{number}",
        "Call-ID": f"call-{number}@127.0.0.1",
        "CSeq": f"1 {method}",
    }
    given = list(headers.items() if isinstance(headers, Mapping) else headers)
    if any(name.lower() in ("via", "v") for name, _ in given):
        lines = []
    return _bytes(f"SIP/2.0 {status} {reason}", [*lines, *_lines(defaults, given)], body)
