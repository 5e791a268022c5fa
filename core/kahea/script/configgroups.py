"""Instances of groups of custom parameters: ``group[1].name = value``, `cfg_select`, `cfg_reset`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.core import Core
from kahea.modules.declare import function
from kahea.modules.kinds import Int
from kahea.modules.module import Module
from kahea.script.corekinds import String
from kahea.sip.message import Message, allocate_slot

_SELECTED: Final = allocate_slot()


def selected_value(msg: Message, core: Core, group: str, name: str) -> int | str:
    """Return a custom parameter, of the instance that was selected for the message.

    Args:
        msg: the message in work.
        core: the server.
        group: that is set in the file.
        name: of a parameter of it.
    """
    settings = core.settings
    instances = settings.custom_instances.get(group)
    if instances is not None:
        selected = msg.get_slot(_SELECTED)
        if isinstance(selected, dict) and group in selected:
            found = instances[selected[group]].get(name)
            if found is not None:
                return found
    return settings.custom[group][name]


class ConfigActions(Module[Any]):
    """Which instance of a group of custom parameters a script reads."""

    @function()
    def cfg_select(self, msg: Message, group: String, instance: Int) -> bool:
        """Read the custom parameters of an instance of a group, until the message is dealt with; ``false`` if there is
        no such instance."""
        return self._select(msg, group, instance)

    @cfg_select.when_constant
    def _prepared_select(self, group: str, instance: int) -> Callable[[Message], bool]:
        self._known(group)
        return lambda msg: self._select(msg, group, instance)

    def _select(self, msg: Message, group: str, instance: int) -> bool:
        if instance not in self.core.settings.custom_instances.get(group, {}):
            self.core.log_bounded(f"cfg_select: there is no {group}[{instance}]")
            return False
        selected = msg.get_slot(_SELECTED)
        msg.set_slot(_SELECTED, {**(selected if isinstance(selected, dict) else {}), group: instance})
        return True

    @function()
    def cfg_reset(self, msg: Message, group: String) -> bool:
        """Read the custom parameters of a group itself again."""
        return self._reset(msg, group)

    @cfg_reset.when_constant
    def _prepared_reset(self, group: str) -> Callable[[Message], bool]:
        self._known(group)
        return lambda msg: self._reset(msg, group)

    def _reset(self, msg: Message, group: str) -> bool:
        selected = msg.get_slot(_SELECTED)
        if isinstance(selected, dict):
            msg.set_slot(_SELECTED, {name: instance for name, instance in selected.items() if name != group})
        return True

    def _known(self, group: str) -> None:
        """Check a group's name.

        Raises:
            ValueError: there is none of this name.
        """
        groups = self.core.settings.custom
        if group not in groups:
            near = did_you_mean(group, list(groups))
            raise ValueError(f"there is no group `{group}` of custom parameters" + (f"; {near}" if near else ""))
