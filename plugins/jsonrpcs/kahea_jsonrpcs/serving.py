"""JSON-RPC over a FIFO, datagrams and TCP."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from kahea.api import Logger, RpcError, write_reply_fifo

from kahea_jsonrpcs.calls import Caller, Reply
from kahea_jsonrpcs.documents import Splitter, to_text

MAX_DOCUMENT: Final = 65536
"""Bytes of a request."""

MAX_DATAGRAM: Final = 65507
"""Bytes of an answer over UDP; more do not fit into a datagram."""

REST_TIME: Final = 2.0
"""Seconds after which the beginning of a request on a FIFO is dropped: another client may write now."""

READ_TIME: Final = 10.0
"""Seconds granted to a client over TCP to send its request, and to read its answer."""


class Server:
    """Answers requests.

    Args:
        caller: carries them out.
        log: takes what cannot be answered.
        reply_folder: where clients of a FIFO make theirs for the answers.
    """

    def __init__(self, caller: Caller, log: Logger, reply_folder: str) -> None:
        self._caller = caller
        self._log = log
        self._reply_folder = reply_folder

    async def read_fifo(self, reader: asyncio.StreamReader) -> None:
        """Answer what is written to a FIFO, each request to the FIFO that its ``reply_name`` names."""
        splitter = Splitter(MAX_DOCUMENT)
        while True:
            try:
                async with asyncio.timeout(REST_TIME if splitter.is_within else None):
                    data = await reader.read(MAX_DOCUMENT)
            except TimeoutError:
                self._refuse("the rest of it is missing")
                splitter.forget()
                continue
            if not data:
                return
            for document in splitter.feed(data):
                await self._answer_fifo(document)

    async def _answer_fifo(self, document: bytes) -> None:
        try:
            request = self._caller.parse(document)
        except RpcError as error:
            self._refuse(error.reason)
            return
        name = request.get("reply_name")
        if not isinstance(name, str) or not name:
            self._refuse("it has no reply_name")
            return
        reply = await self._caller.answer_to(request)
        answer = self._stored(reply) or _bytes(reply)
        try:
            await write_reply_fifo(self._reply_folder, name, answer)
        except (OSError, ValueError) as error:
            self._log.error(f"the answer to a request on the FIFO cannot be written: {error}", "jsonrpcs")

    def _refuse(self, why: str) -> None:
        self._log.error(f"dropped a request on the FIFO: {why}", "jsonrpcs")

    async def receive_local(self, data: bytes) -> bytes:
        """Answer a datagram on a Unix socket."""
        reply = await self._caller.answer(data)
        return self._stored(reply) or _bytes(reply)

    async def receive_remote(self, data: bytes) -> bytes:
        """Answer a datagram over UDP."""
        reply = await self._caller.answer(data)
        answer = _bytes(reply)
        if len(answer) <= MAX_DATAGRAM:
            return answer
        return _message(reply.request, {"error": {"code": 500, "message": "Answer Too Long For UDP"}})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        splitter = Splitter(MAX_DOCUMENT)
        async with asyncio.timeout(READ_TIME):
            while not (documents := splitter.feed(data := await reader.read(MAX_DOCUMENT))) and data:
                if not splitter.is_within and data.strip():
                    break  # no object begins there
        reply = await self._caller.answer(documents[0] if documents else b"")
        writer.write(_bytes(reply))
        async with asyncio.timeout(READ_TIME):
            await writer.drain()

    def _stored(self, reply: Reply) -> bytes | None:
        """Write the answer to the file that the request names in ``store_path``, and return what to answer instead."""
        path = reply.request.get("store_path") if reply.request is not None else None
        if not isinstance(path, str) or not path:
            return None
        try:
            Path(path).write_bytes(_bytes(reply))
        except (OSError, ValueError) as error:
            self._log.error(f"cannot store an answer in {path}: {error}", "jsonrpcs")
            return _message(reply.request, {"error": {"code": 500, "message": "Storing failed"}})
        return _message(reply.request, {"result": "Stored"})


def _bytes(reply: Reply) -> bytes:
    return reply.body.encode("utf-8", "surrogateescape")


def _message(request: dict[str, Any] | None, content: dict[str, Any]) -> bytes:
    answer = {"jsonrpc": "2.0", **content, "id": request.get("id") if request is not None else None}
    return to_text(answer, pretty=True).encode()
