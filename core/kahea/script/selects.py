"""Selects: ``@from.uri.user``, ``@via[2].host``, ``@cfg_get.group.name``, and the same in ``$sel(...)``.

A select is a path through a message. Each step leads from a value of one kind to a value of another; the tables in
`kahea.script.selecttables` say which steps a kind has. The path is followed once, when the file is read, and leaves a
chain of functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.context import Run, Value
from kahea.modules.core import Core
from kahea.script.configvalues import SelectError, config_reader
from kahea.script.selectkinds import Getter, Kind, indexed
from kahea.script.selecttables import KINDS, ROOT

_PART = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_]*)(?:\[(?:(-?[0-9]+)|"([^"]*)")\])?')

Reader = Callable[[Run], Value]


def compile_select(text: str, core: Core) -> Reader:
    """Return what reads a select.

    Args:
        text: as written, with or without the ``@``.
        core: the server, whose settings ``cfg_get`` shows.

    Raises:
        SelectError: there is no such select.
    """
    parts = _parts(text.removeprefix("@"))
    if parts[0][0] == "cfg_get":
        return config_reader([name for name, _ in parts[1:]], core)
    return _follow(parts)


def _parts(text: str) -> list[tuple[str, int | str | None]]:
    parts: list[tuple[str, int | str | None]] = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None or (place == 0 and match[0].startswith(".")):
            raise SelectError(f"`{text}` is no select", "write names with dots between them, as in `@from.uri.user`")
        name, number, key = match.groups()
        parts.append((name, int(number) if number is not None else key))
        place = match.end()
    if not parts:
        raise SelectError("the select has no name")
    return parts


def _follow(parts: list[tuple[str, int | str | None]]) -> Reader:
    kind: Kind = ROOT
    getters: list[Getter] = []
    done = "@"
    for name, index in parts:
        step = kind.steps.get(name.lower())
        if step is None and kind.any_name is not None:
            step = kind.any_name(name)
        if step is None:
            known = [f"{done}{one}" for one in kind.steps]
            wanted = f"{done}{name}"
            raise SelectError(f"there is no select `{wanted}`", did_you_mean(wanted, known))
        if index is not None and not step.takes_index:
            raise SelectError(f"`{done}{name}` takes no index")
        getters.append(indexed(step, index))
        kind = KINDS[step.kind]
        done += f"{name}."
    if kind.text is None:
        raise SelectError(f"`{done[:-1]}` needs one of {', '.join(kind.steps) or 'the names that follow it'}")
    return _chain(getters, kind.text)


def _chain(getters: list[Getter], printed: Getter) -> Reader:
    steps = (*getters, printed)

    def read(run: Run) -> Value:
        value: object = run
        for step in steps:
            value = step(value)
            if value is None:
                return None
        text: str = value  # type: ignore[assignment]
        return text

    return read
