"""The dialogs of all workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kahea.api import Clock, Core, Table

from kahea_dlgs.dialogs import Dialog, Filter, Lifetimes, State

TABLE: Final = "dlgs.dialogs"
INDEX: Final = "dlgs.index"
GROUP: Final = "dlgs"

_SEPARATOR: Final = "\0"
_INDEXED: Final = ("src", "dst", "data")


def active_name(state: int) -> str:
    """Return the name of the statistic of records in a state."""
    return f"{GROUP}.active_{State(state).name.lower()}"


def final_name(state: int) -> str:
    """Return the name of the statistic of records that were removed in a state."""
    return f"{GROUP}.final_{State(state).name.lower()}"


class Records:
    """The dialogs in the shared tables.

    A second table holds a key for each field and tag of an ongoing dialog, so that those with a given value are found
    without looking at all.

    Args:
        core: its tables and counters.
        lifetimes: how long records are kept.
    """

    def __init__(self, core: Core, lifetimes: Lifetimes) -> None:
        self._dialogs: Table[Dialog] = core.tables.table(TABLE, Dialog)
        self._index: Table[int] = core.tables.table(INDEX, int)
        self._lifetimes = lifetimes
        self._clock: Clock = core.clock
        self._statistics = core.statistics
        self._active = [core.counters.counter(active_name(state), f"Records in the state {state}.") for state in State]
        self._final = [
            core.counters.counter(final_name(state), f"Records removed in the state {state}.") for state in State
        ]

    def get(self, call_id: str) -> Dialog | None:
        """Return the newest dialog with a Call-ID."""
        return self._dialogs.get(call_id)

    def add(self, dialog: Dialog) -> bool:
        """Add a dialog; one of the same Call-ID that is over is kept beside it until its time comes.

        Returns:
            ``False`` when there is one already that is not over or has the same branch, or there is no room.
        """
        before = self._dialogs.get(dialog.call_id)
        if before is not None:
            if before.branch == dialog.branch or not before.is_over:
                return False
            self._dialogs.put(_SEPARATOR.join((before.call_id, before.ruid)), before)
        if not self._dialogs.put(dialog.call_id, dialog):
            return False
        self._active[dialog.state].add(1)
        self._put_index(dialog)
        return True

    def change(self, dialog: Dialog, state: State) -> None:
        """Take a dialog, as `get` returned it, into another state."""
        self._active[dialog.state].add(-1)
        self._active[state].add(1)
        dialog.state = state
        if state == State.ANSWERED:
            dialog.answered = int(self._clock.time())
        elif state.is_over:
            dialog.finished = int(self._clock.time())
            self._delete_index(dialog)
        self._dialogs.put(dialog.call_id, dialog)

    def add_tag(self, dialog: Dialog, tag: str) -> bool:
        """Tag a dialog, also if it has the tag already; ``False`` when there is no room."""
        dialog.tags.insert(0, tag)
        if not dialog.is_over:
            self._put_tags(dialog)
        return self._dialogs.put(dialog.call_id, dialog)

    def remove_tag(self, dialog: Dialog, tag: str) -> None:
        """Remove a tag once, if the dialog has it."""
        if tag not in dialog.tags:
            return
        self._delete_index(dialog)
        dialog.tags.remove(tag)
        if not dialog.is_over:
            self._put_index(dialog)
        self._dialogs.put(dialog.call_id, dialog)

    def __iter__(self) -> Iterator[Dialog]:
        return (dialog for _, dialog in self._dialogs.scan())

    def count(self, wanted: Filter) -> int:
        """Return how many dialogs that are not over are meant; of *any* field all are."""
        if wanted.field == "any":
            return sum(max(0, self._statistics.get(counter.name)) for counter in self._active[: State.TERMINATED])
        if wanted.operator in ("eq", "sw"):
            prefix = _SEPARATOR.join((wanted.field, wanted.text))
            return sum(1 for _ in self._index.scan(prefix + _SEPARATOR if wanted.operator == "eq" else prefix))
        return sum(1 for dialog in self if not dialog.is_over and wanted.matches(dialog))

    def count_tag(self, tag: str) -> int:
        """Return how many tags of this text dialogs have that are not over."""
        return sum(number for _, number in self._index.scan(_SEPARATOR.join(("tag", tag, ""))))

    def statistics(self) -> dict[str, dict[str, int]]:
        """Return how many records there are, and how many were removed, in each state."""
        return {
            kind: {
                State(state).name.lower(): max(0, self._statistics.get(counter.name))
                for state, counter in enumerate(counters)
            }
            for kind, counters in (("final", self._final), ("active", self._active))
        }

    def sweep(self) -> None:
        """Remove what has been kept long enough, and set the counts right that a killed worker left wrong."""
        now = self._clock.time()
        found = [0] * len(State)
        for key, dialog in self._dialogs.scan():
            if dialog.end_of_life(self._lifetimes) >= now:
                found[dialog.state] += 1
            elif self._dialogs.delete(key):
                self._final[dialog.state].add(1)
                if not dialog.is_over:
                    self._delete_index(dialog)
        for state, counter in enumerate(self._active):
            counter.add(found[state] - self._statistics.get(counter.name))

    # --- the index

    def _put_index(self, dialog: Dialog) -> None:
        for key in self._field_keys(dialog):
            self._index.put(key, 1)
        self._put_tags(dialog)

    def _put_tags(self, dialog: Dialog) -> None:
        for tag in set(dialog.tags):
            self._index.put(self._tag_key(dialog, tag), dialog.tags.count(tag))

    def _delete_index(self, dialog: Dialog) -> None:
        for key in self._field_keys(dialog):
            self._index.delete(key)
        for tag in set(dialog.tags):
            self._index.delete(self._tag_key(dialog, tag))

    def _field_keys(self, dialog: Dialog) -> list[str]:
        values = (dialog.src, dialog.dst, dialog.data)
        return [_SEPARATOR.join((name, value, dialog.ruid)) for name, value in zip(_INDEXED, values, strict=True)]

    def _tag_key(self, dialog: Dialog, tag: str) -> str:
        return _SEPARATOR.join(("tag", tag, dialog.ruid))
