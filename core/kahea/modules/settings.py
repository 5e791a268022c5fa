"""The global parameters that mean something here, with their types and Kamailio's defaults."""

from __future__ import annotations

import platform
import sys
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from kahea import __version__
from kahea.cfg.ast import Listen

SIGNATURE = f"kahea ({__version__} ({platform.machine()}/{sys.platform}))"
"""How the server names itself in messages, in Kamailio's form."""


class Settings(msgspec.Struct, kw_only=True):
    """Global parameters after the configuration file and the command line were read.

    A field's name is the parameter's name in the file; the description becomes its reference entry.
    """

    # processes
    fork: Annotated[bool, Meta(description="Fork workers; with no, one process does everything.")] = True
    daemonize: Annotated[bool, Meta(description="Leave the terminal once the workers are up (option -D).")] = True
    children: Annotated[int, Meta(description="Worker processes.", ge=1, le=1024)] = 8
    user: Annotated[str | None, Meta(description="User to run as, name or number.")] = None
    group: Annotated[str | None, Meta(description="Group to run as, name or number.")] = None
    workdir: Annotated[str | None, Meta(description="Working directory.")] = None
    chroot: Annotated[str | None, Meta(description="Directory to chroot into.")] = None
    rundir: Annotated[str, Meta(description="Directory of sockets and FIFOs made at run time.")] = "/run/kahea"
    pid_file: str | None = None
    pgid_file: str | None = None
    server_id: Annotated[int, Meta(description="Number of this server among several.")] = 0
    open_files_limit: Annotated[int, Meta(description="Open file descriptors; -1 keeps the limit.")] = -1
    exit_timeout: Annotated[int, Meta(description="Seconds granted to a clean exit.")] = 60

    # shared tables (Kahea's own)
    table_dir: Annotated[
        str | None, Meta(description="Directory of the persistent shared tables; rundir when not set (Kahea's own).")
    ] = None
    table_map_size: Annotated[
        int, Meta(description="Address space of the shared tables, in MiB (Kahea's own).", ge=1, le=1 << 24)
    ] = 16384
    table_durability: Annotated[
        Literal["process", "disk"],
        Meta(
            description="What persistent shared tables survive: process, the end of any process; disk, also that of "
            "the machine, and replies wait for the disk (Kahea's own)."
        ),
    ] = "process"

    # sockets
    listen: Annotated[list[Listen], Meta(description="Addresses to listen on.")] = []
    alias: Annotated[list[Listen], Meta(description="Host names that are this server.")] = []
    port: Annotated[int, Meta(description="Port of listen addresses that name none.", ge=1, le=65535)] = 5060
    auto_aliases: Annotated[bool, Meta(description="Look up names of the listen addresses as aliases.")] = True
    auto_bind_ipv6: Annotated[bool, Meta(description="With no listen, use IPv6 addresses too.")] = False
    advertised_address: Annotated[str | None, Meta(description="Host shown in Via and Record-Route.")] = None
    advertised_port: Annotated[int | None, Meta(description="Port shown in Via and Record-Route.", le=65535)] = None
    mhomed: Annotated[bool, Meta(description="Choose the sending socket by the routing table.")] = False
    udp_receive_buffer: Annotated[int, Meta(description="UDP receive buffer in bytes; 0 for the system's.")] = 1 << 20
    """Option -b, ``maxbuffer``."""
    udp_send_buffer: Annotated[int, Meta(description="UDP send buffer in bytes; 0 for the system's.")] = 1 << 20
    """Option -B, ``maxsndbuffer``."""
    udp_mtu: Annotated[int, Meta(description="Bytes above which a forwarded request avoids UDP; 0 for no limit.")] = 0
    udp_mtu_try_proto: Annotated[str, Meta(description="Transport for requests over udp_mtu: TCP, TLS, SCTP.")] = ""
    tos: Annotated[int, Meta(description="IP type of service of what is sent.")] = 0x10
    ip_free_bind: Annotated[int, Meta(description="1: listen also on addresses that the machine does not have.")] = 0

    # streams
    disable_tcp: Annotated[bool, Meta(description="Do not listen on TCP.")] = False
    tcp_max_connections: Annotated[int, Meta(description="Connections open at one time.")] = 2048
    tcp_connection_lifetime: Annotated[int, Meta(description="Seconds an idle connection is kept.")] = 120
    tcp_connect_timeout: Annotated[int, Meta(description="Seconds to wait for a connect.")] = 10
    tcp_send_timeout: Annotated[int, Meta(description="Seconds to wait for a peer that does not read.")] = 10
    tcp_rd_buf_size: Annotated[int, Meta(description="Largest message on a stream, in bytes.")] = 16384
    tcp_conn_wq_max: Annotated[int, Meta(description="Bytes queued on one connection.")] = 32768
    tcp_accept_no_cl: Annotated[bool, Meta(description="Accept messages without Content-Length.")] = False
    tcp_accept_aliases: Annotated[bool, Meta(description="Obey the alias parameter of Via (RFC 5923).")] = False
    tcp_crlf_ping: Annotated[bool, Meta(description="Answer CRLF CRLF with CRLF.")] = True
    tcp_listen_backlog: Annotated[int, Meta(description="Connections waiting to be accepted.")] = 1024
    tcp_msg_read_timeout: Annotated[int, Meta(description="Seconds for a whole message to arrive.")] = 20
    tcp_keepalive: Annotated[bool, Meta(description="Use TCP keep-alive probes.")] = True
    tcp_no_connect: Annotated[bool, Meta(description="Open no connections: use only those that others opened.")] = False
    tcp_source_ipv4: Annotated[
        str, Meta(description="IPv4 address that connections are opened from, instead of the sending socket's.")
    ] = ""
    tcp_source_ipv6: Annotated[
        str, Meta(description="IPv6 address that connections are opened from, instead of the sending socket's.")
    ] = ""
    tcp_accept_iplimit: Annotated[
        int, Meta(description="Connections that one address may have open with one worker; 0 for no limit.", ge=0)
    ] = 1024

    # names
    use_dns_cache: Annotated[bool, Meta(description="Keep answers of name servers as long as they hold.")] = True
    use_dns_failover: Annotated[
        bool, Meta(description="Try the further addresses of a destination when one fails.")
    ] = False
    dns_try_ipv6: Annotated[bool, Meta(description="Look up IPv6 addresses, if there is an IPv6 socket.")] = True
    dns_try_naptr: Annotated[
        bool, Meta(description="Look up NAPTR records of a host without port and transport (RFC 3263).")
    ] = False
    dns_naptr_ignore_rfc: Annotated[
        bool, Meta(description="Let the preferences of transports come before the order of NAPTR records.")
    ] = True
    dns_srv_lb: Annotated[
        bool, Meta(description="Choose among SRV records of one priority at random by their weights (RFC 2782).")
    ] = False
    dns_udp_pref: Annotated[int, Meta(description="Preference of UDP where a URI names none; below 0: never.")] = 30
    dns_tcp_pref: Annotated[int, Meta(description="Preference of TCP where a URI names none; below 0: never.")] = 20
    dns_tls_pref: Annotated[int, Meta(description="Preference of TLS where a URI names none; below 0: never.")] = 10
    dns_sctp_pref: Annotated[int, Meta(description="Preference of SCTP where a URI names none; below 0: never.")] = 20
    dns_retr_time: Annotated[
        int, Meta(description="Seconds to wait for a name server's first answer; resolv.conf says it when below 1.")
    ] = -1
    dns_retr_no: Annotated[
        int, Meta(description="Rounds through the name servers; resolv.conf says it when below 1.")
    ] = -1
    dns_servers_no: Annotated[int, Meta(description="Name servers of resolv.conf to use; all when below 0.")] = -1
    dns_use_search_list: Annotated[bool, Meta(description="Try the search list of resolv.conf behind a name.")] = True
    dns_cache_flags: Annotated[
        int, Meta(description="Addresses to look up: 1 IPv4 only, 2 IPv6 only, 4 IPv6 first.", ge=0, le=7)
    ] = 0
    dns_cache_negative_ttl: Annotated[
        int, Meta(description="Seconds to remember that a name was not found; 0 to ask again each time.", ge=0)
    ] = 60
    dns_cache_min_ttl: Annotated[int, Meta(description="Seconds to keep an answer at least.", ge=0)] = 0
    dns_cache_max_ttl: Annotated[int, Meta(description="Seconds to keep an answer at most; 0 for no limit.")] = 0
    dns_cache_mem: Annotated[int, Meta(description="KiB that the records of one worker may take.", ge=0)] = 500
    dns_cache_del_nonexp: Annotated[
        bool, Meta(description="Drop answers that still hold when the cache is full, the least used first.")
    ] = False
    dns_cache_gc_interval: Annotated[
        int, Meta(description="Seconds after which expired answers are dropped; 0 to drop them when asked for.", ge=0)
    ] = 120
    dns_cache_rec_pref: Annotated[
        int,
        Meta(description="1: what came along with another answer does not replace what is known.", ge=0, le=3),
    ] = 0
    dns_slow_query_ms: Annotated[
        int, Meta(description="Milliseconds after which a lookup is logged as slow; 0 for never.", ge=0)
    ] = 0

    # messages
    server_header: Annotated[str, Meta(description="Server header line of replies.")] = f"Server: {SIGNATURE}"
    user_agent_header: Annotated[str, Meta(description="User-Agent header line of requests.")] = (
        f"User-Agent: {SIGNATURE}"
    )
    server_signature: Annotated[bool, Meta(description="Add Server to replies.")] = True
    sip_warning: Annotated[int, Meta(description="Add a Warning header to replies.")] = 0
    xavp_via_params: Annotated[
        str, Meta(description="$xavp whose values become parameters of our Via, with via_add_xavp_params() of corex.")
    ] = ""
    xavp_via_fields: Annotated[
        str, Meta(description="$xavp with address, port and proto of our Via, with via_use_xavp_fields() of corex.")
    ] = ""
    max_while_loops: Annotated[int, Meta(description="Turns after which a while loop ends.", ge=0)] = 100
    script_wait_limit: Annotated[
        float, Meta(description="Seconds that one script may wait in all (Kahea's own).", gt=0)
    ] = 30.0
    max_recursive_level: Annotated[int, Meta(description="How deep routes may be nested in each other.", ge=1)] = 256
    max_branches: Annotated[
        int, Meta(description="Branches of one request, that of its Request-URI included.", ge=1)
    ] = 12
    msg_recv_max_size: Annotated[int, Meta(description="Largest message accepted, in bytes.")] = 32767
    force_rport: Annotated[bool, Meta(description="Treat every request as if it asked for rport.")] = False
    local_rport: Annotated[bool, Meta(description="Ask for rport in our own Via.")] = False
    onsend_route_reply: Annotated[bool, Meta(description="Run onsend_route for forwarded replies too.")] = False
    received_route_mode: Annotated[int, Meta(description="1: run event_route[core:msg-received].")] = 0
    return_mode: Annotated[
        int,
        Meta(
            description="0: if and while hold above 0; 1: for all but 0, and a call in an expression is its code; "
            "2: for all but 0, and a call is 1 or 0.",
            ge=0,
        ),
    ] = 0
    custom: dict[str, dict[str, int | str]] = {}
    """Custom parameters, ``group.name = value``: by group and name."""
    custom_instances: dict[str, dict[int, dict[str, int | str]]] = {}
    """Values of other instances, ``group[1].name = value``: by group, instance and name."""
    custom_descriptions: dict[str, str] = {}
    """Descriptions of custom parameters by ``group.name``."""
    accepted: dict[str, int | str] = {}
    """Values of parameters that have no effect here; a script may still ask for them."""
    flag_names: dict[str, int] = {}
    """Numbers of the flags that ``flags`` names."""
    check_via: Annotated[bool, Meta(description="Check the host of the top Via of replies.")] = False

    # log
    debug: Annotated[int, Meta(description="Log level: lines above it are not written.")] = 0
    log_stderror: Annotated[bool, Meta(description="Log to standard error instead of syslog.")] = False
    log_facility: Annotated[str, Meta(description="Syslog facility.")] = "LOG_DAEMON"
    log_name: Annotated[str, Meta(description="Name in syslog.")] = "kahea"
    log_prefix: Annotated[str, Meta(description="Text before each line logged about a message.")] = ""
    log_prefix_mode: Annotated[
        int, Meta(description="1: evaluate log_prefix for each line, not once for a message.")
    ] = 0
    log_color: Annotated[bool, Meta(description="Colour the lines by level.")] = False

    @property
    def server_line(self) -> str:
        """The ``Server`` line of replies with its line end, "" if replies have none."""
        return f"{self.server_header}\r\n" if self.server_signature and self.server_header else ""


