"""Variables that all workers share."""

from __future__ import annotations

from typing import Any

from kahea.api import Access, Binder, Core, Module, PvSpec, pvar_syntax, rpc

from kahea_pv.binding import inner_of, without_index
from kahea_pv.params import PvParams
from kahea_pv.shared import SharedVariables
from kahea_pv.variables import parse_defaults


class SharedVariablesOfScript(Module[PvParams]):
    """Variables that are the same for all workers, and what an operator can do with them."""

    def __init__(self, name: str, params: PvParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._shared = SharedVariables(core.tables, parse_defaults("shvset", params.shvset))

    def mod_init(self) -> None:
        """Set the values of ``shvset``."""
        super().mod_init()
        self._shared.start()

    @pvar_syntax("shv")
    def shv(self, spec: PvSpec, binder: Binder) -> Access:
        """A variable that is the same for all workers, and keeps its value until the server stops.

        It is 0, or what ``shvset`` says, until it is assigned; assigning null makes it empty text. What one worker
        assigns the others see when its batch of messages ends.

        Example:
            ``if ($shv(maintenance) == 1) exit;``
        """
        without_index(spec)
        return self._shared.bind(spec.text, inner_of(spec))

    @pvar_syntax("shvinc")
    def shvinc(self, spec: PvSpec, binder: Binder) -> Access:
        """Add 1 to a ``$shv`` and give the sum; no other worker can come in between.

        With text in the variable it is 0, and the text stays.

        Example:
            ``$var(number) = $shvinc(calls);``
        """
        without_index(spec)
        return self._shared.bind_increment(spec.text, inner_of(spec))

    @rpc("pv.shvGet")
    def shv_get(self, name: str | None = None) -> dict[str, object]:
        """Return name, type and value of a ``$shv``; of all without a name."""
        return self._shared.shown(name if name is None else str(name))

    @rpc("pv.shvSet")
    def shv_set(self, name: Any = None, kind: Any = None, value: Any = None) -> str:
        """Set a ``$shv`` that the configuration mentions: its name, ``int`` or ``str``, and the value."""
        return self._shared.set(name, kind, value)
