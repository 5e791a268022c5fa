"""RPC commands of the core about the configuration, with the shapes that Kamailio 5.6.3 answers in."""

from __future__ import annotations

from collections.abc import Callable

from kahea.testing import ServerUnderTest

CONFIG = """
#!define WORDS "x y"
#!define NUMBER 5
#!define EMPTY
loadmodule "sl.so"
loadmodule "pv.so"
tcp_connect_timeout = 3
request_route { sl_send_reply("200", "OK"); }
"""


def test_modules(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """core.modules lists the modules, the one loaded last first."""
    assert kahea_server(CONFIG).rpc("core.modules")[:2] == ["pv", "sl"]


def test_defines(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """core.ppdefines lists the defines of the file in their order, core.ppdefines_full their values as written."""
    server = kahea_server(CONFIG)

    names = server.rpc("core.ppdefines")
    assert names[names.index("WORDS") :] == ["WORDS", "NUMBER", "EMPTY", "MOD_sl", "MOD_pv"]
    values = {row["name"]: (row["type"], row["value"]) for row in server.rpc("core.ppdefines_full")}
    assert (values["WORDS"], values["NUMBER"], values["EMPTY"]) == ((0, '"x y"'), (0, "5"), (0, "none"))


def test_tcp_options(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """core.tcp_options shows the parameters under Kamailio's names."""
    options = kahea_server(CONFIG).rpc("core.tcp_options")

    assert list(options) == [
        *("connect_timeout", "send_timeout", "connection_lifetime", "max_connections(soft)"),
        *("max_tls_connections(soft)", "no_connect", "fd_cache", "async", "connect_wait", "conn_wq_max", "wq_max"),
        *("defer_accept", "delayed_ack", "syncnt", "linger2", "keepalive", "keepidle", "keepintvl", "keepcnt"),
        *("crlf_ping", "accept_aliases", "alias_flags", "new_conn_alias_flags"),
    ]
    assert (options["connect_timeout"], options["connection_lifetime"], options["keepalive"]) == (3, 120, 1)
