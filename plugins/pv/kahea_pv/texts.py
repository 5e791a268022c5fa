"""Text as a string of bytes: lengths and offsets count bytes of its UTF-8 form, case is that of ASCII.

Most text is ASCII, where characters are bytes and `str` methods do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

TRIMMED: Final = " \t\r\n\0"
"""What ``trim`` removes at the ends."""

_WHITE_SPACE: Final = re.compile(r"[ \t\r\n]")
_FOLD: Final = re.compile(r"[\r\n]+([ \t]*)")


def encode(text: str) -> bytes:
    """Return the bytes of a text."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Return bytes as text; `encode` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def length(text: str) -> int:
    """Return the number of bytes."""
    return len(text) if text.isascii() else len(encode(text))


def part(text: str, start: int, end: int) -> str:
    """Return the bytes from *start* up to *end*."""
    return text[start:end] if text.isascii() else decode(encode(text)[start:end])


def lower(text: str) -> str:
    """Return the text with its ASCII letters in lower case."""
    return text.lower() if text.isascii() else decode(encode(text).lower())


def upper(text: str) -> str:
    """Return the text with its ASCII letters in upper case."""
    return text.upper() if text.isascii() else decode(encode(text).upper())


# --- cutting ---------------------------------------------------------------------------------------


def substr(text: str, offset: int, size: int) -> str | None:
    """Return *size* bytes from *offset*.

    Args:
        text: what is cut.
        offset: first byte; negative counts from the end.
        size: number of bytes; 0, or more than there are, means: to the end.

    Returns:
        the part; ``None`` when the offset lies outside or the size is negative.
    """
    total = length(text)
    start = offset if offset >= 0 else total + offset
    if size < 0 or not 0 <= start < total:
        return None
    return part(text, start, start + size if size else total)


def strip_front(text: str, count: int) -> str:
    """Return the text without its first *count* bytes."""
    return text if count <= 0 else part(text, count, length(text))


def strip_back(text: str, count: int) -> str:
    """Return the text without its last *count* bytes."""
    return text if count <= 0 else part(text, 0, max(length(text) - count, 0))


def strip_to(text: str, char: str) -> str:
    """Return the text from the first *char* on, empty without one; of several characters the first counts."""
    found = _place(text, char)
    return text[found:] if found >= 0 else ""


def select(text: str, index: int, separator: str) -> str:
    """Return one of the parts between separators, empty when there are not so many.

    Args:
        text: what is taken apart.
        index: 0 for the first part; negative counts from the last.
        separator: one character.
    """
    return _pick(text.split(separator), index)


def select_at_blank(text: str, index: int) -> str:
    """Return one of the parts between single blanks, tabs and line ends; index as in `select`."""
    return _pick(_WHITE_SPACE.split(text), index)


def _pick(parts: list[str], index: int) -> str:
    return parts[index] if -len(parts) <= index < len(parts) else ""


def before(text: str, char: str) -> str:
    """Return what precedes the first *char*, all of it without one; of several characters the first counts."""
    found = _place(text, char)
    return text[:found] if found >= 0 else text


def after(text: str, char: str) -> str:
    """Return what follows the first *char*; nothing without one."""
    found = _place(text, char)
    return text[found + 1 :] if found >= 0 else ""


def before_last(text: str, char: str) -> str:
    """Return what precedes the last *char*; all of it without one."""
    found = _last_place(text, char)
    return text[:found] if found >= 0 else text


def after_last(text: str, char: str) -> str:
    """Return what follows the last *char*; nothing without one."""
    found = _last_place(text, char)
    return text[found + 1 :] if found >= 0 else ""


def _place(text: str, char: str) -> int:
    return text.find(char[0]) if char else -1


def _last_place(text: str, char: str) -> int:
    return text.rfind(char[0]) if char else -1


def count(text: str, char: str) -> int:
    """Return how many times *char* occurs; of several characters the first counts."""
    return text.count(char[0]) if char else 0


