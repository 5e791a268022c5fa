"""What the RPC commands answer, in the shape of Kamailio's."""

from __future__ import annotations

from typing import Any, Final

from kahea.api import LocationContact

NOT_SET: Final = "[not set]"


def contact_answer(contact: LocationContact, now: float) -> dict[str, Any]:
    """Return a contact as ``ul.dump`` and ``ul.lookup`` show it.

    Args:
        contact: what is shown.
        now: seconds since 1970.
    """
    return {
        "Contact": {
            "Address": contact.uri,
            "Expires": _expires(contact, now),
            "Q": -1 if contact.q < 0 else contact.q / 1000,
            "Call-ID": contact.call_id,
            "CSeq": contact.cseq,
            "User-Agent": contact.user_agent or NOT_SET,
            "Received": contact.received or NOT_SET,
            "Path": contact.path or NOT_SET,
            "State": "CS_NEW",  # what Kamailio shows where no database has it
            "Flags": contact.flags,
            "CFlags": contact.branch_flags,
            "Socket": contact.socket or NOT_SET,
            "Methods": contact.methods,
            "Ruid": contact.ruid,
            "Instance": contact.instance or NOT_SET,
            "Reg-Id": contact.reg_id,
            "Server-Id": contact.server_id,
            "Tcpconn-Id": contact.connection,
            "Keepalive": contact.keepalive,
            "Last-Keepalive": contact.last_keepalive,
            "KA-Roundtrip": 0,
            "Last-Modified": contact.modified,
        }
    }


def _expires(contact: LocationContact, now: float) -> str | int:
    if contact.expires == 0:
        return "permanent"
    if int(now) > contact.expires:
        return "expired"
    return contact.expires - int(now)
