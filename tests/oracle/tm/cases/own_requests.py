"""Requests of the server's own: what ``t_uac_send`` makes of its arguments."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_FROM_TO = "From: <sip:a@b>;tag=given\\r\\nTo: <sip:CASE@d>\\r\\n"


def sending(*arguments: str) -> str:
    """Return a route that sends a request of its own."""
    call = ", ".join(f'"{argument}"' for argument in arguments)
    return f'route[CASE] {{ SHOW(t_uac_send({call})); sl_send_reply("200", "OK"); }}'


def sent(headers: str, body: str = "", hop: str = "", method: str = "OPTIONS", socket: str = "") -> Case:
    """A case in which UAS1 gets such a request."""
    play = f"uac > OPTIONS\nuac < 200\nuas1 < {method}\nuas1 > 200\nwait 0.2"
    return Case(sending(method, "sip:CASE@UAS1", hop, socket, headers, body), play)


def refused(
    headers: str = _FROM_TO,
    body: str = "",
    *,
    method: str = "OPTIONS",
    uri: str = "sip:CASE@UAS1",
    hop: str = "",
    socket: str = "",
) -> Case:
    """A case in which nothing is sent."""
    return Case(sending(method, uri, hop, socket, headers, body), "uac > OPTIONS\nuac < 200\nwait 0.2")


CASES: dict[str, Case] = {
    "uac_send_cseq_and_call": sent(_FROM_TO + "CSeq: 77 OPTIONS\\r\\nCall-ID: given.call\\r\\n"),
    "uac_send_display": sent("From: Ann <sip:a@b;x=1>;tag=given;p=2\\r\\nTo: Bob <sip:CASE@d>;tag=given.to;q=3\\r\\n"),
    "uac_send_without_brackets": sent("From: sip:a@b;tag=given\\r\\nTo: sip:CASE@d\\r\\n"),
    "uac_send_without_tag": sent("From: <sip:a@b>\\r\\nTo: <sip:CASE@d>\\r\\n"),
    "uac_send_compact": sent("f: <sip:a@b>;tag=given\\r\\nt: <sip:CASE@d>\\r\\nk: path\\r\\n"),
    "uac_send_route_and_hop": Case(
        sending(
            "OPTIONS",
            "sip:CASE@192.0.2.1",
            "sip:UAS1",
            "",
            _FROM_TO + "Route: <sip:192.0.2.3;lr>\\r\\nRoute: <sip:x@192.0.2.2;lr>\\r\\n",
            "",
        ),
        "uac > OPTIONS\nuac < 200\nuas1 < OPTIONS\nuas1 > 200\nwait 0.2",
    ),
    "uac_send_dots": sent(_FROM_TO, hop=".", socket="."),
    "uac_send_socket": sent(_FROM_TO, socket="udp:SERVER"),
    "uac_send_own_max_forwards": sent(_FROM_TO + "Max-Forwards: 5\\r\\nContact: <sip:me@here>\\r\\n"),
    "uac_send_body_with_length": refused(_FROM_TO + "Content-Type: a/b\\r\\nContent-Length: 2\\r\\n", "ab"),
    "uac_send_body_without_type": refused(body="ab"),
    "uac_send_without_from": refused("To: <sip:CASE@d>\\r\\n"),
    "uac_send_without_to": refused("From: <sip:CASE@d>\\r\\n"),
    "uac_send_broken_from": refused("From: <sip:CASE@d\\r\\nTo: <sip:CASE@d>\\r\\n"),
    "uac_send_other_method_in_cseq": refused(_FROM_TO + "CSeq: 1 INVITE\\r\\n"),
    "uac_send_cseq_without_number": refused(_FROM_TO + "CSeq: x OPTIONS\\r\\n"),
    "uac_send_broken_headers": refused("junk"),
    "uac_send_without_headers": refused(""),
    "uac_send_bad_uri": refused(uri="CASE"),
    "uac_send_bad_hop": refused(hop="bad hop"),
    "uac_send_bad_socket": refused(socket=":::"),
    "uac_send_unknown_socket": refused(socket="udp:192.0.2.1:5060"),
    "uac_send_without_method": refused(method=""),
}
