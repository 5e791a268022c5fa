"""Flags of messages and branches as numbers."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Access, Message, PvSpec, Run, Value, script_flags, set_script_flags

from kahea_pv.binding import inner_of, without_index

FLAG_COUNT = 32
_MASK = (1 << FLAG_COUNT) - 1


def number_of(value: Value) -> int:
    """Return all flags as a script assigns them; null clears them.

    Raises:
        ValueError: for text.
    """
    if isinstance(value, str):
        raise ValueError("flags take a number")
    return (value or 0) & _MASK


def bind_flag(spec: PvSpec, attribute: str) -> Access:
    """Bind a pseudo-variable for one flag.

    Args:
        spec: holds the flag's number, 0 to 31.
        attribute: of the message, that holds the flags.

    Raises:
        ValueError: when it is no such number.
    """
    read: Callable[[Message], int] = (lambda msg: msg.flags) if attribute == "flags" else (lambda msg: msg.bflags)
    flag = _number(spec)
    inline = f"(msg.{attribute} >> {flag} & 1)"
    return _bind(spec, flag, read, lambda msg, flags: setattr(msg, attribute, flags), inline)


def bind_script_flag(spec: PvSpec) -> Access:
    """Bind a pseudo-variable for one flag of the script; arguments and errors as of `bind_flag`."""
    return _bind(spec, _number(spec), script_flags, set_script_flags, None)


def _number(spec: PvSpec) -> int:
    without_index(spec)
    text = inner_of(spec).strip()
    if not (text.isdecimal() and text.isascii() and int(text) < FLAG_COUNT):
        raise ValueError(f'a flag is a number from 0 to {FLAG_COUNT - 1}, not "{text}"')
    return int(text)


def _bind(
    spec: PvSpec,
    flag: int,
    read: Callable[[Message], int],
    write: Callable[[Message, int], None],
    inline: str | None,
) -> Access:
    def get(run: Run) -> int:
        return read(run.msg) >> flag & 1

    def assign(run: Run, value: Value) -> None:
        flags = read(run.msg) & ~(1 << flag) if value is not None else 0
        write(run.msg, flags | (bool(number_of(value)) << flag))

    return Access(spec.text, get, assign, inline=inline)
