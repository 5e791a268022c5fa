"""What the module ``dlgs`` offers."""

from __future__ import annotations

import os
from itertools import count
from typing import Annotated, Any, Final
from zlib import crc32

from kahea.api import (
    Message,
    Module,
    Params,
    Reply,
    Result,
    Route,
    RpcError,
    Text,
    function,
    rpc,
)
from msgspec import Meta

from kahea_dlgs.dialogs import BadFilter, Dialog, Filter, Lifetimes, after_reply, after_request
from kahea_dlgs.records import Records

INIT_ROUTES: Final = Route.REQUEST | Route.BRANCH | Route.ONREPLY | Route.ONSEND | Route.EVENT
UPDATE_ROUTES: Final = Route.REQUEST | Route.BRANCH | Route.ONSEND | Route.EVENT


class DlgsParams(Params):
    """The parameters."""

    active_lifetime: Annotated[int, Meta(description="Seconds that a dialog is kept after it was answered.", ge=1)] = (
        10800
    )
    init_lifetime: Annotated[int, Meta(description="Seconds that a dialog is kept before it is confirmed.", ge=1)] = 180
    finish_lifetime: Annotated[int, Meta(description="Seconds that a dialog is kept after its end.", ge=0)] = 10
    timer_interval: Annotated[int, Meta(description="Seconds between two looks for dialogs to remove.", ge=1)] = 30
    hash_size: Annotated[int, Meta(description="Has no effect: there is no hash table to size.")] = 9


