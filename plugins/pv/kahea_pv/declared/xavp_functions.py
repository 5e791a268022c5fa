"""Functions that change ``$xavp`` and ``$xavi``."""

from __future__ import annotations

from kahea.api import Int, Module, Request, Route, Run, Text, XavpList, function

from kahea_pv.branches import socket_of
from kahea_pv.params import PvParams


class XavpFunctions(Module[PvParams]):
    """Work on ``$xavp``, ``$xavi`` and ``$xavu``."""

    @function(routes=Route.REQUEST | Route.BRANCH | Route.FAILURE)
    def xavp_push_dst(self, run: Run, root: Text) -> bool:
        """Send the request where the newest *root* says: its fields ``uri``, ``dsturi`` and ``socket``.

        Args:
            root: name of the XAVP.

        Returns:
            True; false when there is none with fields.

        Example:
            ``xavp_push_dst("next");``
        """
        fields = run.xavps.child_list(root)
        if fields is None or not isinstance(run.msg, Request):
            return False
        found = {name: fields.find(name) for name in ("uri", "dsturi", "socket")}
        texts = {name: node.value for name, node in found.items() if node is not None and isinstance(node.value, str)}
        if "uri" in texts:
            run.msg.uri = texts["uri"]
        if "dsturi" in texts:
            run.msg.dst_uri = texts["dsturi"] or None
        if "socket" in texts:
            socket = socket_of(self.core.transport.sockets, texts["socket"])
            run.msg.send_socket = socket or run.msg.send_socket
        return True

    # --- fields

    @function()
    def xavp_child_seti(self, run: Run, root: Text, field: Text, value: Int) -> bool:
        """Set a field of the newest *root* to a number; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the number.

        Example:
            ``xavp_child_seti("call", "tries", "3");``
        """
        run.xavps.set_child(root, field, value)
        return True

    @function()
    def xavp_child_sets(self, run: Run, root: Text, field: Text, value: Text) -> bool:
        """Set a field of the newest *root* to a text; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the text.

        Example:
            ``xavp_child_sets("call", "caller", "$fU");``
        """
        run.xavps.set_child(root, field, value)
        return True

    @function()
    def xavi_child_seti(self, run: Run, root: Text, field: Text, value: Int) -> bool:
        """Set a field of the newest ``$xavi`` *root* to a number; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the number.

        Example:
            ``xavi_child_seti("call", "tries", "3");``
        """
        run.xavis.set_child(root, field, value)
        return True

    @function()
    def xavi_child_sets(self, run: Run, root: Text, field: Text, value: Text) -> bool:
        """Set a field of the newest ``$xavi`` *root* to a text; the root is made if there is none.

        Args:
            root: name of the XAVP.
            field: name of the field, whose newest value is replaced.
            value: the text.

        Example:
            ``xavi_child_sets("call", "caller", "$fU");``
        """
        run.xavis.set_child(root, field, value)
        return True

    # --- removing

    @function()
    def xavp_rm(self, run: Run, root: Text) -> bool:
        """Remove the newest *root*.

        Args:
            root: name of the XAVP.

        Example:
            ``xavp_rm("call");``
        """
        run.xavps.remove(root)
        return True

    @function()
    def xavp_rm_all(self, run: Run, root: Text) -> bool:
        """Remove every *root*.

        Args:
            root: name of the XAVP.

        Example:
            ``xavp_rm_all("call");``
        """
        run.xavps.remove_all(root)
        return True

    @function()
    def xavp_child_rm(self, run: Run, root: Text, field: Text) -> bool:
        """Remove the newest *field* of the newest *root*.

        Args:
            root: name of the XAVP.
            field: name of the field.

        Example:
            ``xavp_child_rm("call", "tries");``
        """
        _remove_child(run.xavps, root, field)
        return True

    @function()
    def xavi_rm(self, run: Run, root: Text) -> bool:
        """Remove the newest ``$xavi`` *root*.

        Args:
            root: name of the XAVP.

        Example:
            ``xavi_rm("call");``
        """
        run.xavis.remove(root)
        return True

    @function()
    def xavi_rm_all(self, run: Run, root: Text) -> bool:
        """Remove every ``$xavi`` *root*.

        Args:
            root: name of the XAVP.

        Example:
            ``xavi_rm_all("call");``
        """
        run.xavis.remove_all(root)
        return True

    @function()
    def xavi_child_rm(self, run: Run, root: Text, field: Text) -> bool:
        """Remove the newest *field* of the newest ``$xavi`` *root*.

        Args:
            root: name of the XAVP.
            field: name of the field.

        Example:
            ``xavi_child_rm("call", "tries");``
        """
        _remove_child(run.xavis, root, field)
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

        Example:
            ``xavp_copy("call", "0", "saved");``
        """
        lists = run.xavps
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

        Example:
            ``xavp_copy("call", "0", "saved", "0");``
        """
        lists = run.xavps
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

        Example:
            ``xavp_lshift("gateways", "1");``
        """
        return run.xavps.rotate(root, count)

    # --- printing

    @function()
    def pv_xavp_print(self, run: Run) -> bool:
        """Write all ``$xavp`` to the log, at level INFO.

        Example:
            ``pv_xavp_print();``
        """
        self._print("xavp", run.xavps)
        return True

    @function()
    def pv_xavi_print(self, run: Run) -> bool:
        """Write all ``$xavi`` to the log, at level INFO.

        Example:
            ``pv_xavi_print();``
        """
        self._print("xavi", run.xavis)
        return True

    @function()
    def pv_xavu_print(self, run: Run) -> bool:
        """Write all ``$xavu`` to the log, at level INFO.

        Example:
            ``pv_xavu_print();``
        """
        self._print("xavu", run.xavus)
        return True

    def _print(self, kind: str, lists: XavpList) -> None:
        for line in lists.described():
            self.core.log.info(f"{kind} {line}", self.name)


def _remove_child(lists: XavpList, root: str, field: str) -> None:
    children = lists.child_list(root)
    if children is not None:
        children.remove(field)
