"""The functions and pseudo-variables of the language itself, declared as a module declares its own."""

from __future__ import annotations

from kahea.modules.connections import CloseReason
from kahea.modules.declare import EventRoute
from kahea.modules.module import Module, NoParams
from kahea.script.configgroups import ConfigActions
from kahea.script.coreactions import ForwardActions, MessageActions, SendActions, UriActions
from kahea.script.corerpc import CoreCommands
from kahea.script.corevariables import CoreVariables

CORE = "core"
"""The name of what needs no ``loadmodule``; calls of it leave ``$rc`` alone."""


class CoreFunctions(
    UriActions,
    MessageActions,
    SendActions,
    ForwardActions,
    ConfigActions,
    CoreVariables,
    CoreCommands,
    Module[NoParams],
):
    """What needs no ``loadmodule``."""

    event_routes = (
        EventRoute(
            "core:pre-routing",
            "Before request_route and reply_route, for each message; drop ends its way.",
            may_wait=False,
        ),
        EventRoute(
            "core:msg-received",
            "With received_route_mode=1, for all that arrives, unread; $si and $mb show it, drop ends its way.",
            may_wait=False,
        ),
        EventRoute(
            "core:receive-parse-error",
            "For what is no SIP message that can be handled; $si and $mb show it.",
            may_wait=False,
        ),
        EventRoute("core:worker-one-init", "Once in the first worker, when it has started, and in its replacement."),
        EventRoute("core:modinit-before", "Once, before the modules start.", may_wait=False),
        EventRoute(CloseReason.CLOSED.value, "For a connection that was closed; $si, $sp and $conid tell which."),
        EventRoute(CloseReason.TIMEOUT.value, "For a connection that was closed because a time was over."),
        EventRoute(CloseReason.RESET.value, "For a connection that its peer reset."),
    )
