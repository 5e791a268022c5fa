"""Domains whose subdomains are this server's too."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kahea.api import parse_place


def check_of(texts: Iterable[str]) -> Callable[[str, int | None, str | None], bool]:
    """Return what tells whether a host is one of some domains or below one.

    Args:
        texts: ``[protocol:]domain[:port]``; what is not given may be anything.

    Raises:
        ValueError: one is written differently.
    """
    domains = [(place.protocol.lower(), place.host.lower(), place.port_number) for place in map(parse_place, texts)]

    def check(host: str, port: int | None, protocol: str | None) -> bool:
        lowered = host.lower()
        return any(
            (lowered == domain or lowered.endswith(f".{domain}"))
            and (not port or wanted_port in (0, port))
            and (not protocol or wanted_protocol in ("", protocol))
            for wanted_protocol, domain, wanted_port in domains
        )

    return check
