"""Functions that make XAVPs of text and variables, and the other way round."""

from __future__ import annotations

from kahea.api import Module, Run, Text, Var, XavpList, function

from kahea_pv import paramlists, xavps
from kahea_pv.params import PvParams
from kahea_pv.texts import TRIMMED


class XavpTextFunctions(Module[PvParams]):
    """Parameters, lists and script variables."""

    @function()
    def xavp_params_explode(self, run: Run, params: Text, root: Text) -> bool:
        """Make a new *root* of parameters ``a=1;b=2``, each a field.

        Args:
            params: the parameters.
            root: name of the XAVP.

        Returns:
            false when the parameters are malformed or empty.

        Example:
            ``xavp_params_explode("$hdr(X-Params)", "params");``
        """
        return _explode(run.xavps, params, ";", root)

    @function()
    def xavp_xparams_explode(self, run: Run, params: Text, separator: Text, root: Text) -> bool:
        """As `xavp_params_explode`, with another separator.

        Args:
            params: the parameters.
            separator: one character.
            root: name of the XAVP.

        Example:
            ``xavp_xparams_explode("a=1,b=2", ",", "params");``
        """
        return _explode(run.xavps, params, separator[:1] or ";", root)

    @function()
    def xavu_params_explode(self, run: Run, params: Text, root: Text) -> bool:
        """Make ``$xavu(root)`` of parameters ``a=1;b=2``, each a field.

        Args:
            params: the parameters.
            root: name of the XAVP.

        Returns:
            false when the parameters are malformed or empty.

        Example:
            ``xavu_params_explode("$hdr(X-Params)", "params");``
        """
        found = paramlists.parse(params)
        if found is None or not root:
            return False
        lists = run.xavus
        lists.remove(root)
        for name, value in found:
            lists.set_child(root, name, value)
        return True

    @function()
    def xavp_params_implode(self, run: Run, root: Text, pv: Var) -> bool:
        """Write the fields of the newest *root* as parameters ``a=1;b=2;``.

        Args:
            root: name of the XAVP.
            pv: takes the text.

        Returns:
            false when there are no fields.

        Example:
            ``xavp_params_implode("params", "$var(text)");``
        """
        return _implode(run, run.xavps, root, pv)

    @function()
    def xavp_params_implode_qval(self, run: Run, root: Text, pv: Var) -> bool:
        """Write the fields of the newest *root* as parameters, with texts in double quotes: ``a="x";b=2;``.

        Args:
            root: name of the XAVP.
            pv: takes the text.

        Returns:
            false when there are no fields.

        Example:
            ``xavp_params_implode_qval("params", "$var(text)");``
        """
        return _implode(run, run.xavps, root, pv, '"')

    @function()
    def xavu_params_implode(self, run: Run, root: Text, pv: Var) -> bool:
        """Write the fields of ``$xavu(root)`` as parameters ``a=1;b=2;``.

        Args:
            root: name of the XAVP.
            pv: takes the text.

        Returns:
            false when there are no fields.

        Example:
            ``xavu_params_implode("params", "$var(text)");``
        """
        return _implode(run, run.xavus, root, pv)

    @function()
    def xavp_slist_explode(self, run: Run, text: Text, separators: Text, mode: Text, root: Text) -> bool:
        """Make a new *root* of a list, each part a field ``v``, the first part first.

        Args:
            text: the list.
            separators: each of these characters separates.
            mode: ``t`` strips blanks around each part.
            root: name of the XAVP.

        Returns:
            false when an argument is empty.

        Example:
            ``xavp_slist_explode("$hdr(X-List)", ",", "t", "list");``
        """
        if not (text and separators and root):
            return False
        children = XavpList()
        for part in reversed(text.translate(dict.fromkeys(map(ord, separators), separators[0])).split(separators[0])):
            kept = part.strip(TRIMMED) if mode.startswith("t") else part
            if kept:
                children.push("v", kept)
        run.xavps.push(root, children)
        return True

    @function()
    def pv_var_to_xavp(self, run: Run, name: Text, root: Text) -> bool:
        """Copy a ``$var`` into a field of the same name; every *root* there was is removed.

        Args:
            name: the variable, ``*`` for all of them.
            root: name of the XAVP.

        Returns:
            false when the variable was never assigned.

        Example:
            ``pv_var_to_xavp("*", "saved");``
        """
        lists = run.xavps
        lists.remove_all(root)
        assigned = {key: value for key, value in run.variables.items() if not key.startswith("$")}
        if name != "*":
            assigned = {key: value for key, value in assigned.items() if key == name}
        for key, value in assigned.items():
            lists.set_child(root, key, value)
        return bool(assigned) or name == "*"

    @function()
    def pv_xavp_to_var(self, run: Run, root: Text) -> bool:
        """Copy each field of every *root* into the ``$var`` of the same name; of several values the oldest stays.

        Args:
            root: name of the XAVP.

        Returns:
            false when there is no such XAVP, or the newest has no fields.

        Example:
            ``pv_xavp_to_var("saved");``
        """
        lists = run.xavps
        if lists.child_list(root) is None:
            return False
        for node in lists.named(root):
            if isinstance(node.value, XavpList):
                for field in node.value.nodes:
                    if not isinstance(field.value, XavpList):
                        run.variables[field.name] = field.value
        return True


def _explode(lists: XavpList, params: str, separator: str, root: str) -> bool:
    found = paramlists.parse(params, separator)
    if found is None or not root:
        return False
    children = XavpList(lists.fold)
    for name, value in reversed(found):
        children.push(name, value)
    lists.push(root, children)
    return True


def _implode(run: Run, lists: XavpList, root: str, pv: Var, quote: str = "") -> bool:
    text = xavps.imploded(lists, root, quote)
    if not text:
        return False
    pv.set(run, text)
    return True
