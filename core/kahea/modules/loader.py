"""Finds modules by their entry points and makes instances of them."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import msgspec
import pluggy

from kahea.modules import hookspecs
from kahea.modules.binding import Binder
from kahea.modules.core import Core
from kahea.modules.module import Module, Params
from kahea.modules.registry import Registry

GROUP = "kahea.modules"
"""The entry point group: the entry's name is the name in ``loadmodule``."""


class ModuleLoadError(Exception):
    """A module that is installed but cannot be used; the text says why, for the operator."""


class ModuleStartError(Exception):
    """A module whose ``mod_init`` or ``child_init`` failed."""

    def __init__(self, module: str, error: Exception) -> None:
        super().__init__(f"the module {module} cannot start: {type(error).__name__}: {error}")


class ModuleNotInstalledError(Exception):
    """No installed package offers the module."""


@cache
def available() -> Mapping[str, EntryPoint]:
    """Return the entry points of all installed modules by name; read once."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def package_of(name: str) -> str:
    """Return the name of the package that offers the module *name* by convention."""
    return f"kahea-{name.replace('_', '-')}"


def load_class(name: str, file: Path | None = None) -> type[Module[Any]]:
    """Import a module's class.

    Args:
        name: as in ``loadmodule``, without path and ``.so``.
        file: a single Python file that holds the module, instead of an installed package.

    Raises:
        ModuleNotInstalledError: when no installed package offers it.
        ModuleLoadError: when it cannot be imported or is no module.
    """
    if file is not None:
        return _load_file(name, file)
    entry = available().get(name)
    if entry is None:
        raise ModuleNotInstalledError(name)
    try:
        loaded = entry.load()
    except Exception as error:
        distribution = f" of {entry.dist.name} {entry.dist.version}" if entry.dist else ""
        raise ModuleLoadError(f"cannot import {entry.value}{distribution}: {type(error).__name__}: {error}") from error
    if not (inspect.isclass(loaded) and issubclass(loaded, Module)):
        raise ModuleLoadError(f"{entry.value} is not a subclass of kahea.api.Module")
    return loaded


def _load_file(name: str, file: Path) -> type[Module[Any]]:
    spec = importlib.util.spec_from_file_location(f"kahea_file_{name}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ModuleLoadError(f"there is no file {file}")
    loaded = importlib.util.module_from_spec(spec)
    # annotations are evaluated in the namespace of the module, which inspect finds here
    sys.modules[spec.name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except Exception as error:
        raise ModuleLoadError(f"cannot import {file}: {type(error).__name__}: {error}") from error
    found = [
        member
        for member in vars(loaded).values()
        if inspect.isclass(member) and issubclass(member, Module) and member.__module__ == spec.name
    ]
    if len(found) != 1:
        raise ModuleLoadError(f"{file} defines {len(found)} subclasses of kahea.api.Module, one is needed")
    return found[0]


@dataclass
class ParamValues:
    """Collects the ``modparam`` values of one module until it is made."""

    struct: type[Params]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        return [info.name for info in msgspec.structs.fields(self.struct)]

    def set(self, name: str, value: str | int) -> None:
        """Take a value; repeated ones of a ``list`` field add up, the last one of another counts.

        Raises:
            KeyError: when the module has no such parameter.
            ValueError: when the value does not fit; the text says what is expected.
        """
        types = {info.name: info.type for info in msgspec.structs.fields(self.struct)}
        wanted = types[name]
        if _collects(wanted):
            self.values.setdefault(name, []).extend(_convert([value], wanted))
        else:
            self.values[name] = _convert(value, wanted)

    def make(self) -> Params:
        """Return the finished parameters."""
        return self.struct(**self.values)


def _collects(wanted: Any) -> bool:
    """Whether a field is a list, be it described with ``Annotated`` or not."""
    found = msgspec.inspect.type_info(wanted)
    while isinstance(found, msgspec.inspect.Metadata):
        found = found.type
    return isinstance(found, msgspec.inspect.ListType)


def _convert(value: Any, wanted: Any) -> Any:
    try:
        return msgspec.convert(value, wanted, strict=False)
    except msgspec.ValidationError as error:
        # a number given for a text parameter is that text, as in Kamailio
        texts = [str(item) for item in value] if isinstance(value, list) else str(value)
        if isinstance(value, int) or (isinstance(value, list) and isinstance(value[0], int)):
            try:
                return msgspec.convert(texts, wanted)
            except msgspec.ValidationError:
                pass
        text = str(error).split(" - at `$")[0]
        raise ValueError(text[0].lower() + text[1:]) from None


class Loader:
    """Makes module instances, registers them with pluggy and collects what they offer."""

    def __init__(self) -> None:
        self.plugins = pluggy.PluginManager("kahea")
        self.plugins.add_hookspecs(hookspecs)
        self.registry = Registry()

    def add(self, name: str, module_class: type[Module[Any]], params: Params, core: Core) -> list[tuple[str, str]]:
        """Make the module *name* and take what it offers.

        Returns:
            (function, module) for each function of a module loaded before that is now hidden.

        Raises:
            ModuleLoadError: when its declarations are wrong.
        """
        try:
            return self.add_instance(name, module_class(name, params, core))
        except (TypeError, ValueError, pluggy.PluginValidationError) as error:
            raise ModuleLoadError(str(error)) from error

    def add_instance(self, name: str, plugin: object) -> list[tuple[str, str]]:
        """Register any object with kahea's hooks as the module *name*; returns the hidden functions as `add`."""
        self.plugins.register(plugin, name)
        self.plugins.check_pending()
        offered: dict[str, Any] = {}
        for key in ("functions", "pseudo_variables", "transformations", "event_routes", "rpc"):
            hook = getattr(self.plugins.hook, f"kahea_{key}")
            for implementation in hook.get_hookimpls():
                if implementation.plugin is plugin:
                    offered[key] = implementation.function()
        return list(self.registry.add(name, **offered))

    def bind_params(self, name: str, binder: Callable[[str], Binder]) -> Iterator[tuple[str, str]]:
        """Let the module *name* compile the pseudo-variables in its parameters.

        Args:
            name: of the module.
            binder: of a parameter's name, makes what compiles parts of its value.

        Yields:
            (parameter, what is wrong with it).
        """
        asked = [""]

        def remembered(param: str) -> Binder:
            asked[0] = param
            return binder(param)

        for implementation in self.plugins.hook.kahea_bind_params.get_hookimpls():
            if implementation.plugin_name == name:
                try:
                    implementation.function(binder=remembered)
                except ValueError as error:
                    yield asked[0], str(error)

    def _each(self, hook: str, **arguments: Any) -> None:
        """Call a hook of every module in the order of loading, each with the arguments that it asks for."""
        for implementation in getattr(self.plugins.hook, hook).get_hookimpls():
            wanted = {name: arguments[name] for name in implementation.argnames}
            try:
                implementation.function(**wanted)
            except Exception as error:
                raise ModuleStartError(implementation.plugin_name, error) from error

    def mod_init(self, core: Core) -> None:
        """Start the modules, before the server forks.

        Raises:
            ModuleStartError: when one cannot start.
        """
        self._each("kahea_mod_init", core=core)

    def child_init(self, core: Core, *, housekeeper: bool) -> None:
        """Start the modules in a worker.

        Raises:
            ModuleStartError: when one cannot start.
        """
        self._each("kahea_child_init", core=core, housekeeper=housekeeper)

    def destroy(self, core: Core) -> None:
        """Stop the modules of a process; one that fails does not keep the others from it."""
        for implementation in reversed(self.plugins.hook.kahea_destroy.get_hookimpls()):
            try:
                implementation.function(**({"core": core} if "core" in implementation.argnames else {}))
            except Exception as error:
                core.log.error(f"the module {implementation.plugin_name} failed to stop: {error}")
