"""Substitutions as sed and Perl write them: ``/regular expression/replacement/flags``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated, Final

from kahea.api import Binder, Kind, Request, Run, Value, compile_posix

from kahea_textops.patterns import RAW, line_regex

Read = Callable[[Run], Value]
"""Reads a pseudo-variable."""
ReadAt = Callable[[str, int], tuple[Read, int]]
"""Finds what reads the pseudo-variable at an offset in a text, and the offset behind it."""
Part = str | int | Read
"""A part of a replacement: text, the number of a group, or a pseudo-variable."""

_ESCAPES: Final = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "$": "$"}


class EmptyMatchError(ValueError):
    """The expression matches nothing at all, which can be replaced everywhere and nowhere."""


def _request_uri(run: Run) -> Value:
    """Return the request's current URI; nothing for a reply."""
    return run.msg.uri if isinstance(run.msg, Request) else None


class Substitution:
    """A substitution that was read.

    Args:
        pattern: what is replaced.
        replacement: what stands in its place, part by part.
        everywhere: whether every match is replaced, or only the first.
    """

    __slots__ = ("_everywhere", "_pattern", "_replacement")

    def __init__(self, pattern: re.Pattern[str], replacement: tuple[Part, ...], everywhere: bool) -> None:
        self._pattern = pattern
        self._replacement = replacement
        self._everywhere = everywhere

    def replacements(self, run: Run, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text changes: start, end, and what stands there then.

        Args:
            run: what the pseudo-variables are read from; null is empty.
            text: the text.

        Raises:
            EmptyMatchError: when a match is empty.
        """
        for match in self._pattern.finditer(text):
            if not match[0]:
                raise EmptyMatchError("the regular expression matches the empty text")
            yield match.start(), match.end(), self._expand(run, match)
            if not self._everywhere:
                return

    def apply(self, run: Run, text: str) -> str | None:
        """Return the changed text, ``None`` when nothing matches; raises as `replacements`."""
        parts: list[str] = []
        copied = 0
        for start, end, new in self.replacements(run, text):
            parts += (text[copied:start], new)
            copied = end
        return "".join([*parts, text[copied:]]) if parts else None

    def _expand(self, run: Run, match: re.Match[str]) -> str:
        parts = []
        for part in self._replacement:
            if isinstance(part, str):
                parts.append(part)
            elif isinstance(part, int):
                parts.append((match[part] or "") if part <= match.re.groups else "")
            else:
                value = part(run)
                parts.append("" if value is None else str(value))
        return "".join(parts)


def parse_substitution(text: str, read_at: ReadAt | None = None) -> Substitution:
    r"""Read a substitution.

    Args:
        text: the first character is the separator, which stands escaped inside the parts. In the replacement ``\0`` to
            ``\9`` are groups, ``\u`` the Request-URI, ``\n``, ``\r``, ``\t``, ``\\`` and ``\$`` characters; ``$name``
            is a pseudo-variable. Flags: i ignores case, g replaces every match, s treats newlines like any other
            character.
        read_at: compiles the pseudo-variables; without it there may be none.

    Raises:
        ValueError: when it is no substitution; the text says why.
    """
    if len(text) < 3 or text[0] == "\\":
        raise ValueError(f'"{text}" is no substitution: write /regular expression/replacement/flags')
    separator = text[0]
    middle = _separator(text, 1)
    replacement, end = _read_replacement(text, middle + 1, read_at)
    flags = text[end + 1 :]
    for flag in flags:
        if flag not in "igs":
            raise ValueError(f'unknown flag "{flag}": use i, g, s')
    pattern = text[1:middle]
    case = re.IGNORECASE if "i" in flags else re.NOFLAG
    compiled = compile_posix(pattern, case) if "s" in flags else line_regex(pattern, case)
    assert text[end] == separator
    return Substitution(compiled, replacement, "g" in flags)


def _separator(text: str, start: int) -> int:
    """Return the offset of the next separator that is not escaped."""
    position = text.find(text[0], start)
    while position > start and text[position - 1] == "\\":
        position = text.find(text[0], position + 1)
    if position < 0:
        raise ValueError(f'the separator "{text[0]}" is missing: write /regular expression/replacement/flags')
    return position


def _read_replacement(text: str, start: int, read_at: ReadAt | None) -> tuple[tuple[Part, ...], int]:
    """Return the parts of a replacement and the offset of the separator behind it."""
    parts: list[Part] = []
    plain: list[str] = []
    position = start
    while position < len(text) and text[position] != text[0]:
        char = text[position]
        if char == "$" and not text.startswith("$$", position):
            if read_at is None:
                raise ValueError("a pseudo-variable in a replacement must be written out; a dollar is \\$")
            read, position = read_at(text, position)
            parts += ("".join(plain), read)
            plain = []
            continue
        position += 2 if char == "$" else 1
        if char != "\\":
            plain.append(char)
            continue
        escaped = text[position : position + 1]
        position += 1
        if escaped.isascii() and escaped.isdigit():
            parts += ("".join(plain), int(escaped))
            plain = []
        elif escaped == "u":
            parts += ("".join(plain), _request_uri)
            plain = []
        else:
            plain.append(_ESCAPES.get(escaped, escaped))
    if position >= len(text):
        raise ValueError(f'the last separator "{text[0]}" is missing: write /regular expression/replacement/flags')
    return (*parts, "".join(plain)), position


@lru_cache(maxsize=256)
def _evaluated(text: str) -> Substitution:
    return parse_substitution(text)


class SubstitutionKind(Kind):
    """A substitution; read once when it is written out, and then with pseudo-variables in its replacement."""

    label = "substitution"

    def bind(self, value: str | int, binder: Binder) -> Substitution:
        """Return the substitution, its pseudo-variables compiled."""
        return parse_substitution(str(value), binder.value_at)

    def dynamic(self, value: Value) -> Substitution:
        """Return the substitution."""
        return _evaluated(str(value or ""))


class LiteralSubstitutionKind(SubstitutionKind):
    """A substitution as it stands."""

    mode = RAW


Subst = Annotated[Substitution, LiteralSubstitutionKind()]
"""A substitution, written out."""
EvaluatedSubst = Annotated[Substitution, SubstitutionKind()]
"""A substitution that may come from a pseudo-variable."""
