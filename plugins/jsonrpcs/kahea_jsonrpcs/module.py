"""What the module ``jsonrpcs`` offers."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntFlag
from typing import Annotated, Final

from kahea.api import (
    Access,
    Binder,
    HttpService,
    Listener,
    ListenKind,
    ListenOn,
    Message,
    Module,
    Params,
    PvHandle,
    PvSpec,
    Request,
    Route,
    RpcError,
    RpcService,
    Run,
    Text,
    Value,
    allocate_slot,
    function,
    group_number,
    pvar_syntax,
    rpc,
    user_number,
)
from msgspec import Meta

from kahea_jsonrpcs.addresses import parse_address
from kahea_jsonrpcs.calls import Caller, Reply
from kahea_jsonrpcs.serving import Server

DEFAULT_FIFO: Final = "kamailio_rpc.fifo"
DEFAULT_SOCKET: Final = "kamailio_rpc.sock"
CONTENT_TYPE: Final = "application/json"

_REPLY: Final = allocate_slot()

_PARTS: Final[dict[str, Callable[[Reply], Value]]] = {
    "code": lambda reply: reply.code,
    "text": lambda reply: reply.text,
    "body": lambda reply: reply.body,
}


class Transports(IntFlag):
    """The bits of the parameter ``transport``."""

    HTTP = 1
    FIFO = 2
    DATAGRAM = 4
    TCP = 8


class JsonrpcsParams(Params):
    """The parameters."""

    pretty_format: Annotated[int, Meta(description="Whether answers are written on indented lines.")] = 1
    transport: Annotated[
        int,
        Meta(
            description="Sum of the transports to offer: 1 HTTP, 2 FIFO, 4 datagrams, 8 TCP; 0 for all that can be.",
            ge=0,
            le=15,
        ),
    ] = 6
    fifo_name: Annotated[
        str | None,
        Meta(description="FIFO to read requests from, in the runtime directory if relative; `kamailio_rpc.fifo`."),
    ] = None
    fifo_mode: Annotated[int, Meta(description="Permissions of the FIFO.", ge=0, le=0o7777)] = 0o660
    fifo_user: Annotated[str | int, Meta(description="Owner of the FIFO; by default the server's user.")] = ""
    fifo_group: Annotated[str | int, Meta(description="Group of the FIFO; by default the server's group.")] = ""
    fifo_reply_dir: Annotated[str, Meta(description="Directory in which clients make FIFOs for answers.")] = "/tmp/"
    dgram_socket: Annotated[
        str | None,
        Meta(
            description="Unix datagram socket, in the runtime directory if relative, or `udp:host:port`; "
            "`kamailio_rpc.sock`."
        ),
    ] = None
    dgram_mode: Annotated[int, Meta(description="Permissions of the Unix socket.", ge=0, le=0o7777)] = 0o660
    dgram_user: Annotated[str | int, Meta(description="Owner of the socket; by default the server's user.")] = ""
    dgram_group: Annotated[str | int, Meta(description="Group of the socket; by default the server's group.")] = ""
    dgram_workers: Annotated[int, Meta(description="Has no effect: requests do not wait for each other.")] = 1
    dgram_timeout: Annotated[int, Meta(description="Milliseconds to try to send an answer.", ge=0)] = 2000
    tcp_socket: Annotated[str, Meta(description="Where to take requests over TCP: `tcp:host:port`.")] = ""


class Jsonrpcs(Module[JsonrpcsParams]):
    """RPC commands as JSON-RPC 2.0: over a FIFO, as `kamctl` speaks it, datagrams, TCP, HTTP, and from the script.

    Parameters of a request are taken in their order; names of theirs do not count.
    """

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Read the addresses."""
        binder("dgram_socket")
        self._datagram_address = parse_address(self.params.dgram_socket or DEFAULT_SOCKET)
        binder("tcp_socket")
        self._tcp_address = parse_address(self.params.tcp_socket) if self.params.tcp_socket else None
        if self._tcp_address is not None and self._tcp_address[0] is not ListenKind.TCP:
            raise ValueError(f"{self.params.tcp_socket!r} is no address; write tcp:host:port")

    def mod_init(self) -> None:
        """Ask for the sockets and the FIFO."""
        params = self.params
        self._fifo = self._datagrams = self._tcp = None
        if self._offers(Transports.FIFO) and params.fifo_name != "":
            owner = _owner(params.fifo_user, params.fifo_group)
            self._fifo = self._listen(
                ListenKind.FIFO, params.fifo_name or DEFAULT_FIFO, 0, params.fifo_mode, owner, params.fifo_name is None
            )
        if self._offers(Transports.DATAGRAM) and params.dgram_socket != "":
            kind, name, port = self._datagram_address
            owner = _owner(params.dgram_user, params.dgram_group)
            self._datagrams = self._listen(kind, name, port, params.dgram_mode, owner, params.dgram_socket is None)
        if self._offers(Transports.TCP) and self._tcp_address is not None:
            self._tcp = self._listen(*self._tcp_address, 0, (-1, -1), False)

    def _offers(self, transport: Transports) -> bool:
        return not self.params.transport or bool(self.params.transport & transport)

    def _listen(
        self, kind: ListenKind, name: str, port: int, mode: int, owner: tuple[int, int], is_default: bool
    ) -> Listener:
        # What nobody asked for by name or by transport is no reason not to start.
        required = not is_default and bool(self.params.transport)
        return self.core.listeners.add(ListenOn(kind, name, port, mode, *owner, required=required))

    def child_init(self, housekeeper: bool) -> None:
        """Serve, in one worker; commands of scripts are carried out in all."""
        self._http = self.core.services.get(HttpService) if self._offers(Transports.HTTP) else None
        service = self.core.services.get(RpcService)
        if service is None:
            raise ValueError("there is nothing that carries out commands")
        self._caller = Caller(service, pretty=bool(self.params.pretty_format))
        if housekeeper:
            self._serve(Server(self._caller, self.core.log, self.params.fifo_reply_dir))

    def _serve(self, server: Server) -> None:
        if self._fifo is not None and self._fifo.is_open:
            self._fifo.serve_fifo(server.read_fifo)
        if self._datagrams is not None and self._datagrams.is_open:
            is_local = self._datagrams.on.kind is ListenKind.UNIX_DATAGRAM
            self._datagrams.serve_datagrams(
                server.receive_local if is_local else server.receive_remote,
                send_time=self.params.dgram_timeout / 1000,
            )
        if self._tcp is not None and self._tcp.is_open:
            self._tcp.serve_streams(server.serve)

    @function()
    async def jsonrpc_exec(self, msg: Message, command: Text) -> bool:
        r"""Carry out an RPC command; what it answers is in `$jsonrpl(body)`.

        Args:
            command: a JSON-RPC request.

        Returns:
            true, also when the command fails, which `$jsonrpl(code)` tells; false when it is no JSON.

        Example:
            jsonrpc_exec('{"jsonrpc": "2.0", "method": "core.version", "id": 1}');
            xlog("$jsonrpl(code): $jsonrpl(body)\n");
        """
        try:
            request = self._caller.parse(command)
        except RpcError as error:
            raise ValueError(f"{error.reason}: {command}") from None
        msg.set_slot(_REPLY, await self._caller.answer_to(request))
        return True

    @function(routes=Route.REQUEST)
    async def jsonrpc_dispatch(self, msg: Request) -> bool:
        """Answer an HTTP request whose body is a JSON-RPC request, in `event_route[xhttp:request]`.

        Returns:
            true; false when no loaded module speaks HTTP, or the parameter `transport` leaves HTTP out.

        Example:
            jsonrpc_dispatch();
        """
        if self._http is None:
            self.core.log.error("there is no HTTP: load xhttp, and let transport have 1", self.name)
            return False
        if not self._http.is_http(msg):
            return True
        reply = await self._caller.answer(msg.body)
        return self._http.reply(msg, reply.code, reply.text, CONTENT_TYPE, reply.body.encode())

    @pvar_syntax("jsonrpl")
    def jsonrpl(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """What `jsonrpc_exec` got for this message: `code` (200 or the error code), `text`, `body` (the document)."""
        read = _PARTS.get(spec.inner if isinstance(spec.inner, str) else "")
        if read is None:
            raise ValueError(f"{spec.text} is none of $jsonrpl(code), $jsonrpl(text), $jsonrpl(body)")

        def get(run: Run) -> Value:
            reply = run.msg.get_slot(_REPLY)
            return read(reply) if isinstance(reply, Reply) else (0 if spec.inner == "code" else None)

        return Access(spec.text, get)

    @rpc("jsonrpc.echo")
    def echo(self, text: str | int | None = None, number: str | int | None = None) -> list[str | int]:
        """Return the parameters: a text and a number, whatever they were sent as."""
        try:
            return [*([] if text is None else [str(text)]), *([] if number is None else [int(number)])]
        except ValueError:
            raise RpcError(400, f"{number!r} is no number") from None


def _owner(user: str | int, group: str | int) -> tuple[int, int]:
    return user_number(user) if user != "" else -1, group_number(group) if group != "" else -1
