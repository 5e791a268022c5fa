"""Settings and results of one call that stand in XAVPs: ``$xavp(cfg=>max_contacts)``, ``$xavp(rcd=>ruid)``."""

from __future__ import annotations

from typing import Final

from kahea.api import LocationContact, Run, XavpList

WITHOUT_RUID: Final = 1
WITHOUT_CONTACT: Final = 2
WITHOUT_EXPIRES: Final = 4
WITHOUT_RECEIVED: Final = 8
WITHOUT_PATH: Final = 16


class CallSettings:
    """Reads what a script sets for one call.

    Args:
        name: of the ``$xavp``; "" for none.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def number(self, run: Run, name: str) -> int | None:
        """Return a number, ``None`` when there is none of that name."""
        value = self._value(run, name)
        return value if isinstance(value, int) else None

    def text(self, run: Run, name: str) -> str:
        """Return a text, "" when there is none of that name."""
        value = self._value(run, name)
        return value if isinstance(value, str) else ""

    def _value(self, run: Run, name: str) -> str | int | XavpList | None:
        if not self._name or run.lists is None:
            return None
        children = run.xavps.child_list(self._name)
        node = None if children is None else children.find(name)
        return None if node is None else node.value


class ContactReport:
    """Tells a script what is known of a contact.

    Args:
        name: of the ``$xavp``; "" for none.
        mask: what it does not tell.
    """

    def __init__(self, name: str, mask: int) -> None:
        self._name = name
        self._mask = mask

    def add(self, run: Run, contact: LocationContact, now: float) -> None:
        """Add a contact.

        Args:
            run: of the script.
            contact: what is told of.
            now: seconds since 1970.
        """
        if not self._name:
            return
        lists = run.xavps
        children = lists.child_list(self._name)
        if children is None:
            children = XavpList(lists.fold)
            lists.push(self._name, children)
        mask = self._mask
        if not mask & WITHOUT_RUID:
            children.push("ruid", contact.ruid)
        if not mask & WITHOUT_RECEIVED and contact.received:
            children.push("received", contact.received)
        if not mask & WITHOUT_CONTACT:
            children.push("contact", contact.uri)
        if not mask & WITHOUT_EXPIRES:
            children.push("expires", contact.expires - int(now))
        if not mask & WITHOUT_PATH and contact.path:
            children.push("path", contact.path)


def kept_values(run: Run, name: str) -> list[tuple[str, str | int]]:
    """Return the values of a ``$xavp`` that are to be kept with a contact, the oldest first.

    Args:
        run: of the script.
        name: of the ``$xavp``; "" for none.
    """
    if not name or run.lists is None:
        return []
    children = run.xavps.child_list(name)
    if children is None:
        return []
    return [(node.name, node.value) for node in reversed(children.nodes) if not isinstance(node.value, XavpList)]


def bring_back(run: Run, name: str, kept: list[list[tuple[str, str | int]]]) -> None:
    """Give a script the values kept with contacts: the first contact's at index 0, the next branch's at 1.

    Args:
        run: of the script.
        name: of the ``$xavp``; "" for none.
        kept: from `kept_values`, in the order of the contacts.
    """
    if not name or not any(kept):
        return
    lists = run.xavps
    while kept and not kept[-1]:
        kept.pop()
    for values in reversed(kept):
        children = XavpList(lists.fold)
        for child, value in values:
            children.push(child, value)
        lists.push(name, children)
