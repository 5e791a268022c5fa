"""From ``listen`` to the list of sockets that the server opens."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kahea.cfg.ast import Listen
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.spans import Span
from kahea.modules.settings import Settings
from kahea.net import codes as codes  # registers them
from kahea.net.interfaces import InterfaceAddress, interface_addresses
from kahea.net.lookup import look_up
from kahea.sip.endpoints import DEFAULT_PORTS, LocalSocket

PROTOCOLS: Final = ("udp", "tcp")
"""Transports that can listen, in the order in which sockets are listed, as Kamailio lists them."""


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """A host that is ours, with the ports and the transport under which it is.

    Args:
        host: name or address, as written, without brackets.
        ports: ports that count; empty for any.
        protocol: transport, ``None`` for any.
    """

    host: str
    ports: frozenset[int] = frozenset()
    protocol: str | None = None


@dataclass(slots=True)
class Addresses:
    """What the server listens on, and the names by which it is reached there."""

    sockets: list[LocalSocket] = field(default_factory=list)
    own: list[OwnAddress] = field(default_factory=list)


def resolve_addresses(
    settings: Settings,
    diagnostics: Diagnostics,
    *,
    interfaces: Callable[[], Sequence[InterfaceAddress]] = interface_addresses,
    names: Callable[[Sequence[str]], Mapping[str, str]] = look_up,
) -> Addresses:
    """Return the sockets that ``listen`` asks for.

    A host is an interface's name, an address, or a name that is looked up once. Without a transport UDP and TCP are
    meant, without a port ``port``; the same address twice is one socket. Without any ``listen`` the server uses
    all IPv4 addresses of the machine, and all IPv6 ones with ``auto_bind_ipv6``. Sockets are listed
    as Kamailio lists them: UDP first, each transport in the order of the file.

    Args:
        settings: ``listen``, ``port``, ``disable_tcp``, ``auto_bind_ipv6`` and the global ``advertised_…``.
        diagnostics: takes what cannot be resolved, each with its place in the file.
        interfaces: tells the machine's addresses.
        names: looks up host names.
    """
    local = interfaces()
    protocols = [name for name in PROTOCOLS if not (settings.disable_tcp and name == "tcp")]
    if not settings.listen:
        listens = [Listen(None, [], None)]
        targets = {0: [("", one.ip) for one in local if settings.auto_bind_ipv6 or not one.ipv6]}
        if not targets[0]:
            diagnostics.error("no-address", "this machine has no address to listen on", None, help="set `listen`")
    else:
        listens = list(settings.listen)
        targets = _targets(settings, diagnostics, local, names)

    result = Addresses()
    seen: dict[tuple[str, str, int], LocalSocket] = {}
    _check_protocols(settings, diagnostics)
    for protocol in protocols:
        for position, listen in enumerate(listens):
            if listen.protocol not in (None, protocol):
                continue
            port = listen.port or _default_port(settings, protocol)
            for written, ip in targets.get(position, ()):
                if (protocol, ip, port) not in seen:
                    socket = _local_socket(settings, listen, protocol, ip, port, len(result.sockets))
                    seen[protocol, ip, port] = socket
                    result.sockets.append(socket)
                result.own.extend(_own(listen, written, protocol, ip, port))
    if not result.sockets and not diagnostics.errors:
        diagnostics.error("no-address", "no socket to listen on", None, help="add a `listen` for udp or tcp")
    return result


def alias_addresses(aliases: Sequence[Listen]) -> list[OwnAddress]:
    """Return what ``alias`` declares as ours: without a port any port, without a transport any transport."""
    return [
        OwnAddress(host.text.strip("[]"), frozenset((alias.port,)) if alias.port else frozenset(), alias.protocol)
        for alias in aliases
        for host in alias.hosts
    ]


def canonical_ip(text: str) -> str | None:
    """Return an address in canonical text, without brackets; ``None`` if *text* is no address."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _default_port(settings: Settings, protocol: str) -> int:
    return settings.port if protocol in PROTOCOLS else DEFAULT_PORTS[protocol]


def _check_protocols(settings: Settings, diagnostics: Diagnostics) -> None:
    for listen in settings.listen:
        if listen.protocol == "tcp" and settings.disable_tcp:
            diagnostics.warning("unused-listen", "`disable_tcp` is set: not listening on this address", listen.span)
        elif listen.protocol is not None and listen.protocol not in PROTOCOLS:
            diagnostics.warning(
                "unsupported-transport",
                f"cannot listen on {listen.protocol}: not listening on this address",
                listen.span,
                help=f"use {' or '.join(PROTOCOLS)}",
            )


def _targets(
    settings: Settings,
    diagnostics: Diagnostics,
    local: Sequence[InterfaceAddress],
    names: Callable[[Sequence[str]], Mapping[str, str]],
) -> dict[int, list[tuple[str, str]]]:
    """Return, for each ``listen`` by position, pairs of the host as written and an address."""
    pending: list[tuple[int, int, str, Span | None]] = []
    targets: dict[int, list[tuple[str, str]]] = {}
    for position, listen in enumerate(settings.listen):
        found = targets.setdefault(position, [])
        if listen.protocol is not None and listen.protocol not in PROTOCOLS:
            continue
        for host in listen.hosts:
            of_interface = [one for one in local if one.name == host.text]
            ip = canonical_ip(host.text)
            if of_interface:
                usable = [("", one.ip) for one in of_interface if settings.auto_bind_ipv6 or not one.ipv6]
                found.extend(usable)
                if not usable:
                    diagnostics.error(
                        "no-address",
                        f"interface `{host.text}` has no IPv4 address",
                        host.span,
                        help="set `auto_bind_ipv6=yes` to use its IPv6 addresses",
                    )
            elif ip is not None:
                found.append(("", ip))
            else:
                pending.append((position, len(found), host.text, host.span))
                found.append((host.text, ""))
    answers = names(sorted({name for _, _, name, _ in pending}))
    for position, place, name, span in pending:
        if name in answers:
            targets[position][place] = (name, answers[name])
        else:
            diagnostics.error(
                "unresolvable-host",
                f"cannot resolve `{name}`: no such interface, and no address for a host of that name",
                span,
                help="write the address, or add the name to /etc/hosts",
            )
    return {position: [pair for pair in pairs if pair[1]] for position, pairs in targets.items()}


def _local_socket(settings: Settings, listen: Listen, protocol: str, ip: str, port: int, index: int) -> LocalSocket:
    host = listen.advertise_host or settings.advertised_address
    if host is not None and ":" in host and not host.startswith("["):
        host = f"[{host}]"
    # The global advertised_port belongs to advertised_address; it says nothing about a listen's own advertise.
    advertised_port = listen.advertise_port if listen.advertise_host else settings.advertised_port
    return LocalSocket(protocol, ip, port, host, advertised_port, listen.name, index)


def _own(listen: Listen, written: str, protocol: str, ip: str, port: int) -> list[OwnAddress]:
    """Return the hosts under which one socket is ours.

    Each of them counts with the real and with the advertised port (Kamailio's ``grep_sock_info``). The
    global ``advertised_address`` does not count, as there: it may be a load balancer's.
    """
    ports = frozenset((port, listen.advertise_port)) if listen.advertise_port else frozenset((port,))
    hosts = [ip, written, (listen.advertise_host or "").strip("[]")]
    return [OwnAddress(host, ports, protocol) for host in hosts if host]
