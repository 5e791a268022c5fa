"""Where Kamailio's functions and pseudo-variables come from, whether the module is installed here or not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "known.txt"


@cache
def known_names() -> Mapping[str, frozenset[str]]:
    """Return what each of Kamailio's modules offers: functions by name, pseudo-variables with their ``$``.

    Read when the first mistake asks for it.
    """
    found: dict[str, frozenset[str]] = {}
    for line in _FILE.read_text(encoding="ascii").splitlines():
        module, colon, names = line.partition(":")
        if colon and not line.startswith("#"):
            found[module] = frozenset(names.split())
    return found


def modules_with(name: str) -> list[str]:
    """Return the modules that offer a function, or a pseudo-variable when the name begins with ``$``."""
    return [module for module, names in known_names().items() if name in names]
