"""Functions that send, read and write."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path

from kahea.api import (
    Candidates,
    Core,
    Destination,
    Message,
    Place,
    Reply,
    Request,
    Route,
    Run,
    Text,
    UriError,
    Var,
    Waits,
    find_socket,
    function,
    parse_place,
    parse_uri,
)

SEND_ROUTES = Route.REQUEST | Route.FAILURE
_DEFAULT_PORT = 5060


class SendingFunctions:
    """Sends messages as they are, and other data."""

    core: Core

    @function(routes=Route.CORE_ONREPLY)
    def forward_reply(self, msg: Reply) -> bool:
        """Send the reply on to its second Via at once; then `drop` it, so that it is not sent again.

        Returns:
            true; false when there is no second Via, or it cannot be sent to.

        Example:
            forward_reply();
            drop;
        """
        return self.core.forward_reply(msg)

    @function(routes=SEND_ROUTES, waits=Waits.MAY)
    def send_udp(self, msg: Request, destination: Text = "") -> bool | Awaitable[bool]:
        """Send the request by UDP as it was received, without a Via of ours.

        Args:
            destination: `host[:port]`; without it, where the destination URI or the Request-URI says.

        Returns:
            true; false when it could not be sent, or the host is a name that is not found.

        Example:
            send_udp("192.0.2.9:5080");
        """
        return self._send_on(msg, destination, "udp")

    @function(routes=SEND_ROUTES, waits=Waits.MAY)
    def send_tcp(self, msg: Request, destination: Text = "") -> bool | Awaitable[bool]:
        """Send the request by TCP as it was received, without a Via of ours.

        Args:
            destination: as for `send_udp`.

        Returns:
            true; false when it could not be sent, or the host is a name that is not found.

        Example:
            send_tcp("192.0.2.9:5080");
        """
        return self._send_on(msg, destination, "tcp")

    def _send_on(self, msg: Request, destination: str, protocol: str) -> bool | Awaitable[bool]:
        try:
            place = parse_place(destination) if destination else _next_hop(msg)
        except ValueError as error:
            return self._refuse(str(error))
        return self._send(msg.buf, place, protocol, "")

    @function(waits=Waits.MAY)
    def send_data(self, msg: Message, uri: Text, data: Text) -> bool | Awaitable[bool]:
        """Send data to where a URI says.

        Args:
            uri: SIP URI; its transport counts.
            data: what is sent.

        Returns:
            true; false when it could not be sent, or the host is a name that is not found.

        Example:
            send_data("sip:127.0.0.1:9090;transport=udp", "call $ci");
        """
        return self._send_data(uri, "", data)

    @function(waits=Waits.MAY)
    def sendx(self, msg: Message, uri: Text, socket: Text, data: Text) -> bool | Awaitable[bool]:
        """Send data to where a URI says, from a socket of ours.

        Args:
            uri: SIP URI; its transport counts.
            socket: `[protocol:]host[:port]`; another one is chosen when there is no such.
            data: what is sent.

        Returns:
            true; false when it could not be sent, or the host is a name that is not found.

        Example:
            sendx("sip:127.0.0.1:9090;transport=udp", "udp:127.0.0.1:5060", "call $ci");
        """
        return self._send_data(uri, socket, data)

    def _send_data(self, uri: str, socket: str, data: str) -> bool | Awaitable[bool]:
        try:
            place = _place_of(uri)
            return self._send(data.encode("utf-8", "surrogateescape"), place, place.protocol or "udp", socket)
        except ValueError as error:
            return self._refuse(str(error))

    def _send(self, data: bytes, place: Place, protocol: str, socket: str) -> bool | Awaitable[bool]:
        if place.ip is not None:
            return self._send_to(data, place.ip, place.port_number or _DEFAULT_PORT, protocol, socket)
        found = self.core.resolver.locate(place.host, place.port_number or _DEFAULT_PORT, protocol)
        if isinstance(found, Candidates):
            return self._send_to_found(data, found, protocol, socket)
        return self._send_later(data, found, protocol, socket)

    async def _send_later(self, data: bytes, found: Awaitable[Candidates], protocol: str, socket: str) -> bool:
        return self._send_to_found(data, await found, protocol, socket)

    def _send_to_found(self, data: bytes, found: Candidates, protocol: str, socket: str) -> bool:
        place = found.first()
        if place is None:
            return self._refuse(f"the host is not found: {found.error}")
        return self._send_to(data, place.ip, place.port, protocol, socket)

    def _send_to(self, data: bytes, ip: str, port: int, protocol: str, socket: str) -> bool:
        transport = self.core.transport
        found = find_socket(transport.sockets, parse_place(socket)) if socket else None
        if socket and found is None:
            self.core.log.warning(f"there is no socket {socket}", "corex")
        found = found or transport.choose(protocol, ip)
        if found is None:
            return self._refuse(f"there is no {protocol} socket to reach {ip} from")
        return transport.send(data, Destination(protocol, ip, port, found))

    # --- files

    @function()
    async def file_read(self, run: Run, path: Text, variable: Var) -> bool:
        """Read a file into a pseudo-variable; the script waits for it.

        Args:
            path: of the file.
            variable: pseudo-variable that gets its content.

        Returns:
            true; false when it cannot be read.

        Example:
            file_read("/etc/hostname", "$var(name)");
        """
        try:
            data = await asyncio.to_thread(Path(path).read_bytes)
        except (OSError, ValueError) as error:
            return self._refuse(f"the file {path} cannot be read: {error}")
        variable.set(run, data.decode("utf-8", "surrogateescape"))
        return True

    @function()
    async def file_write(self, msg: Message, path: Text, content: Text) -> bool:
        """Write a text to a file, in place of what it holds; the script waits for it.

        Args:
            path: of the file.
            content: the text; not empty.

        Returns:
            true; false when it is empty or cannot be written.

        Example:
            file_write("/tmp/last-call", "$ci");
        """
        if not content:
            return self._refuse("file_write: the content is empty")
        try:
            await asyncio.to_thread(Path(path).write_bytes, content.encode("utf-8", "surrogateescape"))
        except (OSError, ValueError) as error:
            return self._refuse(f"the file {path} cannot be written: {error}")
        return True

    def _refuse(self, reason: str) -> bool:
        self.core.log.error(reason, "corex")
        return False


def _place_of(uri: str) -> Place:
    try:
        parsed = parse_uri(uri)
    except UriError as error:
        raise ValueError(f"the URI {uri} is malformed: {error}") from None
    protocol = parsed.transport or ("tls" if parsed.scheme == "sips" else "")
    return Place(protocol, parsed.host, "" if parsed.port is None else str(parsed.port))


def _next_hop(msg: Request) -> Place:
    return _place_of(msg.dst_uri or msg.uri)
