"""Building what is sent: replies to requests, forwarded replies, forwarded requests; and where replies go."""

from __future__ import annotations

from typing import Final

from kahea.sip.edits import EditList
from kahea.sip.endpoints import DEFAULT_PORTS, Destination, LocalSocket, Source
from kahea.sip.headerindex import HeaderIndex
from kahea.sip.headers import Via
from kahea.sip.message import Message, Reply, Request, SipParseError

# Copied from the request in the order in which they stand there, with their spelling (RFC 3261 8.2.6.2).
_COPIED: Final = frozenset({"via", "from", "to", "call-id", "cseq"})
# Replies that may create a dialog carry the route set (RFC 3261 12.1.1); Kamailio copies it for 180 to 299.
_COPIED_WITH_ROUTES: Final = _COPIED | {"record-route"}


def status_line(code: int, reason: str) -> str:
    """The first line of a reply.

    Args:
        code: status code, 100 to 699.
        reason: reason phrase.

    Returns:
        The line with its line end, to be given to `build_reply`; worth keeping where code and reason are constant.
    """
    return f"SIP/2.0 {code:03d} {reason}\r\n"


def build_reply(request: Request, status: str, to_tag: str, server_line: str = "", extra_headers: str = "") -> bytes:
    """Build a reply (RFC 3261 8.2.6).

    As in Kamailio: all Vias, Record-Route (180 to 299 only), From, To, Call-ID and CSeq in the request's order and
    spelling; then the headers appended to replies, Server, Content-Length and the body. The top Via gets ``received``
    and ``rport`` (RFC 3581).

    Args:
        request: what is answered.
        status: from `status_line`.
        to_tag: added to To from 180 on unless To has a tag; "" for none.
        server_line: ``Server: ...`` with its line end, or "".
        extra_headers: header lines with their line ends, put behind those of ``request.reply_headers``.

    Returns:
        The reply.

    Raises:
        SipParseError: the request cannot be answered, since not all of its headers are readable.
    """
    index = request.index
    via = request.via
    first = index.first
    if via is None or "to" not in first or index.error:
        raise SipParseError(index.error or "no readable Via and To to answer")
    code = status[8:11]
    wanted = _COPIED_WITH_ROUTES if "180" <= code < "300" else _COPIED
    # One pass over the lines and one join: no object is made per header.
    lines = [line for key, line in zip(index.keys, index.lines) if key in wanted]  # noqa: B905
    if index.repeated is not None and any(line[-1:] != "\r" for line in index.repeated.get("via", ())):
        lines = _with_ended_vias(index, wanted)
    top = first["via"]
    lines[lines.index(top)] = _reply_via(request.source, via, top, request.force_rport)
    if to_tag and code >= "180":
        line = first["to"]
        # Only what follows the address can hold a tag; without a semicolon there, it has none.
        if ";" not in line[line.rfind(">") + 1 :] or ((to := request.to) is not None and not to.tag):
            bare = line.rstrip("\r\n\0")
            lines[lines.index(line)] = f"{bare};tag={to_tag}{line[len(bare) :]}"
    version = request.version
    if version != "SIP/2.0":
        status = version + status[7:]
    body = request.reply_body
    length = "0" if body is None else len(body)
    copied = "\n".join(lines)
    text = (
        f"{status}{copied}\n{request.reply_headers}{extra_headers}{server_line}Content-Length: {length}\r\n\r\n"
    ).encode("utf-8", "surrogateescape")
    return text if body is None else text + body


def _reply_via(source: Source, via: Via, line: str, force_rport: bool) -> str:
    """The top Via's line for a reply: what the client asked for by rport, and where it really is."""
    line = line.rstrip("\r\n\0")
    end = via.end
    span = via.param_span("rport")
    if span is not None:
        return f"{line[: span[0]]};rport={source.port}{line[span[1] : end]};received={source.ip}{line[end:]}\r"
    received = f";received={source.ip}" if sent_by_differs(via, source) or via.param_span("received") else ""
    rport = f";rport={source.port}" if force_rport else ""
    return f"{line[:end]}{rport}{received}{line[end:]}\r" if received or rport else line + "\r"


def _with_ended_vias(index: HeaderIndex, wanted: frozenset[str]) -> list[str]:
    """The wanted lines, with a CRLF after each Via below the first, whatever line end it had."""
    top = index.first["via"]
    return [
        line.rstrip("\r\n\0") + "\r" if key == "via" and line is not top else line
        for key, line in zip(index.keys, index.lines)  # noqa: B905
        if key in wanted
    ]


