"""The route of a dialog that a request of our own has begun (RFC 3261 12.1.2 and 12.2.1.1)."""

from __future__ import annotations

from kahea.api import Reply


def dialog_route(reply: Reply) -> tuple[str, str, str]:
    """Return where the next request of a dialog goes.

    Args:
        reply: the 2xx that confirmed the dialog.

    Returns:
        Request-URI, next hop, and the Route header as a line without line end, "" for none.
    """
    contacts = reply.contacts
    target = contacts[0].uri if isinstance(contacts, list) and contacts else ""
    routes = list(reversed(reply.record_routes))
    if not routes:
        return target, target, ""
    first = routes[0]
    if first.parsed_uri is not None and "lr" in first.parsed_uri.params:
        return target, first.uri, "Route: " + ", ".join(route.text.strip() for route in routes)
    # a strict router gets its own URI, and the target stands at the end (RFC 3261 16.12.1.2)
    values = [*(route.text.strip() for route in routes[1:]), f"<{target}>"]
    return first.uri, first.uri, "Route: " + ", ".join(values)
