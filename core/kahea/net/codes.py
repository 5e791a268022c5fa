"""The codes of the mistakes that resolving listen addresses can find."""

from __future__ import annotations

from kahea.diagnostics.codes import register

register(
    "no-address",
    "there is no address to listen on",
    meaning=(
        "The interface that listen names has no IPv4 address, or nothing is left to listen on. IPv6 addresses of an "
        "interface are used with auto_bind_ipv6=yes only, as in Kamailio."
    ),
    example="listen=udp:eth1:5060",
    fix="auto_bind_ipv6=yes\nlisten=udp:eth1:5060",
)
register(
    "unresolvable-host",
    "a host of listen cannot be resolved",
    meaning="The host is neither an interface of this machine nor a name that has an address.",
    example="listen=udp:sip.invalid:5060",
    fix="listen=udp:192.0.2.1:5060",
)
register(
    "unsupported-transport",
    "a transport that cannot listen",
    meaning="The server does not listen on this address; its other addresses work.",
    example="listen=sctp:192.0.2.1:5060",
    fix="listen=udp:192.0.2.1:5060",
)
register(
    "unused-listen",
    "a listen that another parameter switches off",
    meaning="TCP is switched off by disable_tcp (option -T); the server does not listen on this address.",
    example="disable_tcp=yes\nlisten=tcp:192.0.2.1:5060",
    fix="listen=tcp:192.0.2.1:5060",
)
