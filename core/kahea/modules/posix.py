"""Regular expressions as Kamailio's users write them: POSIX extended syntax, on Python's engine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def _bracket(pattern: str, start: int) -> tuple[str, int]:
    """Translate a bracket expression at *start* (its ``[``); return it and the offset behind it."""
    position = start + 1
    out = ["["]
    if pattern.startswith("^", position):
        out.append("^")
        position += 1
    first = True
    while position < len(pattern):
        char = pattern[position]
        if char == "]" and not first:
            return "".join([*out, "]"]), position + 1
        if pattern.startswith("[:", position):
            end = pattern.find(":]", position)
            name = pattern[position + 2 : end] if end > 0 else ""
            if name not in _CLASSES:
                raise ValueError(f'unknown character class "[:{name}:]"')
            out.append(_CLASSES[name])
            position = end + 2
        else:
            # a backslash and an inner bracket are plain characters in POSIX brackets
            out.append("\\" + char if char in "\\[]&~|" else char)
            position += 1
        first = False
    raise ValueError("missing ] in the pattern")


def translate(pattern: str) -> str:
    """Translate POSIX extended syntax to Python's.

    Args:
        pattern: as regcomp(3) with REG_EXTENDED takes it, GNU's ``\\<``, ``\\>``, ``\\w``, ``\\b`` included.

    Returns:
        the pattern for `re`.

    Raises:
        ValueError: when a bracket expression is broken.
    """
    out: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "[":
            text, position = _bracket(pattern, position)
            out.append(text)
            continue
        if char == "\\" and position + 1 < len(pattern):
            following = pattern[position + 1]
            if following in "<>":
                out.append(r"\b(?=\w)" if following == "<" else r"\b(?<=\w)")
            elif following in "`'":
                out.append(r"\A" if following == "`" else r"\Z")
            elif following.isalnum() and following not in "wWsSbB123456789":
                out.append(re.escape(following))
            else:
                out.append(char + following)
            position += 2
            continue
        if char == "(" and pattern.startswith("(?", position):
            raise ValueError("(?...) is not POSIX syntax")
        # without REG_NEWLINE, $ matches only at the very end
        out.append(r"\Z" if char == "$" else char)
        position += 1
    return "".join(out)


@lru_cache(maxsize=1024)
def compile_posix(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a POSIX extended pattern; neither ``.`` nor ``^`` treats a newline specially.

    Args:
        pattern: POSIX extended syntax.
        flags: of `re`; ``re.DOTALL`` is always added.

    Returns:
        the compiled pattern.

    Raises:
        ValueError: with the reason, when it does not compile.
    """
    try:
        return re.compile(translate(pattern), flags | re.DOTALL)
    except re.error as error:
        raise ValueError(f'bad regular expression "{pattern}": {error}') from None
