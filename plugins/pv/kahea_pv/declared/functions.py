"""Functions."""

from __future__ import annotations

from kahea.api import Int, Module, Pv, RawText, Run, Text, Var, function

from kahea_pv import paramlists, xavps
from kahea_pv.binding import NUMERIC_NAMES, name_of
from kahea_pv.params import PvParams
from kahea_pv.texts import TRIMMED
from kahea_pv.xavps import XavpList
from kahea_pv.xavpvars import xavi_list, xavp_list, xavu_list


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
        return isinstance(value, int) or (value is not None and name_of(pv.text) in NUMERIC_NAMES)

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
        """
        value = pv.get(run)
        return isinstance(value, str) and value != ""

    @function()
    def pv_isset(self, run: Run, pv: Pv) -> bool:
        """Whether a pseudo-variable is not null.

        Args:
            pv: the pseudo-variable.
        """
        return pv.get(run) is not None

    @function()
    def pv_unset(self, run: Run, pv: Var) -> bool:
        """Assign null to a pseudo-variable.

        Args:
            pv: the pseudo-variable.
        """
        pv.set(run, None)
        return True


class XavpFunctions(Module[PvParams]):
    """Work on ``$xavp``, ``$xavi`` and ``$xavu``."""

    # --- fields

    @function()
    def xavp_child_seti(self, run: Run, root: Text, field: Text, value: Int) -> bool:
        """Set a field of the newest *root* to a number; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the number.
        """
        xavp_list(run).set_child(root, field, value)
        return True

    @function()
    def xavp_child_sets(self, run: Run, root: Text, field: Text, value: Text) -> bool:
        """Set a field of the newest *root* to a text; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the text.
        """
        xavp_list(run).set_child(root, field, value)
        return True

    @function()
    def xavi_child_seti(self, run: Run, root: Text, field: Text, value: Int) -> bool:
        """As `xavp_child_seti`, for ``$xavi``."""
        xavi_list(run).set_child(root, field, value)
        return True

    @function()
    def xavi_child_sets(self, run: Run, root: Text, field: Text, value: Text) -> bool:
        """As `xavp_child_sets`, for ``$xavi``."""
        xavi_list(run).set_child(root, field, value)
        return True

    # --- removing

    @function()
    def xavp_rm(self, run: Run, root: Text) -> bool:
        """Remove the newest *root*.

        Args:
            root: name of the XAVP.
        """
        xavp_list(run).remove(root)
        return True

    @function()
    def xavp_rm_all(self, run: Run, root: Text) -> bool:
        """Remove every *root*.

        Args:
            root: name of the XAVP.
        """
        xavp_list(run).remove_all(root)
        return True

    @function()
    def xavp_child_rm(self, run: Run, root: Text, field: Text) -> bool:
        """Remove the newest *field* of the newest *root*.

        Args:
            root: name of the XAVP.
            field: name of the field.
        """
        _remove_child(xavp_list(run), root, field)
        return True

    @function()
    def xavi_rm(self, run: Run, root: Text) -> bool:
        """As `xavp_rm`, for ``$xavi``."""
        xavi_list(run).remove(root)
        return True

    @function()
    def xavi_rm_all(self, run: Run, root: Text) -> bool:
        """As `xavp_rm_all`, for ``$xavi``."""
        xavi_list(run).remove_all(root)
        return True

    @function()
    def xavi_child_rm(self, run: Run, root: Text, field: Text) -> bool:
        """As `xavp_child_rm`, for ``$xavi``."""
        _remove_child(xavi_list(run), root, field)
        return True

    # --- copying and moving

    @function()
    def xavp_copy(self, run: Run, source: Text, index: Int, target: Text) -> bool:
        """Copy an XAVP under another name, behind those that have the name already.

        Args:
            source, index: which is copied.
            target: name of the copy.

        Returns:
            false when there is no such XAVP.
        """
        lists = xavp_list(run)
        copy = lists.copy(source, index, target)
        if copy is None:
            return False
        existing = lists.named(target)
        lists.nodes.insert(lists.nodes.index(existing[-1]) + 1 if existing else 0, copy)
        return True

    @function("xavp_copy")
    def xavp_copy_over(self, run: Run, source: Text, index: Int, target: Text, target_index: Int) -> bool:
        """Copy an XAVP in place of another one.

        Args:
            source, index: which is copied.
            target, target_index: which is replaced.

        Returns:
            false when one of them does not exist.
        """
        lists = xavp_list(run)
        copy = lists.copy(source, index, target)
        replaced = lists.find(target, target_index)
        if copy is None or replaced is None:
            return False
        lists.nodes[lists.nodes.index(replaced)] = copy
        return True

    @function()
    def xavp_lshift(self, run: Run, root: Text, count: Int) -> bool:
        """Move the newest *count* of the name behind the oldest.

        Args:
            root: name of the XAVP.
            count: how many; negative moves as many oldest to the front.

        Returns:
            false when there is no such XAVP.
        """
        return xavp_list(run).rotate(root, count)

    # --- from and to text

    @function()
    def xavp_params_explode(self, run: Run, params: Text, root: Text) -> bool:
        """Make a new *root* of parameters ``a=1;b=2``, each a field.

        Args:
            params: the parameters.
            root: name of the XAVP.

        Returns:
            false when the parameters are malformed or empty.
        """
        return _explode(xavp_list(run), params, ";", root)

    @function()
    def xavp_xparams_explode(self, run: Run, params: Text, separator: Text, root: Text) -> bool:
        """As `xavp_params_explode`, with another separator.

        Args:
            params: the parameters.
            separator: one character.
            root: name of the XAVP.
        """
        return _explode(xavp_list(run), params, separator[:1] or ";", root)

    @function()
    def xavu_params_explode(self, run: Run, params: Text, root: Text) -> bool:
        """As `xavp_params_explode`, for ``$xavu``."""
        found = paramlists.parse(params)
        if found is None or not root:
            return False
        lists = xavu_list(run)
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
        """
        return _implode(run, xavp_list(run), root, pv)

    @function()
    def xavp_params_implode_qval(self, run: Run, root: Text, pv: Var) -> bool:
        """As `xavp_params_implode`, with texts in double quotes."""
        return _implode(run, xavp_list(run), root, pv, '"')

    @function()
    def xavu_params_implode(self, run: Run, root: Text, pv: Var) -> bool:
        """As `xavp_params_implode`, for ``$xavu``."""
        return _implode(run, xavu_list(run), root, pv)

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
        """
        if not (text and separators and root):
            return False
        children = XavpList()
        for part in reversed(text.translate(dict.fromkeys(map(ord, separators), separators[0])).split(separators[0])):
            kept = part.strip(TRIMMED) if mode.startswith("t") else part
            if kept:
                children.push("v", kept)
        xavp_list(run).push(root, children)
        return True

    @function()
    def pv_var_to_xavp(self, run: Run, name: Text, root: Text) -> bool:
        """Copy a ``$var`` into a field of the same name; every *root* there was is removed.

        Args:
            name: the variable, ``*`` for all of them.
            root: name of the XAVP.

        Returns:
            false when the variable was never assigned.
        """
        lists = xavp_list(run)
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
        """
        lists = xavp_list(run)
        if lists.child_list(root) is None:
            return False
        for node in lists.named(root):
            if isinstance(node.value, XavpList):
                for field in node.value.nodes:
                    if not isinstance(field.value, XavpList):
                        run.variables[field.name] = field.value
        return True

    # --- printing

    @function()
    def pv_xavp_print(self, run: Run) -> bool:
        """Write all ``$xavp`` to the log, at level INFO."""
        self._print("xavp", xavp_list(run))
        return True

    @function()
    def pv_xavi_print(self, run: Run) -> bool:
        """Write all ``$xavi`` to the log, at level INFO."""
        self._print("xavi", xavi_list(run))
        return True

    @function()
    def pv_xavu_print(self, run: Run) -> bool:
        """Write all ``$xavu`` to the log, at level INFO."""
        self._print("xavu", xavu_list(run))
        return True

    def _print(self, kind: str, lists: XavpList) -> None:
        for line in lists.described():
            self.core.log.info(f"{kind} {line}", self.name)


def _remove_child(lists: XavpList, root: str, field: str) -> None:
    children = lists.child_list(root)
    if children is not None:
        children.remove(field)


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