class Dlgs(Module[DlgsParams]):
    """Light tracking of dialogs, without transactions: who calls whom, tags, and how many there are.

    One dialog is tracked for each Call-ID: the first attempt, and after it has failed a further one. Replies are looked
    at as they are sent on; requests when the script calls `dlgs_update`.
    """

    def mod_init(self) -> None:
        """Declare the tables and statistics, and look at replies that are sent on."""
        params = self.params
        lifetimes = Lifetimes(params.init_lifetime, params.active_lifetime, params.finish_lifetime)
        self._records = Records(self.core, lifetimes)
        self.core.add_reply_out_callback(self._update_by_reply)

    def child_init(self, housekeeper: bool) -> None:
        """Number records anew in each worker, and remove old ones in one of them."""
        self._numbers = count(1)
        self._prefix = f"dlgs-{int(self.core.clock.time()):x}-{os.getpid():x}"
        if housekeeper:
            self.core.timers.every(self.params.timer_interval, self._records.sweep)

    # --- functions

    @function(routes=INIT_ROUTES)
    def dlgs_init(self, msg: Message, src: Text, dst: Text, data: Text) -> bool:
        """Begin to track the dialog of an INVITE; for other messages the same as `dlgs_update`.

        Args:
            src: who calls.
            dst: who is called.
            data: anything else.

        Returns:
            true.

        Example:
            if ($rm == "INVITE") { dlgs_init("$fu", "$tu", "from $si"); }
        """
        if msg.method == "INVITE" and msg.is_request:
            self._add(msg, src, dst, data)
        else:
            self._update(msg)
        return True

    @function(routes=UPDATE_ROUTES)
    def dlgs_update(self, msg: Message) -> bool:
        """Let a request change the state of its dialog: ACK confirms, CANCEL and BYE end it.

        Returns:
            true.

        Example:
            if ($rm == "ACK" || $rm == "BYE" || $rm == "CANCEL") { dlgs_update(); }
        """
        self._update(msg)
        return True

    @function()
    def dlgs_count(self, msg: Message, field: Text, operator: Text, data: Text) -> Result:
        r"""Count ongoing dialogs.

        Args:
            field: `src`, `dst` or `data`; `any` counts all.
            operator: `eq` equal, `ne` not equal, `re` matches a pattern, `sw` starts with, `fm` matches
                like a file name.
            data: what the field is compared with.

        Returns:
            their number; -1 when there are none, -2 when field, operator or pattern cannot be understood.

        Example:
            if (dlgs_count("src", "eq", "$fu") > 0) { xlog("$fu has a call\n"); }
        """
        try:
            return self._records.count(Filter(field, operator, data)) or -1
        except BadFilter as error:
            self.core.log.error(f"dlgs_count: {error}: {field} {operator} {data}", self.name)
            return -2

    @function()
    def dlgs_tags_add(self, msg: Message, tag: Text) -> bool:
        """Tag the dialog of the message.

        Args:
            tag: any text.

        Returns:
            true; false when there is no such dialog, or the tag is empty.

        Example:
            dlgs_tags_add("$si");
        """
        dialog = self._find(msg)
        return dialog is not None and bool(tag) and self._records.add_tag(dialog, tag)

    @function()
    def dlgs_tags_rm(self, msg: Message, tag: Text) -> bool:
        """Remove a tag of the dialog of the message.

        Args:
            tag: any text.

        Returns:
            true, also when it does not have the tag; false when there is no such dialog, or the tag is empty.

        Example:
            dlgs_tags_rm("$si");
        """
        dialog = self._find(msg)
        if dialog is None or not tag:
            return False
        self._records.remove_tag(dialog, tag)
        return True

    @function()
    def dlgs_tags_count(self, msg: Message, tag: Text) -> Result:
        r"""Count how often ongoing dialogs have a tag.

        Args:
            tag: any text.

        Returns:
            the number; -1 when none has it.

        Example:
            if (dlgs_tags_count("$si") > 10) { xlog("many calls from $si\n"); }
        """
        return self._records.count_tag(tag) or -1

    # --- dialogs of messages

    def _find(self, msg: Message) -> Dialog | None:
        call_id = msg.call_id
        return self._records.get(call_id) if call_id else None

    def _add(self, msg: Message, src: str, dst: str, data: str) -> None:
        call_id, sender, to, via = msg.call_id, msg.from_, msg.to, msg.via
        branch = via.branch if via is not None else None
        if not call_id or sender is None or not sender.tag or to is None or not branch:
            self.core.log_bounded("dlgs_init: the INVITE lacks Call-ID, From-tag, To or branch", self.name)
            return
        ruid = f"{self._prefix}-{next(self._numbers):x}-{crc32(call_id.encode('utf-8', 'surrogateescape')):x}"
        started = int(self.core.clock.time())
        self._records.add(Dialog(call_id, sender.tag, to.tag or "", branch, ruid, src, dst, data, started))

    def _update(self, msg: Message) -> None:
        if isinstance(msg, Reply):
            self._update_by_reply(msg)
            return
        dialog = self._find(msg)
        state = after_request(dialog.state, msg.method) if dialog is not None else None
        if dialog is not None and state is not None:
            self._records.change(dialog, state)

    def _update_by_reply(self, msg: Reply) -> None:
        if msg.method != "INVITE":
            return
        dialog = self._find(msg)
        state = after_reply(dialog.state, msg.status) if dialog is not None else None
        if dialog is not None and state is not None:
            if 200 <= msg.status < 300 and not dialog.to_tag and msg.to is not None:
                dialog.to_tag = msg.to.tag or ""
            self._records.change(dialog, state)

    # --- commands

    @rpc("dlgs.stats")
    def stats(self) -> dict[str, dict[str, int]]:
        """Return how many records there are (active), and how many were removed (final), in each state."""
        return self._records.statistics()

    @rpc("dlgs.list")
    def list_records(self) -> list[dict[str, Any]]:
        """Return all records."""
        return [_shown(number, dialog) for number, dialog in enumerate(self._records, 1)]

    @rpc("dlgs.briefing")
    def briefing(self) -> list[dict[str, Any]]:
        """Return all records with fewer attributes."""
        wanted = ("count", "src", "dst", "callid", "branch", "state")
        return [{name: row[name] for name in wanted} for row in self.list_records()]

    @rpc("dlgs.get")
    def get(self, *words: str) -> list[dict[str, Any]]:
        """Return the first record of those that field, operator and value mean, as in `dlgs_count`."""
        return self._meant(words)[:1]

    @rpc("dlgs.getall")
    def getall(self, *words: str) -> list[dict[str, Any]]:
        """Return the records that field, operator and value mean, as in `dlgs_count`."""
        return self._meant(words)

    @rpc("dlgs.count")
    def count(self, *words: str) -> int:
        """Return how many ongoing dialogs field, operator and value mean, as in `dlgs_count`."""
        try:
            return self._records.count(_filter(words))
        except BadFilter:
            raise RpcError(500, "Error counting dialogs") from None

    def _meant(self, words: tuple[str, ...]) -> list[dict[str, Any]]:
        try:
            wanted = _filter(words)
        except BadFilter as error:
            raise RpcError(500, str(error)) from None
        found = (dialog for dialog in self._records if wanted.matches(dialog))
        return [_shown(number, dialog) for number, dialog in enumerate(found, 1)]


def _filter(words: tuple[str, ...]) -> Filter:
    if len(words) < 3:
        raise RpcError(500, "Invalid Parameters")
    return Filter(*words[:3])


def _shown(number: int, dialog: Dialog) -> dict[str, Any]:
    return {
        "count": number,
        "src": dialog.src,
        "dst": dialog.dst,
        "data": dialog.data,
        "ruid": dialog.ruid,
        "callid": dialog.call_id,
        "branch": dialog.branch,
        "ftag": dialog.from_tag,
        "ttag": dialog.to_tag,
        "ts_init": dialog.started,
        "ts_answer": dialog.answered,
        "state": dialog.state,
    }
