"""What the module ``corex`` offers to the configuration."""

from __future__ import annotations

from typing import Any

from kahea.api import (
    Access,
    Binder,
    Message,
    Module,
    NoParams,
    PvHandle,
    PvSpec,
    function,
    is_faked,
    pvar_syntax,
    rpc,
)

from kahea_corex import places
from kahea_corex.branch_functions import BranchFunctions
from kahea_corex.flag_functions import FlagFunctions
from kahea_corex.sending_functions import SendingFunctions
from kahea_corex.socket_functions import SocketFunctions, SocketTransformations


class Corex(BranchFunctions, FlagFunctions, SocketFunctions, SocketTransformations, SendingFunctions, Module[NoParams]):
    """Extensions of the core: branches, flags, sockets, files, sending."""

    @function()
    def is_faked_msg(self, msg: Message) -> bool:
        r"""Check whether the message was made by a module, to run a route, and did not come from the network.

        Returns:
            True when it was made, as for event routes and for the routes that rtimer runs.

        Example:
            if (is_faked_msg()) { xlog("a timer\n"); }
        """
        return is_faked(msg)

    @pvar_syntax("cfg")
    def cfg(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """Where the pseudo-variable stands in the configuration: `$cfg(line)`, `$cfg(file)` (also `$cfg(name)`)."""
        span = spec.span
        values: dict[str, str | int | None] = {
            "line": None if span is None else span.line,
            "file": None if span is None else span.file.name,
            "name": None if span is None else span.file.name,
        }
        if spec.inner not in values:
            raise ValueError("it is $cfg(line), $cfg(file) or $cfg(name)")
        value = values[spec.inner]
        return Access(spec.text, lambda run: value)

    @rpc("corex.list_sockets")
    def list_sockets(self) -> list[dict[str, Any]]:
        """List the sockets that the server listens on."""
        return [
            {
                "af": "IPv6" if socket.ipv6 else "IPv4",
                "proto": socket.protocol,
                "name": socket.ip,
                "addrlist": {"addr": socket.ip},
                "port": str(socket.port),
                "sockstr": str(socket),
                "agname": "none",
                "mcast": "no",
                "mhomed": "no",
                "virtual": "no",
                "sockname": socket.name or "-",
                "advertise": places.advertised(socket) or "-",
            }
            for socket in self.core.transport.sockets
        ]