RUNTIME: Final = frozenset(
    (
        "debug",
        "dns_cache_del_nonexp",
        "dns_cache_flags",
        "dns_cache_max_ttl",
        "dns_cache_mem",
        "dns_cache_min_ttl",
        "dns_cache_negative_ttl",
        "dns_cache_rec_pref",
        "dns_naptr_ignore_rfc",
        "dns_retr_no",
        "dns_retr_time",
        "dns_sctp_pref",
        "dns_servers_no",
        "dns_slow_query_ms",
        "dns_srv_lb",
        "dns_tcp_pref",
        "dns_tls_pref",
        "dns_try_ipv6",
        "dns_try_naptr",
        "dns_udp_pref",
        "dns_use_search_list",
        "force_rport",
        "local_rport",
        "max_while_loops",
        "script_wait_limit",
        "tcp_accept_no_cl",
        "tcp_conn_wq_max",
        "tcp_connect_timeout",
        "tcp_connection_lifetime",
        "tcp_crlf_ping",
        "tcp_max_connections",
        "tcp_msg_read_timeout",
        "tcp_rd_buf_size",
        "tcp_send_timeout",
        "udp_mtu",
        "udp_mtu_try_proto",
        "use_dns_cache",
        "use_dns_failover",
    )
)
"""Parameters that may be changed while the server runs: whoever uses them asks the settings each time."""
