"""What the declaring classes share."""

from __future__ import annotations

from typing import Annotated

from kahea.api import Message, Module, Params, TransactionService, TransactionView
from msgspec import Meta

from kahea_tmx.statistics import declare


class TmxParams(Params):
    """Parameters of the module ``tmx``."""

    precheck_trans: Annotated[
        int, Meta(description="With 0, `t_precheck_trans` tells nothing: each request counts as new.", ge=0, le=1)
    ] = 1


class TmxBase(Module[TmxParams]):
    """The transactions, as the module tm offers them."""

    tm: TransactionService

    def mod_init(self) -> None:
        """Find the module that keeps transactions.

        Raises:
            RuntimeError: it is not loaded.
        """
        service = self.core.services.get(TransactionService)
        if service is None:
            raise RuntimeError('the module tmx needs the module tm: add loadmodule "tm.so" before it')
        self.tm = service
        declare(self.core.statistics, service.counts)

    def current(self, msg: Message) -> TransactionView | None:
        """Return the transaction that the script has found or made."""
        return self.tm.find(msg, search=False)
