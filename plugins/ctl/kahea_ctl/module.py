"""What the module ``ctl`` offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from kahea.api import (
    Binder,
    Listener,
    ListenKind,
    ListenOn,
    Module,
    Params,
    RpcError,
    RpcService,
    Scope,
    group_number,
    rpc,
    user_number,
)
from msgspec import Meta, field

from kahea_ctl.addresses import Address, parse_address
from kahea_ctl.binrpc import Encoder
from kahea_ctl.clients import Clients
from kahea_ctl.fifo import FifoServer
from kahea_ctl.serving import BinrpcServer

DEFAULT_NAME: Final = "kamailio_ctl"
"""The socket in the runtime directory when no address is configured: where kamcmd looks in Kamailio's."""

KILOBYTE: Final = 1024


class CtlParams(Params):
    """The parameters."""

    binrpc: Annotated[
        list[str],
        Meta(
            description="Where to take commands over binrpc: `unix:path` (or `unixs:`), `unixd:path`, `tcp:host:port`, "
            "`udp:host:port`; `*` is any host, 2049 the default port. Each line adds one. Without any: "
            "`kamailio_ctl` in the runtime directory."
        ),
    ] = field(default_factory=list)
    fifo: Annotated[
        list[str],
        Meta(
            description="Where to take commands in lines of text: a path, or an address as for `binrpc`. Each line "
            "adds one."
        ),
    ] = field(default_factory=list)
    mode: Annotated[int, Meta(description="Permissions of Unix sockets and FIFOs.", ge=0, le=0o7777)] = 0o600
    user: Annotated[str | int, Meta(description="User that owns them; by default the server's.")] = ""
    group: Annotated[str | int, Meta(description="Group that owns them; by default the server's.")] = ""
    autoconversion: Annotated[
        int, Meta(description="Whether a parameter of another type than the command wants is converted.")
    ] = 0
    binrpc_max_body_size: Annotated[
        int, Meta(description="Longest answer in KiB, without what is inside of structures.")
    ] = 32
    binrpc_struct_max_body_size: Annotated[
        int, Meta(description="Longest structure in an answer in KiB, without what is inside of further ones.")
    ] = 8
    binrpc_buffer_size: Annotated[int, Meta(description="Has no effect: a text may be as long as the answer.")] = 1024


class Ctl(Module[CtlParams]):
    """Commands of operators over the binrpc protocol, as `kamcmd` speaks it, and over the older FIFO protocol.

    The sockets are made before the server gives up its privileges, and are served by one worker; its replacement
    goes on with them.
    """

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Read the addresses."""
        binder("binrpc")
        self._binrpc_addresses = [parse_address(text, ListenKind.UDP) for text in self.params.binrpc]
        binder("fifo")
        self._fifo_addresses = [parse_address(text, ListenKind.FIFO) for text in self.params.fifo]

    def mod_init(self) -> None:
        """Ask for the sockets."""
        params = self.params
        self._clients = Clients()
        owner = (
            user_number(params.user) if params.user != "" else -1,
            group_number(params.group) if params.group != "" else -1,
        )
        self._binrpc = [self._listen(address, owner) for address in self._binrpc_addresses]
        if not self._binrpc:
            # Nobody asked for this one: a server that may not make it is worth more than none.
            self._binrpc.append(self._listen(Address(ListenKind.UNIX, DEFAULT_NAME), owner, required=False))
        self._fifo = [self._listen(address, owner) for address in self._fifo_addresses]

    def _listen(self, address: Address, owner: tuple[int, int], *, required: bool = True) -> Listener:
        return self.core.listeners.add(
            ListenOn(address.kind, address.name, address.port, self.params.mode, *owner, required=required)
        )

    def child_init(self, housekeeper: bool) -> None:
        """Serve, in one worker."""
        service = self.core.services.get(RpcService)
        if not housekeeper or service is None:
            return
        params = self.params
        encoder = Encoder(
            max(params.binrpc_max_body_size, 1) * KILOBYTE, max(params.binrpc_struct_max_body_size, 1) * KILOBYTE
        )
        binrpc = BinrpcServer(service, encoder, convert=bool(params.autoconversion))
        for listener in self._binrpc:
            self._serve("binrpc", listener, binrpc)
        fifo = FifoServer(service, self.core.log)
        for listener in self._fifo:
            if listener.on.kind is ListenKind.FIFO:
                if listener.is_open:
                    listener.serve_fifo(fifo.read)
            else:
                self._serve("fifo", listener, fifo)

    def _serve(self, protocol: str, listener: Listener, server: BinrpcServer | FifoServer) -> None:
        if not listener.is_open:
            return
        if listener.on.kind in (ListenKind.UNIX, ListenKind.TCP):
            listener.serve_streams(self._clients.noting(protocol, listener, server.serve))
        else:
            listener.serve_datagrams(server.receive)

    @rpc("ctl.who", scope=Scope.OWNER)
    def who(self) -> list[str]:
        """Return protocol, transport and both addresses of each open connection, one after the other."""
        rows = [word for client in self._clients for word in client.row]
        if not rows:
            raise RpcError(400, "no open stream connection")
        return rows

    @rpc("ctl.connections", scope=Scope.OWNER)
    def connections(self) -> int:
        """Return the number of open connections."""
        return len(self._clients)

    @rpc("ctl.listen", scope=Scope.OWNER)
    def listen(self) -> list[str]:
        """Return protocol, transport, address and port of each socket, one after the other."""
        return [
            word
            for protocol, listeners in (("binrpc", self._binrpc), ("fifo", self._fifo))
            for one in listeners
            if one.is_open
            for word in (protocol, one.on.kind.value, one.name, str(one.on.port or ""))
        ]
