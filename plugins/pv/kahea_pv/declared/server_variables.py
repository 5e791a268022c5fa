"""Pseudo-variables of the server: statistics, version, parameters."""

from __future__ import annotations

import platform
import sys
from typing import Final

from kahea.api import KAMAILIO_VERSION, Access, Binder, Module, PvSpec, Run, Value, pvar_syntax

from kahea_pv.binding import inner_of, key_of, without_index
from kahea_pv.params import PvParams

_MAJOR, _MINOR, _PATCH = map(int, KAMAILIO_VERSION.split("."))
_VERSIONS: Final = {
    "num": KAMAILIO_VERSION,
    "full": f"kamailio {KAMAILIO_VERSION} ({platform.machine()}/{sys.platform})",
    "hash": "kahea",
}
_KSR: Final[dict[str, Value]] = {"ver": KAMAILIO_VERSION, "verval": _MAJOR * 1_000_000 + _MINOR * 1000 + _PATCH}


class ServerVariables(Module[PvParams]):
    """What the server is and has counted."""

    @pvar_syntax("stat")
    def stat(self, spec: PvSpec, binder: Binder) -> Access:
        """A statistic by its name, the sum of all workers: ``$stat(rcv_requests)``, ``$stat(sl:sent_replies)``.

        Null when there is none.
        """
        without_index(spec)
        name = inner_of(spec)

        def get(run: Run) -> Value:
            statistics = run.core.statistics
            found = statistics.find(name)
            if found is None:
                run.core.log_bounded(f"there is no statistic {name}", self.name)
                return None
            return statistics.get(found)

        return Access(spec.text, get)

    @pvar_syntax("version")
    def version(self, spec: PvSpec, binder: Binder) -> Access:
        """The version of Kamailio whose language this is: ``num``, ``full``; ``hash`` is ``kahea``."""
        text = _VERSIONS[key_of(spec, _VERSIONS)]
        return Access(spec.text, lambda _run: text, inline=repr(text))

    @pvar_syntax("ksr")
    def ksr(self, spec: PvSpec, binder: Binder) -> Access:
        """The version of Kamailio whose language this is, as text (``ver``) or as a number (``verval``)."""
        value = _KSR[key_of(spec, _KSR)]
        return Access(spec.text, lambda _run: value, inline=repr(value))

    @pvar_syntax("ccp")
    def ccp(self, spec: PvSpec, binder: Binder) -> Access:
        """A parameter that can be changed while the server runs: ``$ccp(core.debug)``, ``$ccp(group.name)``.

        Null when there is none. What is assigned holds for all workers as soon as the script has ended or waits.
        """
        without_index(spec)
        group, _, name = inner_of(spec).rpartition(".")
        if not group or not name:
            raise ValueError("write $ccp(group.name)")
        self.core.parameters.declare()

        def get(run: Run) -> Value:
            try:
                value = run.core.parameters.get(group, name)
            except KeyError:
                run.core.log_bounded(f"there is no parameter {group}.{name}", self.name)
                return None
            return value if isinstance(value, int) else str(value)

        def assign(run: Run, value: Value) -> None:
            if value is None:
                return
            core = run.core

            def done(error: BaseException | None) -> None:
                if error is not None:
                    core.log.error(f"{group}.{name} cannot be set: {error!r}", self.name)

            core.routes.drive(core.parameters.set(group, name, value), done)

        return Access(spec.text, get, assign)
