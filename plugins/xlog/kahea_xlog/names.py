"""The words of the configuration for log levels, syslog facilities, methods and colours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kahea.api import Level, Message

_LEVELS: Final = {
    "A": Level.ALERT,
    "B": Level.BUG,
    "C": Level.CRIT2,
    "E": Level.ERR,
    "W": Level.WARN,
    "N": Level.NOTICE,
    "I": Level.INFO,
    "D": Level.DBG,
}

_FACILITIES: Final = frozenset(
    f"LOG_{name}"
    for name in (
        *("AUTH", "AUTHPRIV", "CRON", "DAEMON", "FTP", "KERN", "LPR", "MAIL", "NEWS", "SYSLOG", "USER", "UUCP"),
        *(f"LOCAL{number}" for number in range(8)),
    )
)

# in the order of the bits that Kamailio gives them
_METHODS: Final = (
    *("INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "PRACK"),
    *("UPDATE", "REFER", "PUBLISH", "KDMQ", "GET", "POST", "PUT", "DELETE"),
)
_METHOD_BITS: Final = {method: 1 << bit for bit, method in enumerate(_METHODS)}

# the last digit of the ECMA-48 parameters for foreground (3x) and background (4x)
_COLORS: Final = {"x": 9, "s": 0, "r": 1, "g": 2, "y": 3, "b": 4, "p": 5, "c": 6, "w": 7}


def log_level(word: str) -> Level:
    """Return the level that a word stands for; as in Kamailio, only its third letter counts.

    Args:
        word: such as ``L_INFO``.

    Raises:
        ValueError: when it stands for none.
    """
    level = _LEVELS.get(word[2:3])
    if level is None:
        raise ValueError(
            f'unknown log level "{word}": use L_ALERT, L_BUG, L_CRIT, L_ERR, L_WARN, L_NOTICE, L_INFO, L_DBG'
        )
    return level


def facility(word: str) -> str:
    """Return the name of a syslog facility.

    Args:
        word: such as ``LOG_LOCAL3``, in any case.

    Raises:
        ValueError: when there is no such facility.
    """
    name = word.upper()
    if name not in _FACILITIES:
        raise ValueError(f'unknown syslog facility "{word}": use LOG_DAEMON, LOG_LOCAL0 to LOG_LOCAL7, LOG_USER, ...')
    return name


def method_bit(msg: Message) -> int:
    """Return the bit of a message's method in ``methods_filter``; all methods that Kamailio does not know share one."""
    return _METHOD_BITS.get(msg.method, 1 << len(_METHODS))


def color(letters: str) -> str:
    """Return the escape sequence that sets the colours of a terminal (ECMA-48 SGR).

    Args:
        letters: foreground (a capital for bold) and background: x default, s black, r red, g green, y yellow, b blue,
            p purple, c cyan, w white.

    Raises:
        ValueError: when they are not two such letters.
    """
    if len(letters) != 2 or letters[0].lower() not in _COLORS or letters[1] not in _COLORS:
        raise ValueError(f'"{letters}" is no colour: two letters of x s r g y b p c w, the first may be a capital')
    bold = int(letters[0].isupper())
    return f"\033[{bold};3{_COLORS[letters[0].lower()]};4{_COLORS[letters[1]]}m"


def level_colors(texts: Iterable[str]) -> dict[int, str]:
    """Read the parameter ``log_colors``.

    Args:
        texts: each ``L_ERR=cr``, several separated by ``;``.

    Returns:
        Escape sequences by level.

    Raises:
        ValueError: when one is written differently.
    """
    found: dict[int, str] = {}
    for text in ";".join(texts).split(";"):
        if text.strip():
            word, _, letters = text.strip().partition("=")
            found[log_level(word)] = color(letters)
    return found
