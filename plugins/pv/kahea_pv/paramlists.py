"""Lists of parameters as the ``param`` transformations and ``xavp_params_explode()`` read them: ``a=1;b;c="x;y"``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

Params = tuple[tuple[str, str], ...]
"""Names and values in order; the value of a parameter without one is empty."""

_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"|\'(?:[^\'\\]|\\.)*+\''


@lru_cache(maxsize=32)
def _pattern(separator: str) -> re.Pattern[str]:
    sep = re.escape(separator)
    # possessive throughout: a peer's text must not make it backtrack
    return re.compile(
        rf"\s*+(?P<name>[^\s={sep}]++)\s*+"
        rf"(?:=\s*+(?:(?P<quoted>{_QUOTED})\s*+(?={sep}|\Z)|(?P<value>[^{sep}]*+)))?(?:{sep}|\Z)",
        re.DOTALL,
    )


@lru_cache(maxsize=16)
def parse(text: str, separator: str = ";") -> Params | None:
    """Take a list of parameters apart.

    Args:
        text: the list; quotes around a value are dropped, a separator at the end is allowed.
        separator: one character.

    Returns:
        the parameters; ``None`` when there are none or the text is malformed.
    """
    found = []
    position = 0
    pattern = _pattern(separator)
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            return None
        name, quoted, value = match.groups()
        found.append((name, quoted[1:-1] if quoted is not None else (value or "").rstrip()))
        position = match.end()
    return tuple(found) or None


def value_of(params: Params, name: str) -> str | None:
    """Return the value of a parameter, of the last one where several have the name; ``None`` without one."""
    wanted = name.lower()
    return next((value for key, value in reversed(params) if key.lower() == wanted), None)


def at(params: Params, index: int, field: int) -> str:
    """Return the name (field 0) or value (field 1) of a parameter by its place, empty when there is none.

    Args:
        params: from `parse`.
        index: 0 for the first; negative counts from the last.
        field: 0 or 1.
    """
    return params[index][field] if -len(params) <= index < len(params) else ""
