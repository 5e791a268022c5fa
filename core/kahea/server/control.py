"""The control socket: JSON-RPC 2.0 objects, one on a line, answers alike."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any, Final

import msgspec

from kahea.logs import Logger
from kahea.modules.rpc import RpcError
from kahea.net.listening import StreamServer
from kahea.server.rpc import Answer, Dispatcher

MAX_LINE: Final = 65536
"""Bytes of a request line."""

MAX_CLIENTS: Final = 32
"""Clients at a time; further ones are told so and closed."""

IDLE_TIME: Final = 300.0
"""Seconds after which a silent client is closed."""

WRITE_TIME: Final = 10.0
"""Seconds granted to a client to read an answer."""

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
SERVER_BUSY: Final = -32000


class ControlServer:
    """Serves RPC to local clients; runs in the housekeeper.

    Args:
        dispatcher: carries commands out.
        log: takes what went wrong.
    """

    def __init__(self, dispatcher: Dispatcher, log: Logger) -> None:
        self._dispatcher = dispatcher
        self._server = StreamServer(self._converse, log, "control socket", MAX_CLIENTS, _refuse)

    async def start(self, sock: socket.socket) -> None:
        """Accept clients on a listening Unix socket."""
        await self._server.start(sock, MAX_LINE)

    async def stop(self) -> None:
        """Close all clients."""
        await self._server.stop()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_TIME):
                    line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as error:
                line = error.partial
                if not line.strip():
                    return
            except asyncio.LimitOverrunError:
                await _write(writer, _error(None, PARSE_ERROR, f"Parse error: a request above {MAX_LINE} bytes"))
                return
            if not line.strip():
                continue
            answer = await self._answer(line)
            if answer is not None:
                await _write(writer, answer)
            if not line.endswith(b"\n"):
                return

    async def _answer(self, line: bytes) -> dict[str, Any] | None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return _error(None, PARSE_ERROR, "Parse error")
        if not isinstance(request, dict):
            return _error(None, INVALID_REQUEST, "Invalid Request: not an object")
        number = request.get("id")
        method = request.get("method")
        params = request.get("params", [])
        if isinstance(params, dict):
            params = list(params.values())
        if not isinstance(method, str) or not isinstance(params, list):
            return _error(number, INVALID_REQUEST, "Invalid Request: needs a method, and params that are a list")
        try:
            answer = await self._dispatcher.call(method, params)
        except RpcError as error:
            return _error(number, error.code, error.reason) if "id" in request else None
        return _result(number, answer) if "id" in request else None


async def _refuse(writer: asyncio.StreamWriter) -> None:
    await _write(writer, _error(None, SERVER_BUSY, f"more than {MAX_CLIENTS} clients"))


def _error(number: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": number}


def _result(number: Any, answer: Answer) -> dict[str, Any]:
    content: dict[str, Any] = {"jsonrpc": "2.0", "result": answer.result}
    if answer.missing:
        content["missing"] = [{"worker": one.worker, "code": one.code, "message": one.reason} for one in answer.missing]
    content["id"] = number
    return content


async def _write(writer: asyncio.StreamWriter, content: dict[str, Any]) -> None:
    try:
        text = msgspec.json.encode(content)
    except UnicodeEncodeError:  # bytes of a message that are no UTF-8: escape them
        text = json.dumps(msgspec.to_builtins(content)).encode()
    except TypeError as error:
        text = msgspec.json.encode(_error(content["id"], 500, f"Internal Error: {error}"))
    writer.write(text + b"\n")
    async with asyncio.timeout(WRITE_TIME):
        await writer.drain()
