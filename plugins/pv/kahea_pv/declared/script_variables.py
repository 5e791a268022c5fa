"""Variables of the script."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Access, Binder, Core, Module, PvSpec, Run, Value, pvar_syntax

from kahea_pv import avps, variables, xavpvars
from kahea_pv.binding import inner_of, without_index
from kahea_pv.params import PvParams


class ScriptVariables(Module[PvParams]):
    """What a script can assign to as it likes."""

    def __init__(self, name: str, params: PvParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._defaults = variables.parse_defaults("varset", params.varset)
        self._aliases = avps.parse_aliases(params.avp_aliases)

    @pvar_syntax("var", "vz")
    def var(self, spec: PvSpec, binder: Binder) -> Access:
        """A variable, which keeps its value from one message to the next in the same process.

        It is 0, or what ``varset`` says, until it is assigned; assigning null makes it 0.

        Example:
            ``$var(tries) = $var(tries) + 1;``
        """
        without_index(spec)
        name = inner_of(spec)
        return variables.bind_var(spec.text, name, self._defaults.get(name, 0))

    @pvar_syntax("vn")
    def vn(self, spec: PvSpec, binder: Binder) -> Access:
        """A variable like ``$var`` that is null until it is assigned, and when it is assigned null."""
        without_index(spec)
        return variables.bind_null_var(spec.text, inner_of(spec))

    @pvar_syntax("avp")
    def avp(self, spec: PvSpec, binder: Binder) -> Access:
        """A list of values that belongs to the message; read without an index, the newest.

        Assigning adds a value, assigning null removes the newest. ``$(avp(x)[1])`` is the second newest,
        ``$(avp(x)[-1])`` the oldest, ``$(avp(x)[*])`` all of them; assigning to ``[*]`` replaces all. The old names
        ``s:x`` (the same as ``x``) and ``i:7`` (a number as name) work, and the name may be a pseudo-variable, which
        is a number as name when it holds a number.
        """
        index = binder.index(spec)
        name = inner_of(spec)
        if name.startswith("$"):
            evaluate = _name_of(name, binder)
            return Access(
                spec.text,
                lambda run: avps.read(run.avps, evaluate(run), index(run)),
                lambda run, value: avps.assign(run.avps, evaluate(run), index(run), value),
            )
        key = avps.key_of(name, self._aliases)
        inline = None if spec.index else f"(run.avps[{key!r}][0] if {key!r} in run.avps else None)"

        def get(run: Run) -> Value:
            return avps.read(run.avps, key, index(run))

        def assign(run: Run, value: Value) -> None:
            avps.assign(run.avps, key, index(run), value)

        return Access(spec.text, get, assign, inline=inline)

    @pvar_syntax("xavp")
    def xavp(self, spec: PvSpec, binder: Binder) -> Access:
        """A list of values, or of lists of named values: ``$xavp(root[0]=>field)``.

        Without an index assigning adds: ``$xavp(a=>x)`` a new *a* with one field, ``$xavp(a[0]=>y)`` a field to the
        newest *a*. With an index it replaces; null removes. Read without an index, the newest; ``field[*]`` gives all.
        """
        return xavpvars.bind_xavp(spec, binder, xavpvars.xavp_list)

    @pvar_syntax("xavi")
    def xavi(self, spec: PvSpec, binder: Binder) -> Access:
        """As ``$xavp``, with names that ignore case."""
        return xavpvars.bind_xavp(spec, binder, xavpvars.xavi_list)

    @pvar_syntax("xavu")
    def xavu(self, spec: PvSpec, binder: Binder) -> Access:
        """As ``$xavp``, with one value for each name: ``$xavu(root=>field)``; assigning replaces it."""
        return xavpvars.bind_xavu(spec, binder)

    @pvar_syntax("cnt")
    def cnt(self, spec: PvSpec, binder: Binder) -> Access:
        """How many values an AVP or XAVP has: ``$cnt($avp(x))``, ``$cnt($xavp(a=>b))``."""
        return xavpvars.bind_count(spec, binder, lambda name: avps.key_of(name, self._aliases))

    @pvar_syntax("_s")
    def text(self, spec: PvSpec, binder: Binder) -> Access:
        """Text with pseudo-variables: ``$_s(sip:$rU@$fd)``."""
        without_index(spec)
        return Access(spec.text, binder.format(inner_of(spec)))


def _name_of(text: str, binder: Binder) -> Callable[[Run], str]:
    """Return what evaluates the name of an AVP: a pseudo-variable, whose number is a number for a name."""
    value, end = binder.value_at(text, 0)
    if end != len(text):
        return binder.format(text)

    def evaluate(run: Run) -> str:
        found = value(run)
        return avps.number_key(found) if isinstance(found, int) else found or ""

    return evaluate