def sent_by_differs(via: Via, source: Source) -> bool:
    """Whether a Via names another host than the message's source address (RFC 3261 18.2.1).

    Args:
        via: the top Via.
        source: where the message came from.
    """
    host = via.host
    if host == source.ip:
        return False
    return host[0] != "[" or host[1:-1].lower() != source.ip.lower()


def reply_destination(request: Request) -> Destination:
    """Where a reply to a request goes (RFC 3261 18.2.2, RFC 3581 section 4): as in Kamailio, to the source address.

    Args:
        request: what is answered.

    Returns:
        The source's address; its port if the client or the script asked for rport, else the port of the top Via. The
        request's socket and connection are to be used.
    """
    source = request.source
    protocol = source.socket.protocol
    via = request.via
    if via is None or request.force_rport or source.connection or via.has_rport:
        port = source.port
    else:
        port = via.port or DEFAULT_PORTS["udp"]
    destination = Destination(protocol, source.ip, port, source.socket, source.connection)
    if request.has_sending:
        destination.no_connect = request.sending.reply_no_connect
        destination.close = request.sending.reply_close
    return destination


def build_forwarded_request(
    request: Request,
    via: str,
    uri: str | None = None,
    protocol: str = "udp",
    edits: EditList | None = None,
    branch: object = None,
    path: str = "",
) -> bytes:
    """Build the request that a proxy sends on (RFC 3261 16.6).

    As in Kamailio: the message's and the branch's edits are applied; our Via stands before the sender's, which gets
    ``received`` and ``rport``; everything else keeps its order and spelling.

    Args:
        request: what was received.
        via: our Via's header line with its line end; "" for none.
        uri: new Request-URI, ``None`` for the request's current one.
        protocol: transport to be used; ``tcp`` and ``tls`` need a Content-Length.
        edits: those of the branch, applied after the message's.
        branch: given to edits that depend on the branch.
        path: value of a Route header to put before the other routes, or "".

    Returns:
        The request.

    Raises:
        SipParseError: there is no readable Via.
    """
    top = request.via
    if top is None:
        raise SipParseError("no readable Via")
    own = EditList()
    uri = request.uri if uri is None else uri
    if uri != request.original_uri:
        own.replace(len(request.method) + 1, len(request.original_uri), uri)
    start = _line_start(request, "via")
    own.insert_after(start, via)
    if path:
        own.insert_after(_line_start(request, "route") if request.has_header("route") else start, f"Route: {path}\r\n")
    _edit_sender_via(request, top, start, own)
    return _assemble(request, own, protocol, edits, branch)


def _edit_sender_via(request: Request, via: Via, start: int, own: EditList) -> None:
    source = request.source
    received_span = via.param_span("received")
    rport_span = via.param_span("rport")
    place = start + via.params_start
    received = f";received={source.ip}"
    if rport_span is None and request.force_rport:
        own.insert_after(place, f";rport={source.port}")
    if received_span is not None:
        own.replace(start + received_span[0], received_span[1] - received_span[0], received)
    elif rport_span is not None or sent_by_differs(via, source):
        own.insert_after(place, received)
    if rport_span is not None:
        own.replace(start + rport_span[0], rport_span[1] - rport_span[0], f";rport={source.port}")


def apply_changes(message: Request | Reply) -> None:
    """Make the edits and a new Request-URI part of the message itself (``msg_apply_changes()``).

    Args:
        message: whose buffer is replaced; what is read from it afterwards shows the changes.

    Raises:
        SipParseError: the result is no SIP message, or the edits cannot be applied before a branch is sent; nothing
            has changed then.
    """
    if message.edited and message.edits.unsettled:
        raise SipParseError("what was added depends on the socket that the message leaves by")
    message.replace_buffer(changed_bytes(message))


def changed_bytes(message: Message) -> bytes:
    """Return the message as it would be with its edits and a new Request-URI, which go on waiting.

    Args:
        message: the message in work.
    """
    own = EditList()
    if isinstance(message, Request) and message.uri != message.original_uri:
        own.replace(len(message.method) + 1, len(message.original_uri), message.uri)
    return _assemble(message, own, "udp", None, None)


def build_forwarded_reply(reply: Reply, edits: EditList | None = None) -> bytes:
    """Build the reply that a proxy sends on (RFC 3261 16.7): without the top Via, with the edits applied.

    Args:
        reply: what was received.
        edits: further edits, applied after the message's.

    Returns:
        The reply.

    Raises:
        SipParseError: there is no second Via to forward it to.
    """
    second = _second_via(reply)
    top = reply.via
    if top is None or second is None:
        raise SipParseError("no second Via to forward the reply to")
    own = EditList()
    line = reply.index.first["via"]
    start = _line_start(reply, "via")
    if top.last:
        own.delete(start, len(line) + 1)
    else:
        value_start = len(line) - len(line.partition(":")[2].lstrip(" \t\r\n"))
        own.delete(start + value_start, second.start - value_start)
    return _assemble(reply, own, second.protocol.lower(), edits, None)


