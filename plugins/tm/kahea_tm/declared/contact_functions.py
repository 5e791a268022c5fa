"""Serial forking: one contact after the other, by their preference (RFC 3261 16.6 step 7)."""

from __future__ import annotations

from kahea.api import Branch, Int, Request, Result, Route, Run, Xavp, XavpList, append_branch, function

from kahea_tm.declared.base import REQUEST_FAILURE, TmBase

NO_MORE = -2
"""There is no further contact."""

_TEXTS = ("dst_uri", "path", "instance", "ruid", "user_agent")


class ContactFunctions(TmBase):
    """``t_load_contacts`` and ``t_next_contacts``."""

    @function(routes=REQUEST_FAILURE)
    def t_load_contacts(self, run: Run, mode: Int = 0) -> Result:
        """Put the destination set aside, in groups of equal q, for `t_next_contacts` to take one group after the other.

        It does nothing when there is a single destination, or when all have the same q.

        Args:
            mode: 0 by q; 1 each contact is a group of its own.

        Returns:
            1; -1 when `contacts_avp` is not set.

        Example:
            if (!t_load_contacts()) {
                sl_send_reply("500", "Server Internal Error");
                exit;
            }
            t_next_contacts();
        """
        name, msg = self._name(self.params.contacts_avp), run.msg
        if not name or not isinstance(msg, Request):
            self.core.log.error("t_load_contacts: the parameter contacts_avp is not set", self.name)
            return -1
        if not msg.branches:
            return 1
        first = self.forwarder.targets(msg)
        contacts = sorted(first, key=lambda contact: -_preference(contact))
        if mode == 0 and len({_preference(contact) for contact in contacts}) == 1:
            return 1
        groups: list[list[Branch]] = []
        for contact in contacts:
            if groups and mode == 0 and _preference(groups[-1][0]) == _preference(contact):
                groups[-1].append(contact)
            else:
                groups.append([contact])
        run.xavps.remove_all(name)
        for group in reversed(groups):
            for position, contact in reversed(list(enumerate(group))):
                run.xavps.push(name, _kept(contact, last=position == len(group) - 1))
        msg.branches.clear()
        msg.consume_uri()
        return 1

    @function(routes=REQUEST_FAILURE)
    def t_next_contacts(self, run: Run) -> Result:
        """Make the next group of contacts the destination set: the first one the Request-URI, the others branches.

        Returns:
            1; -2 when there are no more; -1 when `contacts_avp` is not set.

        Example:
            failure_route[NEXT] {
                if (t_next_contacts()) {
                    t_on_failure("NEXT");
                    t_relay();
                }
            }
        """
        name, msg = self._name(self.params.contacts_avp), run.msg
        if not name or not isinstance(msg, Request):
            self.core.log.error("t_next_contacts: the parameter contacts_avp is not set", self.name)
            return -1
        if run.xavps.find(name) is None:
            return NO_MORE
        is_first = True
        while (kept := run.xavps.find(name)) is not None:
            run.xavps.remove(name)
            contact, last = _contact(kept)
            if contact is None:
                continue
            if is_first:
                _aim(msg, contact)
                is_first = False
            elif append_branch(msg, contact.uri, contact.q, limit=self.core.settings.max_branches):
                msg.branches[-1] = contact
            if last:
                break
        return 1

    @function(routes=Route.REQUEST)
    def t_next_contact_flow(self, run: Run) -> Result:
        """Try the next flow of the contact whose branch has failed (RFC 5626), in its `tm:branch-failure` route.

        Returns:
            1; -2 when there are no more; -1 when `contact_flows_avp` is not set.
        """
        name, msg = self._name(self.params.contact_flows_avp), run.msg
        if not name or not isinstance(msg, Request):
            self.core.log.error("t_next_contact_flow: the parameter contact_flows_avp is not set", self.name)
            return -1
        kept = run.xavps.find(name)
        if kept is None:
            return NO_MORE
        run.xavps.remove(name)
        contact, _ = _contact(kept)
        if contact is None:
            return NO_MORE
        _aim(msg, contact)
        return 1

    @staticmethod
    def _name(text: str) -> str:
        return text.removeprefix("$xavp(").removeprefix("$avp(").rstrip(")")


def _preference(contact: Branch) -> int:
    """Return a contact's q in thousandths; as in Kamailio, one without is the least preferred."""
    return -1 if contact.q is None else contact.q


def _aim(msg: Request, contact: Branch) -> None:
    """Make a contact the request's own destination."""
    msg.uri = str(contact.uri)
    msg.dst_uri, msg.bflags, msg.send_socket = contact.dst_uri, contact.flags, contact.socket
    if contact.path or msg.has_sending:
        msg.sending.path = contact.path


def _kept(contact: Branch, *, last: bool) -> XavpList:
    """Return a contact as a list of XAVPs."""
    kept = XavpList()
    kept.push("uri", contact.uri)
    for name in _TEXTS:
        value = getattr(contact, name)
        if value:
            kept.push(name, value)
    kept.push("flags", contact.flags)
    kept.push("q_flag", int(last))
    if contact.q is not None:
        kept.push("q", contact.q)
    if contact.socket is not None:
        kept.push("sock", str(contact.socket))
    return kept


def _contact(kept: Xavp) -> tuple[Branch | None, bool]:
    """Return the contact that `_kept` made a list of, and whether it is the last of its group."""
    if not isinstance(kept.value, XavpList):
        return None, True
    values = {node.name: node.value for node in kept.value.nodes}
    contact = Branch(str(values.get("uri", "")))
    for name in _TEXTS:
        if name in values:
            setattr(contact, name, values[name])
    flags, q = values.get("flags", 0), values.get("q")
    contact.flags = flags if isinstance(flags, int) else 0
    contact.q = q if isinstance(q, int) else None
    return contact, bool(values.get("q_flag", 1))
