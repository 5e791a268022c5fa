"""What the module ``tm`` offers to the configuration."""

from __future__ import annotations

from typing import ClassVar

from kahea.api import EventRoute, LocalRequestService, TransactionService

from kahea_tm.declared.contact_functions import ContactFunctions
from kahea_tm.declared.local_functions import LocalFunctions
from kahea_tm.declared.query_functions import QueryFunctions
from kahea_tm.declared.relay_functions import RelayFunctions
from kahea_tm.declared.reply_functions import ReplyFunctions
from kahea_tm.declared.rpc_commands import RpcCommands
from kahea_tm.declared.setting_functions import SettingFunctions
from kahea_tm.declared.write_functions import WriteFunctions


class Tm(
    RelayFunctions,
    ReplyFunctions,
    SettingFunctions,
    QueryFunctions,
    ContactFunctions,
    LocalFunctions,
    WriteFunctions,
    RpcCommands,
):
    """Transactions: stateful forwarding, forking, retransmission, timers, failover."""

    event_routes: ClassVar = (
        EventRoute(
            "tm:branch-failure:*",
            "Runs when a branch has failed for which `t_on_branch_failure` named the route; sees the request.",
        ),
        EventRoute("tm:local-request", "Runs for a request of our own before it is sent, for the request."),
        EventRoute(
            "tm:local-ack-sent",
            "Runs after the ACK to the 2xx of an INVITE of our own was sent, for that 2xx.",
            may_wait=False,
        ),
        EventRoute("tm:local-response", "Runs after a reply of our own was sent, for the reply.", may_wait=False),
    )

    def mod_init(self) -> None:
        """Offer transactions to other modules, and let each call be handled by one worker."""
        self.core.services.provide(TransactionService, self.service)
        self.core.services.provide(LocalRequestService, self.local_requests)
        self.core.workers.own_transactions()
        self.core.add_reply_handler(self.replies.receive)

    def params_changed(self) -> None:
        """Take changed parameters."""
        self.layer.params = self.params

    def child_init(self, housekeeper: bool) -> None:
        """Start the transaction layer of this worker."""
        self.layer.start_worker(self.core)
        self.answers.start_worker()
        self.replies.start_worker()
        self.suspensions.start_worker()
        self.local_requests.start_worker()
        self.commands.at_owner.start_worker()
