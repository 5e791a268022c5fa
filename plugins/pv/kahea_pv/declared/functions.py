"""Functions that ask about pseudo-variables."""

from __future__ import annotations

from typing import Annotated

from kahea.api import Module, Pv, RawText, Run, Var, function

from kahea_pv.kinds import Evaluated, EvaluatedKind
from kahea_pv.params import PvParams


class VariableFunctions(Module[PvParams]):
    """Questions about pseudo-variables."""

    @function()
    def is_int(self, run: Run, pv: Pv) -> bool:
        """Whether a pseudo-variable has a number, as ``$sp``, or stands for one, as ``$rp`` and ``$rm``.

        Args:
            pv: the pseudo-variable.

        Example:
            ``if (is_int("$avp(x)")) { ... }``
        """
        value = pv.get(run)
        return isinstance(value, int) or (value is not None and getattr(pv, "also", None) is not None)

    @function()
    def typeof(self, run: Run, pv: Pv, kind: RawText) -> bool:
        """Whether a pseudo-variable holds what *kind* says.

        Args:
            pv: the pseudo-variable.
            kind: ``int``, ``str`` or ``null``; the first letter is enough.

        Example:
            ``if (typeof("$avp(x)", "null")) { ... }``
        """
        value = pv.get(run)
        wanted = kind[:1].lower()
        if wanted == "i":
            return isinstance(value, int)
        if wanted == "s":
            return isinstance(value, str)
        return wanted == "n" and value is None

    @function()
    def not_empty(self, run: Run, pv: Pv) -> bool:
        """Whether a pseudo-variable holds text that is not empty.

        Args:
            pv: the pseudo-variable.

        Example:
            ``if (not_empty("$rU")) { ... }``
        """
        value = pv.get(run)
        return isinstance(value, str) and value != ""

    @function()
    def pv_isset(self, run: Run, pv: Pv) -> bool:
        """Whether a pseudo-variable is not null.

        Args:
            pv: the pseudo-variable.

        Example:
            ``if (!pv_isset("$avp(x)")) { ... }``
        """
        return pv.get(run) is not None

    @function()
    def pv_evalx(self, run: Run, target: Var, text: Annotated[Evaluated, EvaluatedKind()]) -> bool:
        """Assign a text whose pseudo-variables are evaluated twice: what they hold may name pseudo-variables too.

        Args:
            target: the pseudo-variable that gets it.
            text: evaluated first; what comes out is a text with pseudo-variables again. Let no text from the network
                be a part of that.

        Returns:
            True; false when what comes out is no such text.

        Example:
            ``$var(name) = "fU"; pv_evalx("$var(value)", "$$(var(name))");``
        """
        target.set(run, text(run))
        return True

    @function()
    def pv_unset(self, run: Run, pv: Var) -> bool:
        """Assign null to a pseudo-variable.

        Args:
            pv: the pseudo-variable.

        Example:
            ``pv_unset("$avp(x)");``
        """
        pv.set(run, None)
        return True
