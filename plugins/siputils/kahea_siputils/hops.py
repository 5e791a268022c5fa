"""Whether this server is the first hop behind the sender."""

from __future__ import annotations

import ipaddress

from kahea.api import Core, Message, Request


def is_first_hop(core: Core, msg: Message, *, allow_loops: bool) -> bool:
    """Whether a message came here from its sender without another proxy between, as far as its headers tell.

    Args:
        core: knows what is ours.
        msg: a request is at its first hop with one Via only; a reply, when there is no Record-Route or the top one is
            ours.
        allow_loops: whether a reply may have come from ourselves, and the top Record-Route may hold a name.
    """
    if isinstance(msg, Request):
        return len(msg.vias) < 2
    if not msg.has_header("record-route"):
        return True
    top = next(iter(msg.record_routes), None)
    uri = None if top is None else top.parsed_uri
    if uri is None or (not allow_loops and not _is_address(uri.host)):
        return False
    if not core.is_myself(uri.host, uri.port, uri.transport or None):
        return False
    source = msg.source
    came_from_it = (
        uri.host.strip("[]") == source.ip
        and (uri.port or 5060) == source.port
        and (uri.transport or "udp") == source.socket.protocol
    )
    return allow_loops or not came_from_it


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
