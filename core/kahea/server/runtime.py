"""Changing global parameters while the server runs.

What was changed is in a shared table, so that a worker that starts later finds it. Who changes something stores it,
then has every worker take it over; a worker that misses the call looks once a second.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_args

import msgspec
from msgspec.structs import FieldInfo

from kahea.modules.core import Timers
from kahea.modules.module import Module, Params
from kahea.modules.runtime import ParameterValue, PendingChange
from kahea.modules.settings import RUNTIME, Settings
from kahea.modules.tables import Table
from kahea.server.tables.shared import SharedTables

TAKE_OVER: Final = "core.parameters"
"""The RPC command that makes every worker take over what was changed."""

LOOK_INTERVAL: Final = 1.0

Listener = Callable[[Settings], None]


def _key_of(field: str) -> tuple[str, str]:
    """Return group and name as Kamailio has them."""
    return ("tcp", field.removeprefix("tcp_")) if field.startswith("tcp_") else ("core", field)


@dataclass(slots=True)
class _Group:
    """The changeable parameters of a module."""

    module: Module[Any]
    initial: Params
    fields: dict[str, FieldInfo]

    def take(self, values: dict[str, Any]) -> None:
        """Give the module other values, and those of the start where there are none."""
        params = msgspec.structs.replace(self.initial, **values)
        if params != self.module.params:
            self.module.params = params
            self.module.params_changed()


def _is_changeable(info: FieldInfo) -> bool:
    return any(isinstance(meta, msgspec.Meta) and (meta.extra or {}).get("runtime") for meta in get_args(info.type))


_FIELDS: Final = {_key_of(info.name): info for info in msgspec.structs.fields(Settings) if info.name in RUNTIME}


class Parameters:
    """The changeable parameters of one process; a `kahea.modules.runtime.RuntimeParameters`.

    Args:
        settings: those of the start.
        tables: of the server.

    Attributes:
        listeners: called with the new settings after each change.
    """

    def __init__(self, settings: Settings, tables: SharedTables) -> None:
        self._initial = settings
        self._settings = settings
        self._tables = tables
        self.listeners: list[Listener] = []
        self._changed: Table[Any] | None = None
        self._waiting: Table[Any] | None = None
        self._seen = 0
        self._tell: Callable[[], Awaitable[Any]] | None = None
        self.version = 0
        self._groups: dict[str, _Group] = {}

    def add_module(self, name: str, module: Module[Any]) -> None:
        """Take the parameters of a module that are marked with `kahea.modules.module.RUNTIME`; its name is the group.

        Args:
            name: of the module.
            module: with its parameters of the start.
        """
        fields = {info.name: info for info in msgspec.structs.fields(module.params) if _is_changeable(info)}
        if fields:
            self._groups[name] = _Group(module, module.params, fields)

    def declare(self) -> None:
        """Allow changes; up to ``mod_init``."""
        self._changed = self._tables.table("core.parameters", Any)
        self._waiting = self._tables.table("core.parameters.waiting", Any)

    @property
    def is_declared(self) -> bool:
        """Whether changes are allowed."""
        return self._changed is not None

    def start(self, timers: Timers, tell: Callable[[], Awaitable[Any]] | None) -> None:
        """Take over what was changed before this process started.

        Args:
            timers: of the process.
            tell: makes all workers call `take_over`; ``None`` where there is only this process.
        """
        if self._changed is None:
            return
        self._tell = tell
        self._initial = self._settings
        if self._changed.version:
            self.take_over()
        timers.every(LOOK_INTERVAL, self._look)

    def _look(self) -> None:
        if self._changed is not None and self._changed.version != self._seen:
            self.take_over()

    def take_over(self) -> int:
        """Replace the settings by what is stored; returns the version."""
        changed = self._table(self._changed)
        self._seen = changed.version
        values: dict[str, Any] = {}
        of_modules: dict[str, dict[str, Any]] = {group: {} for group in self._groups}
        custom = {group: dict(parameters) for group, parameters in self._initial.custom.items()}
        for key, value in _entries(changed).items():
            if key in _FIELDS:
                values[_FIELDS[key].name] = value
            elif key[0] in of_modules:
                of_modules[key[0]][key[1]] = value
            else:
                custom[key[0]][key[1]] = value
        self._settings = msgspec.structs.replace(self._initial, custom=custom, **values)
        self.version += 1
        for group, changes in of_modules.items():
            self._groups[group].take(changes)
        for listener in self.listeners:
            listener(self._settings)
        return self.version

    def names(self) -> list[tuple[str, str]]:
        """Return group and name of each parameter, in the order of the groups."""
        custom = [(group, name) for group, parameters in self._settings.custom.items() for name in parameters]
        of_modules = [(group, name) for group, one in self._groups.items() for name in one.fields]
        return [*sorted(_FIELDS, key=lambda key: key[0]), *of_modules, *custom]

    def get(self, group: str, name: str) -> ParameterValue:
        """Return a value; raises KeyError."""
        if group in self._groups:
            return _plain(getattr(self._groups[group].module.params, self._groups[group].fields[name].name))
        info = _FIELDS.get((group, name))
        return _plain(getattr(self._settings, info.name) if info else self._settings.custom[group][name])

    def _field(self, group: str, name: str) -> FieldInfo | None:
        """Return what is declared about a parameter, ``None`` for a custom one or none; raises KeyError."""
        return self._groups[group].fields[name] if group in self._groups else _FIELDS.get((group, name))

    def describe(self, group: str, name: str) -> tuple[str, str]:
        """Return a parameter's description and the type of its values; raises KeyError."""
        info = self._field(group, name)
        if info is None:
            kind = type(self._initial.custom[group][name])
            text = self._initial.custom_descriptions.get(f"{group}.{name}")
            return text or "", "string" if kind is str else "integer"
        kind, *metas = get_args(info.type)
        text = next(meta.description for meta in metas if isinstance(meta, msgspec.Meta))
        return text or "", "string" if kind is str else "integer"

    async def set(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a value in all workers; raises KeyError and ValueError."""
        self._put(self._changed, group, name, value)
        await self._publish()

    def set_delayed(self, group: str, name: str, value: ParameterValue) -> None:
        """Remember a change for `commit`; raises KeyError and ValueError."""
        self._put(self._waiting, group, name, value)

    def pending(self) -> list[PendingChange]:
        """Return the changes that wait."""
        entries = _entries(self._table(self._waiting))
        return [PendingChange(*key, self.get(*key), _plain(value)) for key, value in entries.items()]

    async def commit(self) -> None:
        """Make all changes that wait, together."""
        for one in self.pending():
            self._put(self._changed, one.group, one.name, one.new)
        self.rollback()
        await self._publish()

    def rollback(self) -> None:
        """Forget all changes that wait."""
        _clear(self._table(self._waiting))

    async def reset(self, group: str) -> None:
        """Give the parameters of a group the values of the start."""
        _clear(self._table(self._changed), f"{group}.")
        await self._publish()

    def _put(self, table: Table[Any] | None, group: str, name: str, value: ParameterValue) -> None:
        if not self._table(table).put(f"{group}.{name}", self._checked(group, name, value)):
            raise ValueError("there is no room in the shared tables")

    def _checked(self, group: str, name: str, value: ParameterValue) -> Any:
        info = self._field(group, name)
        annotation = info.type if info else type(self._initial.custom[group][name])
        kind = get_args(annotation)[0] if info else annotation
        try:
            converted = msgspec.convert(str(value) if kind is str else value, annotation, strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        return converted

    def _table(self, table: Table[Any] | None) -> Table[Any]:
        if table is None:
            raise ValueError("no loaded module allows to change parameters")
        return table

    async def _publish(self) -> None:
        self._table(self._changed).bump()  # commits what was put
        if self._tell is None:
            self.take_over()
        else:
            await self._tell()


def _plain(value: Any) -> ParameterValue:
    """Return a value as an operator sees it: yes and no are 1 and 0."""
    plain: ParameterValue = int(value) if isinstance(value, bool) else value
    return plain


def _entries(table: Table[Any]) -> dict[tuple[str, str], Any]:
    found = {}
    for key, value in table.scan():
        group, _, name = key.partition(".")
        found[group, name] = value
    return found


def _clear(table: Table[Any], prefix: str = "") -> None:
    for key, _ in table.scan(prefix):
        table.delete(key)
