"""What the module ``sanity`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from kahea.api import Core, Int, Message, Module, Params, Result, Route, function
from msgspec import Meta

from kahea_sanity.checker import CHECKS_LIMIT, Check, Checker
from kahea_sanity.checks import Sizes
from kahea_sanity.replies import Replies

SANITY_ROUTES = Route.REQUEST | Route.ONREPLY


class SanityParams(Params):
    """Parameters of the module ``sanity``."""

    default_checks: Annotated[
        int, Meta(description="Checks that `sanity_check` makes without arguments.", ge=1, lt=CHECKS_LIMIT)
    ] = 3047
    uri_checks: Annotated[
        int, Meta(description="URIs that `sanity_check` reads without a second argument.", ge=1, lt=16)
    ] = 7
    proxy_require: Annotated[
        str, Meta(description="Extensions that are supported in Proxy-Require, with commas between them.")
    ] = ""
    autodrop: Annotated[
        int,
        Meta(description="With 1, the script ends when a check fails; with 0, `sanity_check` is false."),
    ] = 1
    noreply: Annotated[
        int, Meta(description="With 1, a failed check is not answered until `sanity_reply` is called.")
    ] = 0
    size_checks: Annotated[int, Meta(description="With 1, sizes are checked even without the flag 65536.", ge=0)] = 0
    size_message: Annotated[int, Meta(description="Largest message in bytes, 0 for any.", ge=0)] = 16384
    size_method: Annotated[int, Meta(description="Longest method, 0 for any.", ge=0)] = 32
    size_ruri: Annotated[int, Meta(description="Longest Request-URI in bytes, 0 for any.", ge=0)] = 256
    size_from_uri: Annotated[int, Meta(description="Longest URI in From in bytes, 0 for any.", ge=0)] = 256
    size_to_uri: Annotated[int, Meta(description="Longest URI in To in bytes, 0 for any.", ge=0)] = 256
    size_contact_uri: Annotated[int, Meta(description="Longest URI in Contact in bytes, 0 for any.", ge=0)] = 256
    size_route_uri: Annotated[
        int, Meta(description="Longest URI in Route and Record-Route in bytes, 0 for any.", ge=0)
    ] = 256
    size_path_uri: Annotated[int, Meta(description="Longest URI in Path in bytes, 0 for any.", ge=0)] = 256
    size_pai_uri: Annotated[int, Meta(description="Longest URI in P-Asserted-Identity in bytes, 0 for any.", ge=0)] = (
        256
    )
    size_header: Annotated[int, Meta(description="Longest header field in bytes, 0 for any.", ge=0)] = 2048
    size_headers: Annotated[int, Meta(description="Most bytes of all header fields, 0 for any.", ge=0)] = 8192
    size_body: Annotated[int, Meta(description="Largest body in bytes, 0 for any.", ge=0)] = 8192


class Sanity(Module[SanityParams]):
    """Checks of incoming messages, so that malformed ones go no further.

    A failed check is answered statelessly with what is wrong.
    """

    def __init__(self, name: str, params: SanityParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.replies = Replies(core)
        self.checker = Checker(
            self.replies,
            frozenset(filter(None, (part.strip() for part in params.proxy_require.split(",")))),
            Sizes(*(getattr(params, f"size_{field}") for field in Sizes._fields)),
            always_sizes=params.size_checks != 0,
            later=params.noreply != 0,
        )
        self._failed = 0 if params.autodrop else -1

    def child_init(self, housekeeper: bool) -> None:
        """Find the module that answers requests."""
        self.replies.start_worker(self.core)

    @function(routes=SANITY_ROUTES)
    def sanity_check(self, msg: Message, message: Int | None = None, uris: Int | None = None) -> Result:
        r"""Check the message, and answer a request that fails.

        Args:
            message: the checks, added up; the parameter `default_checks` without it. 2: Request-URI (400 `Bad Request
                URI`), 4: headers can be read (400), 32: method in CSeq (400), 64: number in CSeq (400),
                128: Content-Length (400), 256: Expires (400), 512: Proxy-Require (420), 1024: URIs (400), 2048: digest
                credentials (400), 4096: several tags (400), 8192: credentials, of which those that are not Digest
                pass, 16384: branch of the top Via, 32768: its magic cookie and loose routes, 65536: sizes. 1, 8 and 16
                always pass: a message of another SIP version does not get here.
            uris: the URIs that 1024 reads, added up; the parameter `uri_checks` without it. 1: Request-URI, 2: From,
                4: To, 8: Contact.

        Returns:
            1 when the message passes; the script ends when it does not, or goes on with -1 where `autodrop` is 0;
            -1 for numbers out of bounds.

        Example:
            if (!sanity_check("17895", "7")) {
                xlog("malformed request from $si\n");
                exit;
            }
        """
        try:
            plan = self._plan(message, uris)
        except ValueError as error:
            self.core.log.error(str(error), self.name)
            return -1
        return 1 if self.checker.passes(msg, plan) else self._failed

    @sanity_check.when_constant
    def _sanity_check_prepared(self, message: int | None = None, uris: int | None = None) -> Callable[[Message], int]:
        plan, passes, failed = self._plan(message, uris), self.checker.passes, self._failed
        return lambda msg: 1 if passes(msg, plan) else failed

    def _plan(self, message: int | None, uris: int | None) -> tuple[Check, ...]:
        return self.checker.plan(
            self.params.default_checks if message is None else message,
            self.params.uri_checks if uris is None else uris,
        )

    @function(routes=SANITY_ROUTES)
    def sanity_reply(self, msg: Message) -> bool:
        """Answer a request whose check failed; of use with the parameters `noreply` 1 and `autodrop` 0.

        Returns:
            true; false when the reply could not be sent.

        Example:
            if (!sanity_check()) {
                sanity_reply();
                exit;
            }
        """
        return self.checker.reply(msg)
