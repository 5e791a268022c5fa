"""What the declaring classes share."""

from __future__ import annotations

from typing import Annotated, Final

from kahea.api import Core, Int, Message, Module, Route, RouteNameKind

from kahea_tm.answering import Answers
from kahea_tm.cancelling import Canceller
from kahea_tm.commands import Commands
from kahea_tm.forwarding import Forwarder
from kahea_tm.layer import Layer, context_of
from kahea_tm.params import TmParams
from kahea_tm.receiving import Replies
from kahea_tm.relaying import Relay
from kahea_tm.service import Service
from kahea_tm.suspending import Suspensions
from kahea_tm.transaction import Choices, Transaction
from kahea_tm.uac import LocalRequests

REQUEST_FAILURE: Final = Route.REQUEST | Route.FAILURE
REPLYING: Final = Route.REQUEST | Route.ONREPLY | Route.FAILURE
SETTING: Final = Route.REQUEST | Route.TM_ONREPLY | Route.FAILURE | Route.BRANCH

FailureRoute = Annotated[str, RouteNameKind(Route.FAILURE)]
BranchRoute = Annotated[str, RouteNameKind(Route.BRANCH)]
ReplyRoute = Annotated[str, RouteNameKind(Route.TM_ONREPLY)]
BranchFailureRoute = Annotated[str, RouteNameKind(Route.EVENT, "tm:branch-failure:")]
Milliseconds = Int


class TmBase(Module[TmParams]):
    """The transaction layer behind the functions."""

    def __init__(self, name: str, params: TmParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.layer = Layer(core, params)
        self.canceller = Canceller(self.layer)
        self.answers = Answers(self.layer, self.canceller)
        self.replies = Replies(self.layer, self.answers, self.canceller)
        self.forwarder = Forwarder(self.layer, self.replies)
        self.relay = Relay(self.layer, self.forwarder, self.replies, self.answers, self.canceller)
        self.suspensions = Suspensions(self.layer, self.relay, self.replies, self.answers)
        self.local_requests = LocalRequests(self.layer, self.forwarder)
        self.commands = Commands(self.layer, self.answers, self.canceller, self.local_requests)
        self.service = Service(self)

    def transaction_of(self, msg: Message) -> Transaction | None:
        """Return the transaction of a message, looked for if need be."""
        return self.relay.find(msg)

    def choices_of(self, msg: Message) -> Choices:
        """Return what a setting function changes: the transaction, or what is kept for the one to come."""
        context = context_of(msg)
        if context.transaction is not None:
            return context.transaction
        if context.choices is None:
            context.choices = Choices()
        return context.choices
