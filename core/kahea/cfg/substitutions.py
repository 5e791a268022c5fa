"""``#!subst`` and ``#!substdef``: expressions that rewrite later strings."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kahea.cfg.posix import to_python

_VARIABLE = re.compile(
    r"\$(?:(env|envn|def|defn|defv|defs)\(([^()]*)\)|\((env|envn|def|defn|defv|defs)\(([^()]*)\)\)|\$)"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class SubstitutionError(ValueError):
    """A substitution that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """One rule.

    Args:
        pattern: what is looked for.
        replacement: literal text (str) and group numbers (int).
        everywhere: replace every match and not only the first.
    """

    pattern: re.Pattern[str]
    replacement: tuple[str | int, ...]
    everywhere: bool

    def apply(self, text: str) -> str:
        """Return *text* with the matches replaced."""
        return self.pattern.sub(self._replaced, text, count=0 if self.everywhere else 1)

    def _replaced(self, match: re.Match[str]) -> str:
        return "".join(
            part if isinstance(part, str) else (match.group(part) or "" if part <= self.pattern.groups else "")
            for part in self.replacement
        )


def split(expression: str) -> tuple[str, str, str]:
    """Return (pattern, replacement, flags) of ``/pattern/replacement/flags``; any separator but a backslash will do.

    Raises:
        SubstitutionError: a separator is missing or unsuitable.
    """
    separator = expression[:1]
    if not separator or separator == "\\":
        raise SubstitutionError("expected `/pattern/replacement/flags`")
    parts: list[str] = []
    start = index = 1
    while index < len(expression) and len(parts) < 2:
        if expression[index] == separator and expression[index - 1] != "\\":
            parts.append(expression[start:index])
            start = index + 1
        index += 1
    if len(parts) < 2:
        where = "pattern" if not parts else "replacement"
        raise SubstitutionError(f"expected `{separator}` after the {where}")
    return parts[0], parts[1], expression[start:]


def parse(expression: str, defines: Mapping[str, str | None]) -> Substitution:
    """Return the rule that ``/pattern/replacement/flags`` describes.

    Flags are ``i`` (ignore case), ``g`` (every match), ``s`` (``.`` and brackets match line ends too).

    Args:
        expression: the text.
        defines: for ``$def(...)`` in the replacement.

    Raises:
        SubstitutionError: the expression is malformed.
    """
    pattern, replacement, flags = split(expression)
    unknown = set(flags) - set("igs")
    if unknown:
        raise SubstitutionError(f"unknown flag `{min(unknown)}`; there are i, g and s")
    options = re.IGNORECASE if "i" in flags else re.NOFLAG
    options |= re.DOTALL if "s" in flags else re.MULTILINE
    try:
        compiled = re.compile(to_python(pattern, newline_sensitive="s" not in flags), options)
    except (re.error, OverflowError, RecursionError) as error:
        raise SubstitutionError(f"bad regular expression: {error}") from error
    return Substitution(compiled, _replacement(replacement, defines), "g" in flags)


def evaluate(text: str, defines: Mapping[str, str | None]) -> str:
    """Return *text* with ``$env(X)``, ``$def(X)`` and their relatives replaced by their values.

    Raises:
        SubstitutionError: another pseudo-variable, which has no value while the file is read.
    """
    result: list[str] = []
    index = 0
    while (found := text.find("$", index)) >= 0:
        result.append(text[index:found])
        match = _VARIABLE.match(text, found)
        if match is None:
            raise SubstitutionError("only $env(X), $def(X), $defn(X), $defs(X) and $defv(X) have a value here")
        result.append(_value(match, defines))
        index = match.end()
    result.append(text[index:])
    return "".join(result)


def _replacement(text: str, defines: Mapping[str, str | None]) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    index = 0
    while index < len(text):
        character = text[index]
        if character == "\\" and index + 1 < len(text):
            following = text[index + 1]
            parts.append(int(following) if following in "0123456789" else _ESCAPES.get(following, following))
            index += 2
        elif character == "$":
            match = _VARIABLE.match(text, index)
            if match is None:
                raise SubstitutionError("only $env(X), $def(X), $defn(X), $defs(X) and $defv(X) have a value here")
            parts.append(_value(match, defines))
            index = match.end()
        else:
            parts.append(character)
            index += 1
    return tuple(parts)


def _value(match: re.Match[str], defines: Mapping[str, str | None]) -> str:
    kind = match.group(1) or match.group(3)
    if kind is None:
        return "$"
    name = match.group(2) if match.group(1) else match.group(4)
    if kind.startswith("env"):
        return os.environ.get(name, "")
    value = defines.get(name)
    if value is None:
        return "0" if kind == "defn" else ""
    quoted = len(value) >= 2 and value[0] in "\"'" and value[0] == value[-1]
    if kind == "defv":
        return value[1:-1] if quoted else value
    if kind == "defs":
        return value if quoted else f'"{value}"'
    return value
