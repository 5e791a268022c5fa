"""Helpers for pseudo-variables that read their own syntax."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kahea.api import Access, Message, PvSpec, Run, Value


def inner_of(spec: PvSpec) -> str:
    """Return what stands in the parentheses.

    Raises:
        ValueError: when nothing does.
    """
    if not spec.inner:
        raise ValueError(f"it needs a name in parentheses, as in ${spec.name}(x)")
    return spec.inner


def without_index(spec: PvSpec) -> None:
    """Check that no index is given.

    Raises:
        ValueError: when one is.
    """
    if spec.index is not None:
        raise ValueError("it takes no index")


def key_of(spec: PvSpec, keys: Mapping[str, object]) -> str:
    """Return the word in the parentheses, which must be one of *keys*; no index is allowed.

    Raises:
        ValueError: when it is another.
    """
    without_index(spec)
    key = inner_of(spec)
    if key not in keys:
        raise ValueError(f'"{key}" is none of {", ".join(keys)}')
    return key


def on_message(spec: PvSpec, table: Mapping[str, Callable[[Message], Value]]) -> Access:
    """Bind a pseudo-variable whose word in the parentheses names a function of the message.

    Raises:
        ValueError: when the table has no such word.
    """
    read = table[key_of(spec, table)]

    def get(run: Run) -> Value:
        return read(run.msg)

    return Access(spec.text, get)