def char_at(text: str, index: int) -> str:
    """Return the byte at *index*, empty outside."""
    return part(text, index, index + 1) if index >= 0 else ""


def byte_at(text: str, index: int) -> int:
    """Return the number of the byte at *index*, -1 outside."""
    data = encode(text)
    return data[index] if 0 <= index < len(data) else -1


# --- replacing -------------------------------------------------------------------------------------


def replace(text: str, old: str, new: str) -> str:
    """Replace all *old* with *new*, from left to right."""
    return text.replace(old, new) if old else text


def remove_white_space(text: str) -> str:
    """Return the text without blanks, tabs and line ends."""
    return _WHITE_SPACE.sub("", text)


def unfold_to_blank(text: str) -> str:
    """Undo header folding: a line end with the blanks after it becomes one blank, or nothing without any."""
    return _FOLD.sub(lambda match: " " if match[1] else "", text)


def unfold(text: str) -> str:
    """Undo header folding: line ends and the blanks after them go."""
    return _FOLD.sub("", text)


def unquote(text: str) -> str:
    """Return the text without a pair of single or double quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def unbracket(text: str) -> str:
    """Return the text without a pair of ``()``, ``[]``, ``{}`` or ``<>`` around it."""
    return text[1:-1] if len(text) > 1 and text[0] + text[-1] in ("()", "[]", "{}", "<>") else text


def digits(text: str) -> str:
    """Return only the digits."""
    return "".join(char for char in text if "0" <= char <= "9")


_ESCAPES: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(text: str) -> str:
    r"""Return the text with ``\n``, ``\r`` and ``\t`` as these characters, and another escaped character as itself."""
    return _ESCAPES.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)


# --- lists -----------------------------------------------------------------------------------------


def prefixes(text: str, maximum: int, quote: str = "") -> str:
    """Return all prefixes of a text, shortest first, with commas between.

    Args:
        text: such as a telephone number.
        maximum: bytes of the longest prefix; 0, negative or too large means the whole text.
        quote: what stands around each.
    """
    total = length(text)
    last = maximum if 0 < maximum < total else total
    return ",".join(f"{quote}{part(text, 0, end)}{quote}" for end in range(1, last + 1))


def lines_of(text: str, width: int, padding: str) -> str:
    """Return the text in lines of *width* bytes, each but the first after *padding*."""
    chunks = [part(text, start, start + width) for start in range(0, length(text), width)]
    return f"\r\n{padding}".join(chunks)


def line_at(text: str, index: int) -> str:
    """Return a line, empty when there are not so many.

    Args:
        text: lines that end in LF or CRLF.
        index: 0 for the first; negative counts from the last.
    """
    return _pick(_lines(text), index).removesuffix("\r")


def line_starting_with(text: str, start: str) -> str:
    """Return the first line that starts with *start*, empty without one."""
    return next((line.removesuffix("\r") for line in _lines(text) if line.startswith(start)), "")


def line_count(text: str) -> int:
    """Return the number of lines."""
    return len(_lines(text))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        del lines[-1]
    return lines


# --- numbers ---------------------------------------------------------------------------------------

_DECIMAL: Final = re.compile(r"[+-]?[0-9]*")
_LIMIT: Final = 1 << 63


def number(text: str) -> int | None:
    """Return the number that a text is, 0 for an empty one; ``None`` when it is none or leaves 64 bits."""
    # no number of 64 bits has more digits; int() of thousands of them is slow
    if len(text) > 30 or not _DECIMAL.fullmatch(text):
        return None
    value = int(text) if text.strip("+-") else 0
    return value if -_LIMIT <= value < _LIMIT else None


def on_text(value: str | int | None, function: Callable[..., str | int | None], *arguments: object) -> str | int | None:
    """Apply a function to a value as text; null, or an argument that is null, gives null."""
    if value is None or None in arguments:
        return None
    return function(str(value), *arguments)