def forwarded_reply_destination(reply: Reply) -> Destination:
    """Where a forwarded reply goes: to the second Via (RFC 3261 18.2.2, RFC 3581 section 4).

    Args:
        reply: what was received.

    Returns:
        Its ``received`` address, else its host, which may be a name that is still to be resolved (``ip`` holds it);
        the port of ``rport``, else of sent-by, else the protocol's default. The connection is the one that our own Via
        names in its ``i`` parameter.

    Raises:
        SipParseError: there is no second Via.
    """
    second = _second_via(reply)
    top = reply.via
    if top is None or second is None:
        raise SipParseError("no second Via to forward the reply to")
    protocol = second.protocol.lower()
    host = second.received or second.host
    port = second.rport or second.port or DEFAULT_PORTS.get(protocol, DEFAULT_PORTS["udp"])
    connection = 0 if protocol == "udp" else parse_connection_param(top.params.get("i") or "")
    destination = Destination(protocol, host.strip("[]"), port, None, connection)
    if reply.has_sending:
        sending = reply.sending
        destination.no_connect = sending.no_connect or sending.reply_no_connect
        destination.close = sending.close or sending.reply_close
    return destination


def reply_port(reply: Reply) -> int:
    """Return the port to look up the second Via's host with: 0 where SRV records name it (RFC 3263 section 5)."""
    second = _second_via(reply)
    return 0 if second is None else second.rport or second.port or (DEFAULT_PORTS["udp"] if second.received else 0)


def _second_via(reply: Reply) -> Via | None:
    vias = reply.vias
    return vias[1] if len(vias) > 1 else None


def build_via(socket: LocalSocket, branch: str, connection: int = 0, extra_params: str = "") -> str:
    """Our own Via's header line, as Kamailio writes it.

    Args:
        socket: that the message is sent from.
        branch: value of the branch parameter.
        connection: identifier of the stream connection that the request came in on, 0 for none; the ``i`` parameter
            brings replies back to it.
        extra_params: further parameters, from the first semicolon on.

    Returns:
        The line with its line end. The port is left out where it is 5060, unless it is an advertised one.
    """
    host = socket.advertised_host or socket.host_text
    port = socket.advertised_port or (0 if socket.port == DEFAULT_PORTS["udp"] else socket.port)
    if socket.advertised_host and not socket.advertised_port:
        port = 0
    hostport = f"{host}:{port}" if port else host
    back = ";i=" + f"{connection:x}"[::-1] if connection else ""
    return f"Via: SIP/2.0/{socket.protocol.upper()} {hostport};branch={branch}{back}{extra_params}\r\n"


def parse_connection_param(text: str) -> int:
    """Read the ``i`` parameter of our own Via.

    Args:
        text: its value: hexadecimal digits, the lowest first.

    Returns:
        The connection's identifier; 0 if the text is none.
    """
    try:
        return int(text[:16][::-1], 16) if text.isalnum() else 0
    except ValueError:
        return 0


def _line_start(message: Message, key: str) -> int:
    """Offset in the head of the first header line with a key."""
    start = len(message.first_line) + 1
    for line_key, line in zip(message.index.keys, message.index.lines):  # noqa: B905
        if line_key == key:
            return start
        start += len(line) + 1
    raise KeyError(key)


def _assemble(message: Message, own: EditList, protocol: str, edits: EditList | None, branch: object) -> bytes:
    """Apply edits to a message's head and put the body behind it."""
    body = message.edits.body if message.edited else None
    if edits is not None and edits.body is not None:
        body = edits.body
    length = message.index.first.get("content-length")
    if body is not None or protocol in ("tcp", "tls"):
        size = len(message.buf) - message.body_start if body is None else len(body)
        if length is None:
            if protocol != "udp":
                own.insert_after(len(message.head), f"Content-Length: {size}\r\n")
        elif message.content_length != size:
            start = _line_start(message, "content-length") + length.index(":") + 1
            value = length.partition(":")[2].rstrip("\r\n\0")
            blanks = len(value) - len(value.lstrip(" \t\r\n"))
            own.replace(start + blanks, len(value) - blanks, str(size))
    lists = [own] if edits is None else [edits, own]
    if message.edited:
        lists.insert(0, message.edits)
    head = lists[0].apply(message.head, branch, *lists[1:]).encode("utf-8", "surrogateescape")
    if body is None:
        return head + message.buf[message.head_end :]
    return b"".join((head, b"\r\n", body))
