"""Statistics and amounts, as the configuration writes them."""

from __future__ import annotations

from typing import Final

GROUP: Final = "script"
"""The group of the script's statistics, as in Kamailio."""


def parse_variable(text: str) -> tuple[str, bool]:
    """Read ``name`` or ``name/no_reset``.

    Returns:
        the name, and whether it is never reset.

    Raises:
        ValueError: there is no name, or another flag.
    """
    name, slash, flag = text.partition("/")
    if not name:
        raise ValueError(f"{text!r} names no statistic")
    if slash and flag.lower() != "no_reset":
        raise ValueError(f"{flag!r} is no flag; write {name}/no_reset")
    return name, bool(slash)


def amount_of(text: str) -> int:
    """Return a number with or without a sign.

    Raises:
        ValueError: it is none.
    """
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"{text!r} is no number")
    return -int(digits) if text[0] == "-" else int(digits)
