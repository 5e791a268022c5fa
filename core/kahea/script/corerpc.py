"""RPC commands of the core about the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kahea.modules.declare import rpc
from kahea.modules.module import Module


class CoreCommands(Module[Any]):
    """Loaded modules and defines, as Kamailio's commands of these names answer."""

    defines: Mapping[str, str | None] = MappingProxyType({})
    loaded: Sequence[str] = ()
    """Names of the loaded modules in the order of the file; set by who loads them."""

    @rpc("core.modules")
    def list_modules(self) -> list[str]:
        """Return the loaded modules, the last one first."""
        return list(reversed(self.loaded))

    @rpc("core.ppdefines")
    def list_defines(self) -> list[str]:
        """Return the names of the defines."""
        return list(self.defines)

    @rpc("core.ppdefines_full")
    def list_defines_with_values(self) -> list[dict[str, str | int]]:
        """Return the defines with their values, ``none`` for one without."""
        return [
            {"name": name, "type": 0, "value": "none" if value is None else value}
            for name, value in self.defines.items()
        ]

    @rpc("core.udp4_raw_info")
    def show_raw_sockets(self) -> dict[str, int]:
        """Return the parameters of raw sockets, which are never used."""
        return {"udp4_raw": 0, "udp4_raw_mtu": 1500, "udp4_raw_ttl": 64}

    @rpc("core.tcp_options")
    def show_tcp_options(self) -> dict[str, int]:
        """Return the parameters of TCP; those that the server leaves to the system are 0."""
        settings = self.core.settings
        return {
            "connect_timeout": settings.tcp_connect_timeout,
            "send_timeout": settings.tcp_send_timeout,
            "connection_lifetime": settings.tcp_connection_lifetime,
            "max_connections(soft)": settings.tcp_max_connections,
            "max_tls_connections(soft)": settings.tcp_max_connections,
            "no_connect": int(settings.tcp_no_connect),
            "fd_cache": 1,
            "async": 1,
            "connect_wait": 1,
            "conn_wq_max": settings.tcp_conn_wq_max,
            "wq_max": 0,
            "defer_accept": 0,
            "delayed_ack": 1,
            "syncnt": 0,
            "linger2": 0,
            "keepalive": int(settings.tcp_keepalive),
            "keepidle": 0,
            "keepintvl": 0,
            "keepcnt": 0,
            "crlf_ping": int(settings.tcp_crlf_ping),
            "accept_aliases": int(settings.tcp_accept_aliases),
            "alias_flags": 1,
            "new_conn_alias_flags": 2,
        }
