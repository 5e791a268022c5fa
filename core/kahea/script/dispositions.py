"""What becomes of each global parameter: it works, or is accepted without effect, with the reason."""

from __future__ import annotations

from typing import Final

from kahea.modules.settings import Settings
from kahea.script.parameters import ALIASES, KNOWN

_WITHOUT_EFFECT: Final = (
    (
        "memory is managed by Python",
        """mem_add_size mem_dbg mem_join mem_log mem_safety mem_status_mode mem_summary memdbg memlog mlock_pages shm
        shm_force_alloc shm_mem shm_mem_size sql_buffer_size msg_clone_extra_size pv_buffer_size pv_buffer_slots
        pv_cache_action pv_cache_limit disable_core_dump""",
    ),
    (
        "scheduling priorities are the service manager's business (CPUSchedulingPolicy= of systemd)",
        """real_time rt_fast_timer_prio rt_ftimer_policy rt_ftimer_prio rt_policy rt_prio rt_stimer_policy
        rt_stimer_prio rt_timer1_policy rt_timer1_prio rt_timer2_policy rt_timer2_prio""",
    ),
    (
        "there is one kind of process: each worker serves all addresses and transports",
        """async_nonblock async_tkv_evcb async_tkv_gname async_usleep async_workers async_workers_group agname AGNAME
        fork_delay modinit_delay sctp_children socket_workers tcp_children tcp_main_threads tcp_script_mode
        udp_receiver_mode wait_worker1_mode wait_worker1_time wait_worker1_usleep route_locks_size rpc_exec_delta
        rpc_exec_locks rpc_exec_locks_mode""",
    ),
    (
        "modules are Python packages, found without a path",
        "loadpath mpath",
    ),
    (
        "connections are handled by the event loop, and each worker has listening sockets of its own",
        """tcp_async tcp_buf_write tcp_check_timer tcp_clone_rcvbuf tcp_fd_cache tcp_poll_method tcp_reuse_port
        tcp_wait_data tcp_wq_blk_size tcp_wq_max tcp_connection_match""",
    ),
    (
        "the system's values are used (sysctl net.ipv4.tcp_...)",
        """tcp_close_rst tcp_defer_accept tcp_delayed_ack tcp_keepcnt tcp_keepidle tcp_keepintvl tcp_linger2 tcp_syncnt
        pmtu_discovery""",
    ),
    (
        "`received` is added to a Via whose host is not the source address; its name is not looked up for that",
        "dns dns_rev_via rev_dns",
    ),
    ("there is always a cache, and use_dns_cache=no keeps nothing in it", "dns_cache_init"),
    ("an answer counts for the name that was asked, with its search domain, only", "dns_search_full_match"),
    ("domains are the business of the module domain and of `alias`", "auto_domains"),
    (
        "destinations that failed are not remembered",
        """dst_blocklist_expire dst_blocklist_gc_interval dst_blocklist_init dst_blocklist_mem dst_blocklist_sctp_imask
        dst_blocklist_tcp_imask dst_blocklist_tls_imask dst_blocklist_ttl dst_blocklist_udp_imask use_dst_blocklist""",
    ),
    (
        "there is no TLS yet",
        """disable_tls enable_tls tls_ca_list tls_certificate tls_connection_match_domain tls_disable tls_enable
        tls_handshake_timeout tls_log tls_max_connections tls_method tls_port_no tls_private_key tls_require_certificate
        tls_send_timeout tls_threads_mode tls_verify tlslog""",
    ),
    ("there is no SCTP", "disable_sctp enable_sctp"),
    ("there is no multicast", "mcast mcast_loopback mcast_ttl"),
    (
        "raw sockets, the PROXY protocol and HEP are not there",
        """udp4_raw udp4_raw_mtu udp4_raw_ttl udp_accept_proxy tcp_accept_haproxy tcp_accept_hep3""",
    ),
    ("each line is logged at the level that fits what it says", "corelog core_log"),
    ("HTTP replies are read by the modules that ask for them", "http_reply_hack http_reply_parse"),
    ("IPv6 addresses are written in the form of RFC 5952", "ipv6_hex_style"),
    ("a link-local address is listened on where `listen` names it with its interface", "bind_ipv6_link_local"),
    ("replies go to the address that the request came from", "reply_to_via"),
    ("replies tell nothing about the inside of the server", "sip_warning"),
    ("names of statistics are made with `_`", "stats_name_separator"),
    ("a `sip` URI with `user=phone` is read as the `sip` URI that it is", "phone2tel"),
    ("msg_apply_changes() always reads the changed message anew", "msg_apply_changes_mode"),
    ("an address may connect more than once, and a port of it cannot", "tcp_accept_unique"),
    ("what a connection carries is found out from what arrives", "tcp_accept_protocols tcp_accept_protos"),
    ("tcp_msg_read_timeout holds for the whole message", "tcp_msg_data_timeout"),
    ("via_reply_add_xavp_params() of corex is not there yet", "xavp_via_reply_params"),
    ("no module reads a database yet", "latency_limit_db version_table"),
    (
        "the time that a script takes is not measured yet",
        "latency_cfg_log latency_limit_action latency_limit_cfg latency_log",
    ),
    ("routes are written in this language: there is no other engine yet", "cfgengine"),
    ("the log is text: there is no log engine yet", "log_engine_data log_engine_type"),
    (
        "messages are read as they are, with the characters and the log lines that the parser has",
        """hdr_name_extra_chars sip_parser_log sip_parser_log_oneline sip_parser_mode uri_host_extra_chars msg_time""",
    ),
    (
        "it belongs to the addresses of `listen` and to `socket`",
        "ADVERTISE advertise NAME VRF name virtual vrf",
    ),
    ("the start says what it does", "verbose_startup"),
)

NOT_THERE: Final = {
    **dict.fromkeys(
        ("setavpflag", "resetavpflag", "isavpflagset"),
        "AVPs have no flags: keep the fact in an `$avp` of its own",
    ),
}
"""Functions of Kamailio's core that are not there, with what to do instead."""

REASONS: Final = {name: reason for reason, names in _WITHOUT_EFFECT for name in names.split()}
"""Why a parameter has no effect, by its name."""


def works(name: str) -> bool:
    """Whether a global parameter has an effect.

    Args:
        name: as written in a file.
    """
    return name in KNOWN and name not in REASONS and ALIASES.get(name, name) in Settings.__struct_fields__
