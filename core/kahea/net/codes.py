"""The codes of the mistakes that resolving listen addresses can find."""

from __future__ import annotations

from kahea.diagnostics.codes import register

register(
    "no-address",
    "there is no address to listen on",
    meaning=(
        "The interface has no usable address, or nothing is left to listen on. IPv6 addresses of an interface are\n"
        "used only with auto_bind_ipv6."
    ),
    example="listen=udp:eth1:5060",
    fix="auto_bind_ipv6=yes\nlisten=udp:eth1:5060",
)
register(
    "unresolvable-host",
    "the host of a listen address cannot be resolved",
    meaning=(
        "A listen address is an IP address, the name of an interface of this machine, or a host name that has an\n"
        "address. This is none of them."
    ),
    example="listen=udp:sip.example.invalid:5060",
    fix="listen=udp:192.0.2.1:5060",
)
register(
    "unsupported-transport",
    "a listen address asks for a transport that is not there",
    meaning="The server does not listen on this address; all others work.",
    example="listen=sctp:192.0.2.1:5060",
    fix="listen=tcp:192.0.2.1:5060",
)
register(
    "unused-listen",
    "a listen address is switched off",
    meaning="The address asks for TCP, and disable_tcp (or -T) switches TCP off.",
    example="disable_tcp=yes\nlisten=tcp:192.0.2.1:5060",
    fix="disable_tcp=no\nlisten=tcp:192.0.2.1:5060",
)
