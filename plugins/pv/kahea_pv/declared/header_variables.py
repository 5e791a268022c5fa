"""Pseudo-variables of headers."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import STAR, Access, Binder, Message, Module, PvSpec, Run, Value, pvar, pvar_syntax

from kahea_pv import headers
from kahea_pv.binding import inner_of, key_of, on_message, without_index
from kahea_pv.destinations import REPLY
from kahea_pv.headers import Index
from kahea_pv.params import PvParams


class HeaderVariables(Module[PvParams]):
    """Headers by name, and those with a name of their own."""

    # --- by name

    @pvar_syntax("hdr")
    def hdr(self, spec: PvSpec, binder: Binder) -> Access:
        """A header: ``$hdr(X-Name)``, ``$(hdr(Via)[1])``, ``$(hdr(Via)[-1])``, ``$(hdr(Via)[*])``.

        The name may be in any case, compact, or a pseudo-variable; ``*`` is any header. Null when there is none,
        "" for an empty one. Trailing blanks and folds stay.
        """
        name = inner_of(spec)
        if "$" not in name and name != "*" and (spec.index is None or isinstance(spec.index, int)):
            place = f", {spec.index}" if spec.index else ""
            inline = f"msg.header({name.strip()!r}{place})"
            return Access(spec.text, _reader(headers.header, spec, binder), inline=inline)
        return Access(spec.text, _reader(headers.header, spec, binder))

    @pvar_syntax("hdrc")
    def hdrc(self, spec: PvSpec, binder: Binder) -> Access:
        """How many headers have a name: ``$hdrc(Via)``."""
        return _counter(headers.header_count, spec, binder)

    @pvar_syntax("hfl")
    def hfl(self, spec: PvSpec, binder: Binder) -> Access:
        """An element of a header that is a list (Via, Route, Record-Route, Contact, Diversion, P-*-Identity).

        The elements of all headers of the name are counted, as in ``$(hfl(Via)[2])``; other headers as `hdr`.
        """
        return Access(spec.text, _reader(headers.element, spec, binder))

    @pvar_syntax("hflc")
    def hflc(self, spec: PvSpec, binder: Binder) -> Access:
        """How many elements a header that is a list has in all."""
        return _counter(headers.element_count, spec, binder)

    # --- single headers

    @pvar("ci", inline="msg.header('call-id')")
    def ci(self, msg: Message) -> str | None:
        """Call-ID."""
        return msg.header("call-id")

    @pvar("cs")
    def cs(self, msg: Message) -> str | None:
        """Number in CSeq, as text."""
        cseq = msg.cseq
        return None if cseq is None else cseq.number_text

    @pvar("csb", inline="msg.header('cseq')")
    def csb(self, msg: Message) -> str | None:
        """CSeq."""
        return msg.header("cseq")

    @pvar("ct")
    def ct(self, msg: Message) -> str | None:
        """The first Contact header; null when it is empty."""
        return msg.header("contact") or None

    @pvar("ctu")
    def ctu(self, msg: Message) -> str | None:
        """URI of the first contact."""
        contact = headers.first_contact(msg)
        return None if contact is None else contact.uri

    @pvar("cts")
    def cts(self, msg: Message) -> int | None:
        """1 when Contact is ``*``, else 0; null without Contact."""
        return int(msg.contacts == STAR) if msg.has_header("contact") else None

    @pvar("cT", inline="msg.header('content-type')")
    def content_type(self, msg: Message) -> str | None:
        """Content-Type."""
        return msg.header("content-type")

    @pvar("cl", inline="msg.content_length")
    def cl(self, msg: Message) -> int | None:
        """Content-Length."""
        return msg.content_length

    @pvar("ua", inline="msg.header('user-agent')")
    def ua(self, msg: Message) -> str | None:
        """User-Agent."""
        return msg.header("user-agent")

    @pvar("rt")
    def rt(self, msg: Message) -> str | None:
        """URI of Refer-To."""
        address = headers.address(msg, "refer-to")
        return None if address is None else address.uri

    @pvar_syntax("expires")
    def expires(self, spec: PvSpec, binder: Binder) -> Access:
        """The shortest (``min``) or longest (``max``) lifetime that the contacts ask for, in seconds."""
        return on_message(spec, {"min": lambda msg: _of(min, msg), "max": lambda msg: _of(max, msg)})

    # --- Via and the way of a reply

    @pvar_syntax("via0")
    def via0(self, spec: PvSpec, binder: Binder) -> Access:
        """The top Via.

        Keys: ``host``, ``port``, ``proto``, ``protoid``, ``branch``, ``rport``, ``received``, ``i``, ``params``.
        """
        return _via(spec, 0)

    @pvar_syntax("via1")
    def via1(self, spec: PvSpec, binder: Binder) -> Access:
        """The second Via; keys as ``$via0``."""
        return _via(spec, 1)

    @pvar_syntax("viaZ")
    def via_last(self, spec: PvSpec, binder: Binder) -> Access:
        """The last Via; keys as ``$via0``."""
        return _via(spec, -1)

    @pvar_syntax("rpl")
    def rpl(self, spec: PvSpec, binder: Binder) -> Access:
        """Where a reply goes by its second Via: ``duri``, ``dhost``, ``dport``, ``dproto``, ``dprotoid``.

        ``cntvia`` and ``cntrr`` count its Vias and Record-Routes. Null in requests.
        """
        return on_message(spec, REPLY)


def _of(choose: Callable[[list[int]], int], msg: Message) -> int | None:
    lifetimes = headers.expires(msg)
    return None if lifetimes is None else choose(lifetimes)


def _via(spec: PvSpec, index: int) -> Access:
    key = key_of(spec, dict.fromkeys(headers.VIA_KEYS))

    def get(run: Run) -> Value:
        vias = run.msg.vias
        return headers.via_attribute(vias[index], key) if len(vias) > index else None

    return Access(spec.text, get)


def _name_reader(spec: PvSpec, binder: Binder) -> Callable[[Run], str]:
    name = inner_of(spec).strip()
    return binder.format(name) if "$" in name else lambda _run: name


def _reader(read: Callable[[Message, str, Index], str | None], spec: PvSpec, binder: Binder) -> Callable[[Run], Value]:
    name_of = _name_reader(spec, binder)
    index_of = binder.index(spec)
    return lambda run: read(run.msg, name_of(run), index_of(run))


def _counter(count: Callable[[Message, str], int], spec: PvSpec, binder: Binder) -> Access:
    without_index(spec)
    name_of = _name_reader(spec, binder)
    return Access(spec.text, lambda run: count(run.msg, name_of(run)))
