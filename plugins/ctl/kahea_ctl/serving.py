"""Answering binrpc requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from kahea.api import RpcError, RpcService

from kahea_ctl.binrpc import (
    MAX_PACKET,
    REPLY,
    REQUEST,
    BadPacket,
    Encoder,
    Incomplete,
    Overflow,
    decode_header,
    decode_values,
    encode_fault,
    encode_packet,
)

IDLE_TIME: Final = 120.0
"""Seconds after which a silent client is closed, as in Kamailio."""

WRITE_TIME: Final = 10.0
"""Seconds granted to a client to read an answer."""

READ_SIZE: Final = 65536

Call = Callable[[str, list[Any]], Awaitable[Any]]


class BinrpcServer:
    """Answers packets.

    Args:
        service: carries commands out.
        encoder: makes the records of answers.
        convert: whether parameters of another type are converted.
    """

    def __init__(self, service: RpcService, encoder: Encoder, *, convert: bool) -> None:
        self._service = service
        self._encoder = encoder
        self._convert = convert

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection, one after the other, until it ends or sends something else."""
        received = bytearray()
        while True:
            async with asyncio.timeout(IDLE_TIME):
                data = await reader.read(READ_SIZE)
            if not data:
                return
            received += data
            while received:
                answer, size = await self._answer_first(bytes(received))
                if answer is None:
                    break
                writer.write(answer)
                async with asyncio.timeout(WRITE_TIME):
                    await writer.drain()
                if not size:
                    return
                del received[:size]
            if len(received) > MAX_PACKET:
                return

    async def receive(self, data: bytes) -> bytes | None:
        """Answer a datagram; one that is cut off gets no answer."""
        answer, _ = await self._answer_first(data)
        return answer

    async def _answer_first(self, data: bytes) -> tuple[bytes | None, int]:
        """Return the answer to the packet at the start, ``None`` while it is not complete, and its size.

        The size is 0 where nothing more can be understood.
        """
        try:
            kind, cookie, start, end = decode_header(data)
        except Incomplete:
            return None, 0
        except BadPacket as error:
            return encode_fault(0, 400, f"bad request: {error}"), 0
        if kind != REQUEST:
            return encode_fault(cookie, 400, "bad request: corrupted packet"), 0
        if len(data) < end:
            return None, 0
        try:
            values = decode_values(data[start:end])
        except BadPacket as error:
            return encode_fault(cookie, 400, f"bad request: {error}"), 0
        if not values:
            return encode_fault(cookie, 400, "bad request method: end of packet encountered"), 0
        name, *params = values
        if not isinstance(name, str):
            return encode_fault(cookie, 400, "bad request method: record doesn't match type"), 0
        return await self._call(cookie, name, params), end

    async def _call(self, cookie: int, name: str, params: list[Any]) -> bytes:
        if self._service.doc(name) is None:
            return encode_fault(cookie, 500, f"command {name} not found")
        try:
            result = await self._service.call(name, params, convert=self._convert)
            body = self._encoder.encode(result)
        except RpcError as error:
            return encode_fault(cookie, error.code, error.reason)
        except Overflow:
            return encode_fault(cookie, 500, "Internal server error: the answer is too long (binrpc_max_body_size)")
        except TypeError as error:
            return encode_fault(cookie, 500, f"Internal server error: {error}")
        return encode_packet(REPLY, cookie, body)
