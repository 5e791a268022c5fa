"""What the module ``tm`` offers to the configuration."""

from __future__ import annotations

from typing import ClassVar

from kahea.api import EventRoute, Message, TransactionService

from kahea_tm.declared.query_functions import QueryFunctions
from kahea_tm.declared.relay_functions import RelayFunctions
from kahea_tm.declared.reply_functions import ReplyFunctions
from kahea_tm.declared.setting_functions import SettingFunctions
from kahea_tm.errors import UNSPECIFIED
from kahea_tm.layer import context_of


class Tm(RelayFunctions, ReplyFunctions, SettingFunctions, QueryFunctions):
    """Transactions: stateful forwarding, forking, retransmission, timers, failover."""

    event_routes: ClassVar = (
        EventRoute(
            "tm:branch-failure:*",
            "Runs when a branch has failed for which `t_on_branch_failure` named the route; sees the request.",
        ),
        EventRoute("tm:local-request", "Runs for a request of our own before it is sent, for the request."),
        EventRoute("tm:local-response", "Runs after a reply of our own was sent, for the reply.", may_wait=False),
    )

    def mod_init(self) -> None:
        """Offer transactions to other modules, and let each call be handled by one worker."""
        self.core.services.provide(TransactionService, self)
        self.core.workers.own_transactions()
        self.core.add_reply_handler(self.replies.receive)

    def child_init(self, housekeeper: bool) -> None:
        """Start the transaction layer of this worker."""
        self.layer.start_worker(self.core)
        self.answers.start_worker()
        self.replies.start_worker()

    # --- for other modules: `kahea.api.TransactionService` ------------------------------------------

    def reply(self, msg: Message, code: int, reason: str) -> bool | None:
        """Answer within the message's transaction; ``None`` if it has none."""
        return self.reply_in_transaction(msg, code, reason)

    def reply_error(self, msg: Message) -> bool | None:
        """Answer with the last internal error within the message's transaction; ``None`` if it has none."""
        context = context_of(msg)
        transaction = context.transaction
        if transaction is None or transaction.request is None:
            return None
        return self.answers.error(transaction, transaction.error or context.error or UNSPECIFIED)

    def to_tag(self, msg: Message) -> str | None:
        """Return the To-tag of the transaction's replies, ``None`` if the message has no transaction."""
        transaction = self.transaction_of(msg)
        if transaction is None or transaction.request is None:
            return None
        return self.layer.tags.tag(transaction.request)
