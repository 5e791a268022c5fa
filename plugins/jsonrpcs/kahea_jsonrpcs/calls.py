"""Carrying out JSON-RPC requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from kahea.api import RpcError, RpcService

from kahea_jsonrpcs.documents import to_text

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
EXECUTION_ERROR: Final = -32000

MAX_BATCH: Final = 64
"""Requests in one array."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request.

    Attributes:
        code: as of HTTP: 200, or the command's error code.
        text: "OK", or the reason.
        body: the document.
        request: what was asked, ``None`` if it was no object.
    """

    code: int
    text: str
    body: str
    request: dict[str, Any] | None


class Caller:
    """Answers requests.

    Args:
        service: carries commands out.
        pretty: how answers are written.
    """

    def __init__(self, service: RpcService, *, pretty: bool) -> None:
        self._service = service
        self._pretty = pretty

    def parse(self, document: str | bytes) -> Any:
        """Return what a document holds.

        Raises:
            RpcError: it is no JSON.
        """
        try:
            return json.loads(document)
        except (ValueError, RecursionError):
            raise RpcError(PARSE_ERROR, "Parse Error") from None

    async def answer(self, document: str | bytes) -> Reply:
        """Carry out the request, or the array of them, in a document."""
        try:
            content = self.parse(document)
        except RpcError as error:
            return self._reply(error, None)
        return await self.answer_to(content)

    async def answer_to(self, content: Any) -> Reply:
        """Carry out a request that was parsed, or an array of them."""
        if isinstance(content, list) and 0 < len(content) <= MAX_BATCH:
            answers = [(await self._call(one))[1] for one in content]
            return Reply(200, "OK", to_text(answers, pretty=self._pretty), None)
        request = content if isinstance(content, dict) else None
        error, answer = await self._call(content)
        try:
            body = to_text(answer, pretty=self._pretty)
        except (TypeError, ValueError) as broken:
            return self._reply(RpcError(EXECUTION_ERROR, f"Execution Error: {broken}"), request)
        return Reply(200, "OK", body, request) if error is None else self._reply(error, request)

    def _reply(self, error: RpcError, request: dict[str, Any] | None) -> Reply:
        code = error.code if error.code > 100 else 500
        return Reply(code, error.reason, to_text(_failure(error, request), pretty=self._pretty), request)

    async def _call(self, content: Any) -> tuple[RpcError | None, dict[str, Any]]:
        """Return the error and the answer to one request."""
        request = content if isinstance(content, dict) else None
        try:
            result = await self._result(request)
        except RpcError as error:
            return error, _failure(error, request)
        answer: dict[str, Any] = {"jsonrpc": "2.0", "result": {} if result is None else result}
        return None, _with_id(answer, request)

    async def _result(self, request: dict[str, Any] | None) -> Any:
        if request is None:
            raise RpcError(INVALID_REQUEST, "Invalid Request")
        method, params = request.get("method"), request.get("params", [])
        if request.get("jsonrpc") != "2.0" or not isinstance(method, str) or not isinstance(params, (list, dict)):
            raise RpcError(INVALID_REQUEST, "Invalid Request")
        if self._service.doc(method) is None:
            raise RpcError(500, "Method Not Found")
        return await self._service.call(method, list(params.values()) if isinstance(params, dict) else params)


def _failure(error: RpcError, request: dict[str, Any] | None) -> dict[str, Any]:
    answer = {"jsonrpc": "2.0", "error": {"code": error.code, "message": error.reason}}
    return _with_id(answer, request if request is not None else {"id": None})


def _with_id(answer: dict[str, Any], request: dict[str, Any] | None) -> dict[str, Any]:
    if request is not None and "id" in request:
        answer["id"] = request["id"]
    return answer
