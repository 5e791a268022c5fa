"""What the module ``acc`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import (
    Binder,
    Core,
    Module,
    RecordRouteService,
    Request,
    Run,
    Text,
    TransactionService,
    function,
)

from kahea_acc.extras import Read, parse_extras, parse_legs
from kahea_acc.observing import Accounting
from kahea_acc.params import AccParams, check_facility, parse_codes
from kahea_acc.records import REQUESTED, Records, comment


class Acc(Module[AccParams]):
    """Accounting: a line in the log for each transaction that a flag marks."""

    def __init__(self, name: str, params: AccParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._extras: list[tuple[str, Read]] = []
        self._legs: list[tuple[str, list[Read]]] = []
        self._filtered: frozenset[int] = frozenset()
        self._records = Records(core, params, [], [])

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Compile what is added to the lines."""
        self._extras = parse_extras(self.params.log_extra, binder("log_extra"))
        self._legs = parse_legs(self.params.multi_leg_info, binder("multi_leg_info"))
        binder("log_facility")
        check_facility(self.params.log_facility)
        binder("failed_filter")
        self._filtered = parse_codes(self.params.failed_filter)

    def mod_init(self) -> None:
        """Ask the module that keeps transactions to be told of them.

        Raises:
            RuntimeError: a module that is needed is not loaded.
        """
        params = self.params
        transactions = self.core.services.get(TransactionService)
        if transactions is None:
            raise RuntimeError('the module acc needs the module tm: add loadmodule "tm.so" before it')
        routes = self.core.services.get(RecordRouteService) if params.detect_direction else None
        if params.detect_direction and (routes is None or not routes.append_fromtag):
            raise RuntimeError("detect_direction needs the module rr, loaded before acc, with append_fromtag")
        if params.db_url:
            self.core.log.warning("db_url has no effect: there are no databases yet", self.name)
        if params.cdr_enable:
            self.core.log.warning("cdr_enable has no effect: there are no dialogs yet", self.name)
        self._records = Records(self.core, params, self._extras, self._legs)
        Accounting(self.core, params, self._records, transactions, routes, self._filtered)

    @function()
    def acc_log_request(self, run: Run, comment: Text) -> bool:
        """Write a line about the request.

        Args:
            comment: status code and reason phrase, such as `404 Not found`; without a code all of it is the reason.

        Example:
            acc_log_request("404 Not found");
        """
        return self._write(run, comment)

    @function()
    def acc_request(self, run: Run, comment: Text, table: Text) -> bool:
        """Write a line about the request; the database is left out, since there are none yet.

        Args:
            comment: as for `acc_log_request`.
            table: of the database.

        Example:
            acc_request("404 Not found", "acc");
        """
        return self._write(run, comment)

    @function()
    def acc_db_request(self, run: Run, comment: Text, table: Text) -> bool:
        """Fail, since there are no databases yet; in Kamailio it writes a record about the request.

        Args:
            comment: as for `acc_log_request`.
            table: of the database.
        """
        self.core.log_bounded("acc_db_request: there are no databases yet", self.name)
        return False

    def _write(self, run: Run, text: str) -> bool:
        msg = run.msg
        if not isinstance(msg, Request):
            return False
        if self._records.wanted:
            code, reason = comment(text)
            self._records.write(REQUESTED, run, msg.to, code, reason)
        return True
