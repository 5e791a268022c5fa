"""What the module ``corex`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from kahea.api import (
    Access,
    Binder,
    Core,
    Message,
    Module,
    Params,
    PvHandle,
    PvSpec,
    function,
    is_faked,
    pvar_syntax,
    rpc,
)
from msgspec import Meta, field

from kahea_corex import places
from kahea_corex.branch_functions import BranchFunctions
from kahea_corex.dns_records import Record, parse_record, read_file
from kahea_corex.flag_functions import FlagFunctions
from kahea_corex.sending_functions import SendingFunctions
from kahea_corex.socket_functions import SocketFunctions, SocketTransformations
from kahea_corex.subdomains import check_of
from kahea_corex.via_functions import ViaFunctions


class CorexParams(Params):
    """Parameters of the module ``corex``."""

    alias_subdomains: Annotated[
        list[str],
        Meta(description="A domain that is ours with all its subdomains: `[protocol:]domain[:port]`; repeatable."),
    ] = field(default_factory=list)
    dns_cache: Annotated[
        list[str],
        Meta(description="A record for the cache of names, as in type=A;name=h.example;addr=192.0.2.1;ttl=60;flags=0."),
    ] = field(default_factory=list)
    dns_file: Annotated[list[str], Meta(description="A file with records as of dns_cache, one in each line.")] = field(
        default_factory=list
    )


class Corex(
    BranchFunctions,
    FlagFunctions,
    SocketFunctions,
    SocketTransformations,
    SendingFunctions,
    ViaFunctions,
    Module[CorexParams],
):
    """Extensions of the core: branches, flags, sockets, files, sending."""

    _records: tuple[Record, ...] = ()

    def __init__(self, name: str, params: CorexParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._is_subdomain = check_of(params.alias_subdomains) if params.alias_subdomains else None

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Read the records for the cache of names."""
        binder("dns_cache")
        self._records = tuple(parse_record(text) for text in self.params.dns_cache)

    def mod_init(self) -> None:
        """Let subdomains be ours, and put the records into the cache of names, which the workers inherit."""
        if self._is_subdomain is not None:
            self.core.add_myself_check(self._is_subdomain)
        for record in (*self._records, *(one for path in self.params.dns_file for one in read_file(path))):
            if not record.add_to(self.core):
                raise ValueError(f"the record of {record.name} cannot be added to the cache of names")

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

    @rpc("corex.list_aliases")
    def list_aliases(self) -> list[dict[str, Any]]:
        """List the hosts that are this server: names and addresses that it listens on, and aliases."""
        return [
            {"proto": protocol or "*", "addr": host, "port": port or 0}
            for protocol, host, port in self.core.own_hosts()
        ]

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
