"""File-name patterns as fnmatch(3) reads them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
# one element of a pattern; a bracket that nobody closes is an ordinary character
_ELEMENT: Final = re.compile(
    r"(?P<star>\*+)|(?P<any>\?)|\\(?P<escaped>.)|"
    r"\[(?P<not>[!^]?)(?P<set>\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]|(?P<plain>.)",
    re.DOTALL,
)
_SET_ELEMENT: Final = re.compile(r"\[:(?P<cls>[a-z]+):\]|\\(?P<escaped>.)|(?P<range>-)|(?P<plain>.)", re.DOTALL)


def matches(value: str, pattern: str, ignore_case: bool = False) -> bool:
    """Whether a text matches a pattern as a whole, byte by byte.

    Args:
        value: the text.
        pattern: with ``*``, ``?``, ``[...]`` and ``\\`` before a character that stands for itself.
        ignore_case: whether the case of ASCII letters does not count.
    """
    return compiled(pattern, ignore_case).fullmatch(_as_bytes(value)) is not None


def _as_bytes(text: str) -> str:
    """Return a text of which each character is one byte."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


@lru_cache(maxsize=256)
def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """Return the regular expression of a pattern."""
    parts: list[str] = []
    fixed: list[str] = []
    starred = False
    for element in _ELEMENT.finditer(_as_bytes(pattern)):
        if element["star"]:
            # what stands between two stars is taken where it comes first: there is nothing to go back to
            parts.append(f"(?>.*?{''.join(fixed)})" if starred else "".join(fixed))
            starred, fixed = True, []
        elif element["any"]:
            fixed.append(".")
        elif element["set"] is not None:
            fixed.append(f"[{'^' if element['not'] else ''}{_set(element['set'])}]")
        else:
            fixed.append(re.escape(element["escaped"] or element["plain"]))
    parts.append(f".*{''.join(fixed)}" if starred else "".join(fixed))
    flags = re.DOTALL | re.ASCII | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile("".join(parts), flags)
    except re.error:
        # such as a range from high to low, which matches nothing
        return re.compile(r"(?!)")


def _set(text: str) -> str:
    parts = []
    for element in _SET_ELEMENT.finditer(text):
        if element["cls"]:
            parts.append(_CLASSES.get(element["cls"], ""))
        elif element["range"]:
            parts.append("-" if 0 < element.start() < len(text) - 1 else r"\-")
        else:
            parts.append(re.escape(element["escaped"] or element["plain"]))
    return "".join(parts)
