"""POSIX extended regular expressions in the notation of Python's `re`."""

from __future__ import annotations

import re

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\[:([a-z]+):\]")


def to_python(pattern: str, *, newline_sensitive: bool = False) -> str:
    """Return a pattern for `re` that matches as *pattern* does for ``regcomp`` with ``REG_EXTENDED``.

    Args:
        pattern: a POSIX extended regular expression with GNU's additions.
        newline_sensitive: ``REG_NEWLINE``: a negated bracket does not match a line end. (For ``.``,
            ``^`` and ``$`` leave out ``re.DOTALL`` and add ``re.MULTILINE``.)

    Returns:
        The pattern; whether it compiles is for `re` to say.
    """
    parts: list[str] = []
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "\\" and index + 1 < len(pattern):
            following = pattern[index + 1]
            parts.append({"<": r"\b(?=\w)", ">": r"\b(?<=\w)", "`": r"\A", "'": r"\Z"}.get(following, "\\" + following))
            if following.isalpha() and following not in "wWsSbB":
                parts[-1] = following
            index += 2
        elif character == "[":
            text, index = _bracket(pattern, index, newline_sensitive)
            parts.append(text)
        elif character == "(" and pattern.startswith("(?", index):
            parts.append("(\\?")
            index += 2
        elif character == "$" and not newline_sensitive:
            # Python's `$` also matches before a line end at the end of the text
            parts.append(r"\Z")
            index += 1
        else:
            parts.append(character)
            index += 1
    return "".join(parts)


def _bracket(pattern: str, index: int, newline_sensitive: bool) -> tuple[str, int]:
    """Return the bracket expression at *index* in Python's notation, and the index behind it."""
    start = index + 1
    negated = pattern.startswith("^", start)
    start += negated
    end = start + 1 if pattern.startswith("]", start) else start
    parts: list[str] = []
    if end > start:
        parts.append(r"\]")
    while end < len(pattern) and pattern[end] != "]":
        match = _CLASS.match(pattern, end)
        if match and match.group(1) in _CLASSES:
            parts.append(_CLASSES[match.group(1)])
            end = match.end()
            continue
        parts.append("\\" + pattern[end] if pattern[end] in r"\[&~|" else pattern[end])
        end += 1
    if end >= len(pattern):
        return pattern[index:], len(pattern)
    if negated and newline_sensitive:
        parts.append(r"\n")
    return f"[{'^' if negated else ''}{''.join(parts)}]", end + 1
