"""What the module ``pike`` offers to the configuration."""

from __future__ import annotations

from typing import Annotated, Any

from kahea.api import Core, Level, Message, Module, Params, Result, Route, RpcError, Scope, Text, function, rpc
from msgspec import Meta

from kahea_pike.guard import Guard, merged

CHECKING = Route.REQUEST | Route.ONREPLY


class PikeParams(Params):
    """Parameters of the module ``pike``."""

    sampling_time_unit: Annotated[int, Meta(description="Length of a period in seconds.", ge=1)] = 2
    reqs_density_per_unit: Annotated[
        int,
        Meta(
            description="Requests of one address within a period from which on it is blocked; until an address is "
            "counted by itself, it takes some more.",
            ge=1,
        ),
    ] = 30
    remove_latency: Annotated[
        int, Meta(description="Seconds without a request after which an address is forgotten.", ge=1)
    ] = 120
    pike_log_level: Annotated[
        int, Meta(description="Level of the log lines about addresses that are blocked, and no longer blocked.")
    ] = int(Level.WARN)


class Pike(Module[PikeParams]):
    """Find out who sends too many requests. What is done about it is up to the script.

    Addresses are counted byte by byte in a tree, so that many addresses with few requests each need little memory.
    """

    def __init__(self, name: str, params: PikeParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.guard = Guard(
            core,
            params.reqs_density_per_unit,
            params.sampling_time_unit,
            params.remove_latency,
            params.pike_log_level,
        )

    def child_init(self, housekeeper: bool) -> None:
        """Begin to count."""
        self.guard.start(self.core)

    @function(routes=CHECKING)
    def pike_check_req(self, msg: Message) -> Result:
        """Count the message for its source address.

        Returns:
            1 when the address may go on, -2 when it is blocked from now on, -1 when it is blocked already. It is
            blocked until a period in which it sends less.

        Example:
            if (!pike_check_req()) exit;
        """
        return self.guard.check(msg.source.ip)

    @function(routes=CHECKING)
    def pike_check_ip(self, msg: Message, address: Text) -> Result:
        """Count a message for an address.

        Args:
            address: an IP address.

        Returns:
            As `pike_check_req`; -1 for a text that is no IP address.

        Example:
            if (!pike_check_ip("192.0.2.7")) exit;
        """
        try:
            return self.guard.check(address)
        except ValueError:
            self.core.log_bounded(f'pike_check_ip: "{address}" is no IP address', self.name, Level.ERR)
            return -1

    @rpc("pike.top", scope=Scope.EACH, merge=lambda answers: _table(answers))
    def top(self, what: str = "HOT") -> dict[str, Any]:
        """Tell the addresses that are counted by themselves: `HOT` those over the limit, `ALL` all of them.

        `WARM` is accepted and tells none, as in Kamailio.
        """
        for known in ("ALL", "HOT", "WARM"):
            if known in what.upper():
                return {"what": known, "limit": self.params.reqs_density_per_unit, "leaves": self.guard.leaves()}
        raise RpcError(500, "Bad argument. Select: ALL, HOT or WARM")

    @rpc("pike.list", scope=Scope.EACH, merge=lambda answers: _table(answers))
    def top_list(self, what: str = "HOT") -> dict[str, Any]:
        """Tell the same as `pike.top`."""
        return self.top(what)


def _table(answers: list[dict[str, Any]]) -> dict[str, Any]:
    what = answers[0]["what"]
    rows = [
        leaf
        for leaf in merged([answer["leaves"] for answer in answers])
        if what == "ALL" or (what == "HOT" and leaf["status"] == "HOT")
    ]
    return {"max_hits": answers[0]["limit"], "list": rows, "number_of_rows": len(rows)}
