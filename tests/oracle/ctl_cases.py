"""Commands whose answers to operators' tools are compared with the real server's."""

from __future__ import annotations

CONFIGURATION = """
debug=2
children=1
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "xlog.so"
loadmodule "ctl.so"
loadmodule "jsonrpcs.so"
loadmodule "cfg_rpc.so"
loadmodule "counters.so"
loadmodule "statistics.so"
modparam("counters", "script_cnt_grp_name", "mine")
modparam("counters", "script_counter", "requests")
modparam("counters", "script_counter", "other.things what is counted")
modparam("counters", "script_counter", "other.more")
modparam("statistics", "variable", "calls")
modparam("statistics", "variable", "lasting/no_reset")
modparam("ctl", "binrpc", "unix:RUN/kamailio_ctl")
modparam("ctl", "binrpc", "unixd:RUN/ctl_datagrams")
modparam("ctl", "binrpc", "tcp:127.0.0.1:CTLPORT")
modparam("ctl", "binrpc", "udp:127.0.0.1:CTLPORT")
request_route {
    if (method != "INFO") {
        sl_send_reply("200", "OK");
        exit;
    }
    cnt_inc("requests");
    cnt_add("other.things", "5");
    cnt_reset("other.more");
    update_stat("calls", "+3");
    update_stat("calls", "-1");
    update_stat("lasting", "7");
    $var(name) = "calls";
    $var(value) = "+40";
    update_stat("$var(name)", "$var(value)");
    jsonrpc_exec('{"jsonrpc": "2.0", "method": "cnt.get", "params": ["other", "things"], "id": 7}');
    xlog("L_NOTICE", "$rc $jsonrpl(code) $jsonrpl(text) $(jsonrpl(body){s.encode.hexa})\\n");
    jsonrpc_exec('{"jsonrpc": "2.0", "method": "no.such", "id": "x"}');
    xlog("L_NOTICE", "$rc $jsonrpl(code) $jsonrpl(text) $(jsonrpl(body){s.encode.hexa})\\n");
    jsonrpc_exec('no json');
    xlog("L_NOTICE", "$rc\\n");
    xlog("L_NOTICE", "$stat(calls) $stat(lasting)\\n");
    sl_send_reply("200", "OK");
}
"""
"""RUN is the runtime directory, CTLPORT a port."""

KAMCMD: tuple[str, ...] = (
    "core.uptime",
    "core.echo 1 two s:3",
    "core.echo",
    "cfg.get core debug",
    "cfg.get core nothing",
    "cfg.get 1 2",
    "cfg.get core 2",
    "cfg.set_now_int core debug 2",
    "cfg.set_now_int core",
    "cnt.get mine requests",
    "cnt.get other",
    "cnt.get_raw other things",
    "cnt.get nothing here",
    "cnt.get 5",
    "cnt.get",
    "cnt.get_vars other",
    "cnt.grp_get_all other",
    "cnt.get_vars nothing",
    "cnt.list_vars other",
    "cnt.var_list mine",
    "cnt.var_list nothing",
    "cnt.help other things",
    "cnt.help mine requests",
    "cnt.help other",
    "cnt.help nothing here",
    "stats.get_statistics calls lasting mine:",
    "stats.get_statistics nothing",
    "stats.get_statistics",
    "stats.fetch calls",
    "stats.fetchn calls lasting",
    "stats.clear_statistics calls lasting",
    "stats.get_statistics calls lasting",
    "cnt.reset other things",
    "cnt.get other things",
    "ctl.connections",
    "ctl.who",
    "ctl.listen",
    "jsonrpc.echo a 5",
    "jsonrpc.echo 7",
    "system.methodHelp",
    "system.methodSignature core.ps",
    "system.methodHelp no.such",
    "no.such",
    "ps",
    "listen",
)
"""Arguments of kamcmd; they are run one after the other."""

JSON: tuple[str, ...] = (
    '{"jsonrpc": "2.0", "method": "core.uptime", "id": 1}',
    '{"jsonrpc": "2.0", "method": "core.echo", "params": ["a", "b"], "id": "text"}',
    '{"jsonrpc": "2.0", "method": "no.such", "id": 1}',
    '{"jsonrpc": "2.0", "method": "cfg.get", "params": ["core", "debug"], "id": 1.5}',
    '{"jsonrpc": "2.0", "method": "cfg.get", "params": {"group": "core", "name": "debug"}, "id": 1}',
    '{"jsonrpc": "2.0", "method": "cfg.get", "params": ["core", "nothing"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "cfg.seti", "params": ["core", "debug", 2], "id": 1}',
    '{"jsonrpc": "2.0", "method": "cnt.get", "params": ["mine", "requests"]}',
    '{"jsonrpc": "2.0", "method": "cnt.get", "params": ["other"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "cnt.get", "params": ["nothing", "here"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "stats.get_statistics", "params": ["nothing"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "stats.get_statistics", "params": ["calls"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "stats.fetch", "params": ["lasting"], "id": 1}',
    '{"jsonrpc": "2.0", "method": "jsonrpc.echo", "params": ["\\u00e9\\n/\\"\\\\", 5], "id": 1}',
    '{"jsonrpc": "2.0", "method": "jsonrpc.echo", "id": 1}',
    '{"jsonrpc": "2.0", "method": "system.methodHelp", "id": 1}',
)
"""Requests to the datagram socket of jsonrpcs."""
