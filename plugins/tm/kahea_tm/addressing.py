"""Work on a transaction that may live in another worker, for RPC commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from kahea.api import RpcError

from kahea_tm.transaction import Transaction

if TYPE_CHECKING:
    from kahea_tm.layer import Layer

Work = Callable[..., Any]
"""Takes the transaction and further arguments; returns what msgspec encodes, or raises `RpcError`."""

CHANNEL: Final = "tm.command"

_FOUND: Final = 1


class Addressing:
    """Finds transactions in all workers and lets their owners work on them.

    Args:
        layer: the transaction layer.
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._works: dict[str, Work] = {}

    def declare(self, name: str, work: Work) -> None:
        """Name what may be asked for."""
        self._works[name] = work

    def start_worker(self) -> None:
        """Listen to the other workers."""
        self._layer.core.workers.register(CHANNEL, self._asked)

    async def by_id(self, ident: str, name: str, *arguments: Any) -> Any:
        """Let the owner of a transaction work on it.

        Args:
            ident: index and label, with a colon between them.
            name: of the work.
            arguments: that it takes.

        Raises:
            RpcError: no such transaction, or what the work says.
        """
        index, colon, label = ident.partition(":")
        if not colon or not index.strip().isdecimal() or not label.isdecimal():
            raise RpcError(400, "Invalid transaction ID")
        owner = int(index) >> 16
        return await self._at([owner], [int(index), int(label)], name, arguments, RpcError(481, "No such transaction"))

    async def by_call(self, call_id: str, cseq: str, missing: RpcError, name: str, *arguments: Any) -> Any:
        """Let the owner of an INVITE work on it.

        Args:
            call_id: its Call-ID.
            cseq: its CSeq number.
            missing: what is raised when there is none.
            name: of the work.
            arguments: that it takes.
        """
        workers = self._layer.core.workers
        # a script may have chosen a Call-ID of its own for a request of the server's own
        others = [one for one in range(workers.count) if one != workers.index]
        return await self._at([workers.index, *others], [call_id, cseq], name, arguments, missing)

    async def _at(
        self, owners: list[int], key: list[Any], name: str, arguments: tuple[Any, ...], missing: RpcError
    ) -> Any:
        workers = self._layer.core.workers
        for owner in owners:
            if owner == workers.index:
                answer = self._work(key, name, list(arguments))
            else:
                answer = await self._ask(owner, [key, name, list(arguments)])
            if answer is None:
                continue
            code, result = answer
            if code != _FOUND:
                raise RpcError(code, result)
            return result
        raise missing

    async def _ask(self, owner: int, request: list[Any]) -> Any:
        workers = self._layer.core.workers
        if not 0 <= owner < workers.count:
            return None
        # the escapes of this encoder keep bytes that are no UTF-8
        payload = await workers.ask(owner, CHANNEL, json.dumps(request).encode())
        return None if payload is None else json.loads(payload)

    def _asked(self, _sender: int, payload: bytes) -> bytes:
        return json.dumps(self._work(*json.loads(payload))).encode()

    def _work(self, key: list[Any], name: str, arguments: list[Any]) -> tuple[int, Any] | None:
        transaction = self._find(key)
        if transaction is None:
            return None
        try:
            return _FOUND, self._works[name](transaction, *arguments)
        except RpcError as error:
            return error.code, error.reason

    def _find(self, key: list[Any]) -> Transaction | None:
        store = self._layer.store
        if isinstance(key[0], int):
            return store.by_id(key[0], key[1])
        return store.by_call(key[0], int(key[1])) if key[1].isdecimal() else None
