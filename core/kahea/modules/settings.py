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
    auto_aliases: Annotated[bool, Meta(description="Look up names of the listen addresses as aliases.")] = False
    auto_bind_ipv6: Annotated[bool, Meta(description="With no listen, use IPv6 addresses too.")] = False
    advertised_address: Annotated[str | None, Meta(description="Host shown in Via and Record-Route.")] = None
    advertised_port: Annotated[int | None, Meta(description="Port shown in Via and Record-Route.", le=65535)] = None
    mhomed: Annotated[bool, Meta(description="Choose the sending socket by the routing table.")] = False
    udp_receive_buffer: Annotated[int, Meta(description="UDP receive buffer in bytes; 0 for the system's.")] = 0
    """Option -b, ``maxbuffer``."""
    udp_send_buffer: Annotated[int, Meta(description="UDP send buffer in bytes; 0 for the system's.")] = 0
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

    # messages
    server_header: Annotated[str, Meta(description="Server header line of replies.")] = f"Server: {SIGNATURE}"
    user_agent_header: Annotated[str, Meta(description="User-Agent header line of requests.")] = (
        f"User-Agent: {SIGNATURE}"
    )
    server_signature: Annotated[bool, Meta(description="Add Server to replies.")] = True
    sip_warning: Annotated[int, Meta(description="Add a Warning header to replies.")] = 0
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


RUNTIME: Final = frozenset(
    (
        "debug",
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
    )
)
"""Parameters that may be changed while the server runs: whoever uses them asks the settings each time."""
