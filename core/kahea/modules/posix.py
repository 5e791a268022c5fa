"""Regular expressions as Kamailio's users write them: POSIX extended syntax, on Python's engine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kahea.cfg.posix import to_python

_TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\[:[a-z]+:\]|[^\]])*\]|.", re.DOTALL)


@lru_cache(maxsize=1024)
def compile_posix(pattern: str, flags: int = re.IGNORECASE, newline: bool = False) -> re.Pattern[str]:
    """Compile a POSIX extended pattern.

    Classes of characters and letter case are those of ASCII, as in the C locale.

    Args:
        pattern: POSIX extended syntax, GNU's ``\\<``, ``\\>``, ``\\w``, ``\\b`` included.
        flags: of `re`.
        newline: whether newlines are special (``REG_NEWLINE`` of regcomp(3)): ``^`` and ``$`` match at lines, and
            neither ``.`` nor a negated bracket matches a newline. Otherwise nothing treats them specially.

    Returns:
        the compiled pattern. Of alternatives the longest is preferred, as far as one is the beginning of another;
        otherwise the first that matches is taken, where POSIX takes the longest.

    Raises:
        ValueError: with the reason, when it does not compile.
    """
    python = to_python(longest_first(pattern), newline_sensitive=newline)
    try:
        return re.compile(python, flags | re.ASCII | (re.MULTILINE if newline else re.DOTALL))
    except re.error as error:
        raise ValueError(f'bad regular expression "{pattern}": {error}') from None


def longest_first(pattern: str) -> str:
    """Put each alternative in front of those that are its beginning: ``ab|a`` for ``a|ab``.

    Python takes the first alternative that matches, POSIX the longest. Alternatives with groups stay in their places,
    since groups are numbered.

    Args:
        pattern: POSIX extended syntax.
    """
    if "|" not in pattern:
        return pattern
    # the alternatives of each group that is open, the outermost first; the last one is being read
    open_groups: list[list[str]] = [[""]]
    for token in _TOKEN.findall(pattern):
        alternatives = open_groups[-1]
        if token == "(":
            open_groups.append([""])
        elif token == ")" and len(open_groups) > 1:
            open_groups.pop()
            open_groups[-1][-1] += f"({_ordered(alternatives)})"
        elif token == "|":
            alternatives.append("")
        else:
            alternatives[-1] += token
    inner = _ordered(open_groups.pop())
    while open_groups:  # a group that is never closed is for the compiler to report
        inner = f"{_ordered(open_groups.pop())}({inner}"
    return inner


def _ordered(alternatives: list[str]) -> str:
    placed: list[str] = []
    for alternative in alternatives:
        place = len(placed)
        for index, earlier in enumerate(placed):
            if alternative.startswith(earlier) and "(" not in alternative and "(" not in "".join(placed[index:]):
                place = index
                break
        placed.insert(place, alternative)
    return "|".join(placed)
