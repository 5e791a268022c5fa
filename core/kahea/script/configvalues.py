"""Parameters of the configuration as a script reads them: ``@cfg_get.group.name``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.context import Run, Value
from kahea.modules.core import Core
from kahea.script.parameters import ALIASES, KNOWN


def config_reader(path: Sequence[str], core: Core) -> Callable[[Run], Value]:
    """Return what reads ``cfg_get.group.name``.

    A parameter is read when the script runs, since RPC commands may change it.

    Args:
        path: group and name.
        core: the server.

    Raises:
        ValueError: the file sets no such parameter, and the core has none.
    """
    if len(path) != 2:
        raise ValueError("write `cfg_get.group.name`")
    group, name = path
    settings = core.settings
    if group == "core":
        field = ALIASES.get(name, name)
        if hasattr(settings, field):
            return lambda _: _printed(getattr(settings, field))
        if name in KNOWN:
            return lambda _: _printed(settings.accepted.get(name))
        raise ValueError(f"there is no core parameter `{name}`" + _near(name, sorted(KNOWN)))
    parameters = settings.custom.get(group)
    if parameters is None:
        raise ValueError(
            f"there is no group `{group}` of custom parameters"
            + (_near(group, list(settings.custom)) or f': write `{group}.{name} = "..."` before the routes')
        )
    if name not in parameters:
        raise ValueError(f"the group `{group}` has no parameter `{name}`" + _near(name, list(parameters)))
    return lambda _: _printed(parameters[name])


def _near(name: str, known: Sequence[str]) -> str:
    near = did_you_mean(name, list(known))
    return f"; {near}" if near else ""


def _printed(value: object) -> str | None:
    if value is None or isinstance(value, list):
        return None
    return str(int(value)) if isinstance(value, bool) else str(value)
