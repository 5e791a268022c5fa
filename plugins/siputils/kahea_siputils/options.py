"""Answers OPTIONS requests that are addressed to the server itself."""

from __future__ import annotations

from kahea.api import Core, ReplyService, Request

from kahea_siputils.params import SiputilsParams


class OptionsReplies:
    """Tells what the server accepts and supports (RFC 3261 11.2).

    Args:
        core: the server, with the module that answers.
        params: hold the values of the header fields.
    """

    def __init__(self, core: Core, params: SiputilsParams) -> None:
        self._core = core
        self._replies = core.services.get(ReplyService)
        self._headers = (
            f"Accept: {params.options_accept}\r\n"
            f"Accept-Encoding: {params.options_accept_encoding}\r\n"
            f"Accept-Language: {params.options_accept_language}\r\n"
            f"Supported: {params.options_support}\r\n"
        )

    def answer(self, request: Request) -> bool:
        """Answer 200 with these header fields, which stay for later replies to the request.

        Args:
            request: an OPTIONS request without a user part in its Request-URI.

        Returns:
            Whether the reply is on its way; otherwise an error was logged.
        """
        problem = self._problem(request)
        if problem or self._replies is None:
            self._core.log.error(f"options_reply: {problem}", "siputils")
            return False
        request.reply_headers += self._headers
        return self._replies.answer(request, 200, "OK") > 0

    def _problem(self, request: Request) -> str:
        uri = request.parsed_uri
        if self._replies is None:
            return 'no module answers requests: add `loadmodule "sl.so"`'
        if request.method != "OPTIONS":
            return f"the request is no OPTIONS but {request.method}"
        if uri is None:
            return "the Request-URI is malformed"
        return "the Request-URI has a user" if uri.user or uri.password is not None else ""
