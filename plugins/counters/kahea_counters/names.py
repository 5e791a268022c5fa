"""Names of counters, as the configuration writes them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

DEFAULT_DESCRIPTION: Final = "custom script counter."

_DECLARATION: Final = re.compile(r"(?P<name>[^: ]*)(?:[: ][ \t]*(?P<description>.*))?", re.DOTALL)


class Declaration(NamedTuple):
    """A counter of the script.

    Attributes:
        name: ``group.name``.
        description: what it counts.
    """

    name: str
    description: str


def full_name(name: str, group: str) -> str:
    """Return ``group.name`` of a name that may lack its group."""
    return name if "." in name else f"{group}.{name}"


def parse_declaration(text: str, group: str) -> Declaration:
    """Read ``[group.]name``, with a description behind ``:`` or a space.

    Args:
        text: as in the configuration.
        group: of a name without one.

    Raises:
        ValueError: there is no name.
    """
    match = _DECLARATION.fullmatch(text)
    assert match is not None  # the pattern fits any text
    name = full_name(match["name"], group)
    if not all(name.split(".", 1)):
        raise ValueError(f"{text!r} names no counter")
    return Declaration(name, match["description"] or DEFAULT_DESCRIPTION)
