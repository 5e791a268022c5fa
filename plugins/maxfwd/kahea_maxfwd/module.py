"""What the module ``maxfwd`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from kahea.api import RUNTIME, IntKind, Module, Params, Request, Result, Route, function
from msgspec import Meta

from kahea_maxfwd import hops

Limit = Annotated[int, IntKind(0, 255)]
"""A number of hops."""


class MaxfwdParams(Params):
    """Parameters of the module ``maxfwd``."""

    max_limit: Annotated[
        int, Meta(description="Highest value of Max-Forwards; a higher one becomes this.", ge=0, le=255, extra=RUNTIME)
    ] = 70


class Maxfwd(Module[MaxfwdParams]):
    """The Max-Forwards header: it counts down at each hop, so that a request in a loop ends (RFC 3261 16.6).

    The new value is in what is forwarded, and `is_maxfwd_lt` knows it; `$mf` and `$hdr(Max-Forwards)` show the one that
    was received.
    """

    @function(routes=Route.REQUEST, aliases=("maxfwd_process", "process_maxfwd"))
    def mf_process_maxfwd_header(self, msg: Request, limit: Limit) -> Result:
        """Decrement Max-Forwards, or add it.

        A value above the parameter `max_limit` becomes `max_limit`.

        Args:
            limit: value of the header that is added where there is none, 0 to 255.

        Returns:
            1 when the header was decremented, 2 when it was added; -1 when it is 0 already, -2 when it holds no number,
            -1 for a limit out of bounds.

        Example:
            if (!mf_process_maxfwd_header("10")) {
                sl_send_reply("483", "Too Many Hops");
                exit;
            }
        """
        if not 0 <= limit <= 255:
            return self._out_of_bounds(limit)
        return hops.process(msg, limit, self.params.max_limit)

    @mf_process_maxfwd_header.when_constant
    def _process_prepared(self, limit: int) -> Callable[[Request], int]:
        process = hops.process
        return lambda msg: process(msg, limit, self.params.max_limit)

    @function(routes=Route.REQUEST | Route.FAILURE | Route.BRANCH, aliases=("maxfwd_at_least", "mf_lowlimit"))
    def is_maxfwd_lt(self, msg: Request, limit: Limit) -> Result:
        r"""Check whether fewer hops are left than a limit.

        Args:
            limit: the number of hops, 0 to 255.

        Returns:
            1 when Max-Forwards is lower; -1 when it is not, -2 without the header, -3 when it holds no number, -1 for a
            limit out of bounds.

        Example:
            if (is_maxfwd_lt("10")) {
                xlog("$ci: on its way for long\n");
            }
        """
        if not 0 <= limit <= 255:
            return self._out_of_bounds(limit)
        left = hops.left(msg)
        if left < 0:
            return left - 1
        return 1 if left < limit else -1

    def _out_of_bounds(self, limit: int) -> int:
        self.core.log.error(f"a limit of hops is from 0 to 255, not {limit}", self.name)
        return -1
