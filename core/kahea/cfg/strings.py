"""What the escapes in a double-quoted string stand for."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{1,2}|[0-7]{2,3}|\r?\n|[nrat\"\\])")
_SIMPLE = {"n": "\n", "r": "\r", "a": "\a", "t": "\t", '"': '"', "\\": "\\", "\n": "", "\r": ""}


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
