"""What our Via in a forwarded request says."""

from __future__ import annotations

from typing import Final

from kahea.api import Core, Int, Message, Run, XavpList, function

_PROTOCOLS: Final = frozenset(("udp", "tcp", "tls", "sctp", "ws", "wss"))


class ViaFunctions:
    """Adds to our Via, or writes another address into it."""

    core: Core

    @function()
    def via_add_srvid(self, msg: Message, mode: Int) -> bool:
        """Add the parameter `srvid`, with the number of the global parameter `server_id`, to our Via.

        Args:
            mode: 0 for not adding it.

        Returns:
            true.

        Example:
            via_add_srvid("1");
        """
        if mode:
            msg.sending.via_params["srvid"] = lambda: _server_id(self.core)
        else:
            msg.sending.via_params.pop("srvid", None)
        return True

    @function()
    def via_add_xavp_params(self, run: Run, mode: Int) -> bool:
        """Add the values of a `$xavp`, which the global parameter `xavp_via_params` names, to our Via as parameters.

        The values count that it has when the request is sent.

        Args:
            mode: 0 for not adding them.

        Returns:
            true.

        Example:
            $xavp(via=>trace) = "on"; via_add_xavp_params("1");
        """
        values, name = run.xavps, self.core.settings.xavp_via_params
        if mode:
            run.msg.sending.via_params["xavp"] = lambda: _params(values.child_list(name))
        else:
            run.msg.sending.via_params.pop("xavp", None)
        return True

    @function()
    def via_use_xavp_fields(self, run: Run, mode: Int) -> bool:
        """Show `address`, `port` and `proto` of a `$xavp`, which `xavp_via_fields` names, in our Via.

        All three are texts; what is not set stays as it is. Replies go where the Via says.

        Args:
            mode: 0 for the usual Via.

        Returns:
            true.

        Example:
            $xavp(via=>address) = "192.0.2.9"; $xavp(via[0]=>port) = "5070"; via_use_xavp_fields("1");
        """
        values, name = run.xavps, self.core.settings.xavp_via_fields
        run.msg.sending.via_sent_by = (lambda: _fields(values.child_list(name))) if mode else None
        return True


def _server_id(core: Core) -> str:
    number = core.settings.server_id
    return f";srvid={number}" if number else ""


def _params(values: XavpList | None) -> str:
    """Return values as parameters, the newest first; a text without characters is a parameter without value."""
    if values is None:
        return ""
    return "".join(
        f";{one.name}" if one.value == "" else f";{one.name}={one.value}"
        for one in values.nodes
        if not isinstance(one.value, XavpList)
    )


def _fields(values: XavpList | None) -> tuple[str, str, str]:
    """Return what our Via is to show: host, port, protocol."""
    if values is None:
        return "", "", ""
    host, port, protocol = (_text(values, name) for name in ("address", "port", "proto"))
    return host, port if port.isdecimal() else "", protocol.lower() if protocol.lower() in _PROTOCOLS else ""


def _text(values: XavpList, name: str) -> str:
    found = values.find(name)
    return found.value if found is not None and isinstance(found.value, str) else ""
