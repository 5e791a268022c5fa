"""The words with a meaning of their own in the configuration language.

Only their spelling lives here. Which token a word becomes depends on where it stands and is decided
in `kahea.cfg.classify`; the lexer sees names.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


BLOCK_WORDS = {
    "if": "IF",
    "else": "ELSE",
    "while": "WHILE",
    "switch": "SWITCH",
    "case": "CASE",
    "default": "DEFAULT",
    "break": "BREAK",
    "return": "RETURN",
    "exit": "EXIT",
    "drop": "DROP",
    "and": "AND",
    "or": "OR",
    "not": "NOT",
    "mod": "MOD",
    "eq": "EQUALITY",
    "ne": "EQUALITY",
    "ieq": "EQUALITY",
    "ine": "EQUALITY",
    "defined": "DEFINED",
}
"""Words that are tokens of their own inside a route block."""

CORE_OPERANDS = words(
    "method uri status from_uri to_uri src_ip src_port dst_ip dst_port snd_ip snd_port snd_proto snd_af to_ip "
    "to_port to_proto to_af proto af myself msg:len"
)
"""Left sides of the old tests, such as ``uri == myself``; together with the comparison they bind like one operand."""

BOOLEANS = {"yes": 1, "true": 1, "on": 1, "enable": 1, "no": 0, "false": 0, "off": 0, "disable": 0}
"""Words that are numbers wherever they stand."""

ROUTE_WORDS = words("route request_route failure_route reply_route onreply_route branch_route onsend_route event_route")

ITEM_WORDS = {
    "loadmodule": "LOADMODULE",
    "loadmodulex": "LOADMODULE",
    "loadpath": "SETTING",
    "mpath": "SETTING",
    "modparam": "MODPARAM",
    "modparamx": "MODPARAM",
    "cfgengine": "SETTING",
    "flags": "FLAGS",
    "bool": "FLAGS",
    "avpflags": "FLAGS",
}
"""Words that begin an item outside route blocks; the names of routes are in `ROUTE_WORDS`."""

ADDRESS_LISTS = words("listen alias domain bind")
"""Parameters whose value is a list of addresses without separators."""

LISTEN_WORDS = {
    "advertise": "ADVERTISE",
    "ADVERTISE": "ADVERTISE",
    "name": "SOCKNAME",
    "NAME": "SOCKNAME",
    "virtual": "VIRTUAL",
}
"""Words that may follow the addresses of ``listen``."""

DESCRIPTION_WORDS = words("desc descr description")

PROTOCOLS = words("udp tcp tls sctp ws wss UDP TCP TLS SCTP WS WSS")

BARE_ACTIONS = words(
    "force_rport add_rport add_local_rport force_tcp_alias add_tcp_alias revert_uri set_forward_no_connect "
    "set_reply_no_connect set_forward_close set_reply_close"
)
"""Actions that may be written without parentheses."""

DIRECTIVES = words(
    "define def trydefine trydef redefine redef undefine undef tryundefine tryundef defexp defexps defenv defenvs "
    "trydefenv trydefenvs ifdef ifndef ifexp else endif subst substdef substdefs include_file import_file"
)

COMPATIBILITY_MARKS = words("KAMAILIO OPENSER SER MAXCOMPAT ALL")
"""``#!KAMAILIO`` and its relatives, which once chose a dialect; a file starts with one by custom."""
