"""Parameters of the configuration as a script reads them: ``@cfg_get.group.name``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.context import Run, Value
from kahea.modules.core import Core
from kahea.script.configgroups import selected_value
from kahea.script.parameters import ALIASES, KNOWN


class SelectError(ValueError):
    """A select that does not exist.

    Attributes:
        what: which step does not, and what there is.
        remedy: what would mend it, ``None`` where that is unknown.
    """

    def __init__(self, what: str, remedy: str | None = None) -> None:
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


def config_reader(path: Sequence[str], core: Core) -> Callable[[Run], Value]:
    """Return what reads ``cfg_get.group.name``.

    A parameter is read when the script runs, since RPC commands may change it.

    Args:
        path: group and name.
        core: the server.

    Raises:
        SelectError: the file sets no such parameter, and the core has none.
    """
    if len(path) != 2:
        raise SelectError("a parameter of the configuration has two names", "write `cfg_get.group.name`")
    group, name = path
    settings = core.settings
    if group == "core":
        field = ALIASES.get(name, name)
        if hasattr(settings, field):
            return lambda _: _printed(getattr(core.settings, field))
        if name in KNOWN:
            return lambda _: _printed(settings.accepted.get(name))
        raise SelectError(f"the core has no parameter `{name}`", did_you_mean(name, sorted(KNOWN)))
    parameters = settings.custom.get(group)
    if parameters is None:
        remedy = did_you_mean(group, list(settings.custom)) or f'set it in the file: `{group}.{name} = "..."`'
        raise SelectError(f"there is no group `{group}` of custom parameters", remedy)
    if name not in parameters:
        raise SelectError(f"the group `{group}` has no parameter `{name}`", did_you_mean(name, list(parameters)))
    if group in settings.custom_instances:
        return lambda run: _printed(selected_value(run.msg, core, group, name))
    return lambda _: _printed(core.settings.custom[group][name])


def _printed(value: object) -> str | None:
    if value is None or isinstance(value, list):
        return None
    return str(int(value)) if isinstance(value, bool) else str(value)
