"""What the escapes in a double-quoted string stand for."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{1,2}|[0-7]{2,3}|\r?\n|[nrat\"\\])")
_SIMPLE = {"n": "\n", "r": "\r", "a": "\a", "t": "\t", '"': '"', "\\": "\\", "\n": "", "\r": ""}


_GAP = re.compile(r'"[ \t\b\r\n]*"')


def character_places(literal: str) -> tuple[str, list[tuple[int, int]]] | None:
    """Return the content of a double-quoted literal, and where each of its characters stands in the literal.

    Args:
        literal: with its quotes; may be several strings that join.

    Returns:
        The content and, for each character, offsets of its first character and behind its last one; ``None`` for
        what is no such literal, and for one whose escapes spell the bytes of a character.
    """
    if len(literal) < 2 or literal[0] != '"' or literal[-1] != '"':
        return None
    content: list[str] = []
    places: list[tuple[int, int]] = []
    index, end = 1, len(literal) - 1
    while index < end:
        gap = _GAP.match(literal, index) if literal[index] == '"' else None
        if gap is not None:
            index = gap.end()
            continue
        escape = _ESCAPE.match(literal, index)
        after = escape.end() if escape else index + 1
        meant = unescape(literal[index:after])
        content.append(meant)
        if meant:
            places.append((index, after))
        index = after
    return "".join(content), places


def unescape(text: str) -> str:
    r"""Return the content of a double-quoted string.

    Known escapes are ``\n \r \a \t \" \\``, ``\x4e`` (one or two digits), ``\116`` (two or three octal
    digits) and an escaped line end, which vanishes. Any other backslash stays, as in ``"\."``.
    Source: the scanner of Kamailio (src/core/cfg.lex).

    Args:
        text: what stands between the quotes.
    """
    if "\\" not in text:
        return text
    high: list[int] = []

    def replace(match: re.Match[str]) -> str:
        escape = match.group()[1:]
        simple = _SIMPLE.get(escape[0])
        if simple is not None:
            return simple
        code = (int(escape[1:], 16) if escape[0] == "x" else int(escape, 8)) & 0xFF
        if code < 0x80:
            return chr(code)
        high.append(code)
        return chr(0xDC00 + code)

    result = _ESCAPE.sub(replace, text)
    # Bytes written one by one may form a character of UTF-8.
    return result.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") if high else result
