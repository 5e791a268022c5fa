"""The function and the pseudo-variable of the P-Charging-Vector header field."""

from __future__ import annotations

from kahea.api import Access, Binder, Message, Module, PvHandle, PvSpec, Result, Text, function, pvar_syntax

from kahea_siputils import charging
from kahea_siputils.params import SiputilsParams


class ChargingFunctions(Module[SiputilsParams]):
    """Charging vectors (RFC 7315)."""

    @function()
    def sip_p_charging_vector(self, msg: Message, flags: Text) -> Result:
        """Remove, make or replace the P-Charging-Vector header field when the message is sent.

        Args:
            flags: `r` removes it, `g` makes one if there is none that can be read, `f` makes one in any case.

        Returns:
            1 when nothing was done, 3 when one was made, 4 when it was removed, 5 when it was replaced.

        Example:
            sip_p_charging_vector("g");
        """
        return int(charging.handle(msg, flags, self.core.clock.time()))

    @pvar_syntax("pcv")
    def pcv(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The P-Charging-Vector header field, as received or as `sip_p_charging_vector` made it.

        `$pcv(all)` is its value, `$pcv(value)` the identifier, `$pcv(genaddr)` where it was made, `$pcv(orig)` and
        `$pcv(term)` the operators, `$pcv(status)` 0 for none, 1 received, 2 without identifier, 3 made, 4 removed.
        """
        key = spec.inner or ""
        if key not in charging.KEYS:
            raise ValueError(f'"{key}" is none of {", ".join(charging.KEYS)}')
        return Access(f"$pcv({key})", lambda run: charging.vector_of(run.msg).part(key))
