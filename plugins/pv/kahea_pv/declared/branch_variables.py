"""Pseudo-variables and functions of the further branches of a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kahea.api import (
    Access,
    Binder,
    Branch,
    Message,
    Module,
    PvSpec,
    Request,
    Run,
    Value,
    allocate_slot,
    append_branch,
    contact_line,
    function,
    pvar,
    pvar_syntax,
)

from kahea_pv import branches
from kahea_pv.binding import inner_of, key_of
from kahea_pv.params import PvParams

_STATIC: Final = allocate_slot()
_LIMIT: Final = 12


class BranchVariables(Module[PvParams]):
    """Further branches, and one that a script fills in before it is used. In replies all of them are null."""

    @pvar_syntax("branch")
    def branch(self, spec: PvSpec, binder: Binder) -> Access:
        """A part of a further branch: ``$(branch(uri)[1])``; without an index of the first one.

        Keys: ``uri``, ``dst_uri``, ``path``, ``q`` (in thousandths), ``send_socket``, ``flags``, ``ruid``,
        ``location_ua``, ``instance``, and ``count``, how many there are, null without any. A negative index counts
        from the last. Assigning null or "" to ``uri`` removes the branch.
        """
        key = inner_of(spec)
        if key != "count" and key not in branches.KEYS:
            raise ValueError(f'"{key}" is none of count, {", ".join(branches.KEYS)}')
        index = binder.index(spec)

        def find(run: Run) -> Branch | None:
            number = index(run)
            number = number if isinstance(number, int) else 0
            found = run.msg.branches if isinstance(run.msg, Request) else []
            return found[number] if -len(found) <= number < len(found) else None

        def get(run: Run) -> Value:
            found = find(run)
            if found is None:
                return None
            return len(run.msg.branches) if key == "count" else branches.KEYS[key](found)  # type: ignore[attr-defined]

        def assign(run: Run, value: Value) -> None:
            found = find(run)
            if found is None:
                raise ValueError("there is no such branch")
            if key == "uri" and not value:
                run.msg.branches.remove(found)  # type: ignore[attr-defined]
            else:
                branches.change(found, key, value, self.core.transport.sockets)

        return Access(spec.text, get, assign)

    @pvar_syntax("sbranch")
    def sbranch(self, spec: PvSpec, binder: Binder) -> Access:
        """A part of the branch that `sbranch_append()` adds and `sbranch_set_ruri()` makes the first one.

        Keys as of ``$branch``. It belongs to the message. All but ``uri`` is null until ``uri`` is assigned.
        """
        key = key_of(spec, {"count": None, **branches.KEYS})

        def get(run: Run) -> Value:
            if key == "count":
                return len(run.msg.branches) if isinstance(run.msg, Request) else 0
            found = _static(run.msg)
            return branches.KEYS[key](found) if found.uri else None

        def assign(run: Run, value: Value) -> None:
            if key == "uri" and not value:
                run.msg.set_slot(_STATIC, None)
            else:
                branches.change(_static(run.msg), key, value, self.core.transport.sockets)

        return Access(spec.text, get, assign)

    @pvar("br")
    def first_branch(self, msg: Message) -> str | None:
        """URI of the first of the further branches. Assigning it adds one."""
        return msg.branches[0].uri if isinstance(msg, Request) and msg.branches else None

    @first_branch.setter
    def _append_branch(self, msg: Message, value: Value) -> None:
        if not isinstance(msg, Request) or not isinstance(value, str) or not value:
            raise ValueError("a branch is added by the text of a URI, to a request")
        if not append_branch(msg, value):
            raise ValueError("there are too many branches")

    @pvar("bR")
    def further_branches(self, msg: Message) -> str | None:
        """URIs of all further branches with commas between."""
        return branches.listed(msg) if isinstance(msg, Request) else None

    @pvar("ds")
    def destination_set(self, msg: Message) -> str | None:
        """The Contact header of a reply that redirects to the Request-URI, if it was changed, and all branches."""
        return contact_line(msg).removesuffix("\r\n") or None if isinstance(msg, Request) else None

    @pvar("ruid")
    def ruid(self, msg: Message) -> str | None:
        """Identifier of the registered contact that the Request-URI was taken from."""
        return msg.sending.ruid or None if isinstance(msg, Request) and msg.has_sending else None

    @pvar("location_ua")
    def location_ua(self, msg: Message) -> str | None:
        """User-Agent of who registered the contact that the Request-URI was taken from."""
        return msg.sending.user_agent or None if isinstance(msg, Request) and msg.has_sending else None

    @function()
    def sbranch_reset(self, msg: Message) -> bool:
        """Forget what was assigned to ``$sbranch``.

        Example:
            ``sbranch_reset();``
        """
        msg.set_slot(_STATIC, None)
        return True

    @function()
    def sbranch_append(self, msg: Message) -> bool:
        """Add a further branch as ``$sbranch`` describes it; false without a URI, or when there are too many.

        Example:
            ``$sbranch(uri) = "sip:alice@192.0.2.1"; sbranch_append();``
        """
        static = _static(msg)
        if not isinstance(msg, Request) or not static.uri or len(msg.branches) >= _LIMIT - 1:
            return False
        msg.branches.append(replace(static))
        return True

    @function()
    def sbranch_set_ruri(self, msg: Message) -> bool:
        """Make the Request-URI, its destination, path, socket and flags those of ``$sbranch``; false without a URI.

        Example:
            ``$sbranch(uri) = "sip:alice@192.0.2.1"; sbranch_set_ruri();``
        """
        static = _static(msg)
        if not isinstance(msg, Request) or not static.uri:
            return False
        branches.make_first(msg, static)
        return True


def _static(msg: Message) -> Branch:
    """Return what ``$sbranch`` is for a message, made on first use."""
    found = msg.get_slot(_STATIC)
    if not isinstance(found, Branch):
        found = Branch("")
        msg.set_slot(_STATIC, found)
    return found
