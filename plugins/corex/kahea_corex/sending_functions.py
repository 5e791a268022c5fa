"""Functions that send, read and write."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kahea.api import (
    Core,
    Destination,
    Message,
    Place,
    Request,
    Route,
    Run,
    Text,
    UriError,
    Var,
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

    @function(routes=SEND_ROUTES)
    def send_udp(self, msg: Request, destination: Text = "") -> bool:
        """Send the request by UDP as it was received, without a Via of ours.

        Args:
            destination: `ip[:port]`; without it, where the destination URI or the Request-URI says.

        Returns:
            true; false when it could not be sent, or the host is a name, which is not looked up.

        Example:
            send_udp("192.0.2.9:5080");
        """
        return self._send_on(msg, destination, "udp")

    @function(routes=SEND_ROUTES)
    def send_tcp(self, msg: Request, destination: Text = "") -> bool:
        """Send the request by TCP as it was received, without a Via of ours.

        Args:
            destination: as for `send_udp`.

        Returns:
            true; false when it could not be sent, or the host is a name, which is not looked up.

        Example:
            send_tcp("192.0.2.9:5080");
        """
        return self._send_on(msg, destination, "tcp")

    def _send_on(self, msg: Request, destination: str, protocol: str) -> bool:
        try:
            place = parse_place(destination) if destination else _next_hop(msg)
        except ValueError as error:
            return self._refuse(str(error))
        return self._send(msg.buf, place, protocol, "")

    @function()
    def send_data(self, msg: Message, uri: Text, data: Text) -> bool:
        """Send data to where a URI says.

        Args:
            uri: SIP URI of an IP address; its transport counts.
            data: what is sent.

        Returns:
            true; false when it could not be sent, or the host is a name, which is not looked up.

        Example:
            send_data("sip:127.0.0.1:9090;transport=udp", "call $ci");
        """
        return self._send_data(uri, "", data)

    @function()
    def sendx(self, msg: Message, uri: Text, socket: Text, data: Text) -> bool:
        """Send data to where a URI says, from a socket of ours.

        Args:
            uri: SIP URI of an IP address; its transport counts.
            socket: `[protocol:]host[:port]`; another one is chosen when there is no such.
            data: what is sent.

        Returns:
            true; false when it could not be sent, or the host is a name, which is not looked up.

        Example:
            sendx("sip:127.0.0.1:9090;transport=udp", "udp:127.0.0.1:5060", "call $ci");
        """
        return self._send_data(uri, socket, data)

    def _send_data(self, uri: str, socket: str, data: str) -> bool:
        try:
            place = _place_of(uri)
            return self._send(data.encode("utf-8", "surrogateescape"), place, place.protocol or "udp", socket)
        except ValueError as error:
            return self._refuse(str(error))

    def _send(self, data: bytes, place: Place, protocol: str, socket: str) -> bool:
        ip = place.ip
        if ip is None:
            return self._refuse(f'"{place.host}" is no IP address, and names are not looked up')
        transport = self.core.transport
        found = find_socket(transport.sockets, parse_place(socket)) if socket else None
        if socket and found is None:
            self.core.log.warning(f"there is no socket {socket}", "corex")
        found = found or transport.choose(protocol, ip)
        if found is None:
            return self._refuse(f"there is no {protocol} socket to reach {ip} from")
        return transport.send(data, Destination(protocol, ip, place.port_number or _DEFAULT_PORT, found))

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
