"""Pseudo-variables of the message as a whole."""

from __future__ import annotations

import os

from kahea.api import (
    Access,
    Binder,
    Message,
    Module,
    PvSpec,
    Reply,
    Request,
    Run,
    Value,
    changed_bytes,
    pvar,
    pvar_syntax,
    script_flags,
    set_script_flags,
)

from kahea_pv import buffers, flags, texts
from kahea_pv.binding import inner_of, on_message, without_index
from kahea_pv.params import PvParams


class MessageVariables(Module[PvParams]):
    """First line, body, text and flags."""

    # --- the first line

    @pvar("rm", inline="msg.method")
    def rm(self, msg: Request | Reply) -> str:
        """Method: of a request its own, of a reply the one in CSeq."""
        return msg.method

    @rm.also
    def _rm_number(self, msg: Request | Reply) -> int:
        return self.rmid(msg)

    @pvar("rmid")
    def rmid(self, msg: Request | Reply) -> int:
        """Number of the method: INVITE 1, CANCEL 2, ACK 4, BYE 8, …"""
        return buffers.METHOD_NUMBERS.get(msg.method, buffers.OTHER_METHOD)

    @pvar("rs", inline="(None if msg.is_request else msg.status)")
    def rs(self, msg: Message) -> int | None:
        """Status code of a reply."""
        return msg.status if isinstance(msg, Reply) else None

    @pvar("rsi", inline="(0 if msg.is_request else msg.status)")
    def rsi(self, msg: Message) -> int:
        """Status code of a reply, 0 in a request."""
        return msg.status if isinstance(msg, Reply) else 0

    @pvar("rr", inline="(None if msg.is_request else msg.reason)")
    def rr(self, msg: Message) -> str | None:
        """Reason phrase of a reply."""
        return msg.reason if isinstance(msg, Reply) else None

    @pvar("rv", inline="msg.version")
    def rv(self, msg: Message) -> str:
        """Version in the first line: ``SIP/2.0``."""
        return msg.version

    @pvar("mt", inline="(1 if msg.is_request else 2)")
    def mt(self, msg: Message) -> int:
        """1 in a request, 2 in a reply."""
        return 1 if msg.is_request else 2

    @pvar("mts", inline="('rq' if msg.is_request else 'rp')")
    def mts(self, msg: Message) -> str:
        """``rq`` in a request, ``rp`` in a reply."""
        return "rq" if msg.is_request else "rp"

    # --- text

    @pvar("rb")
    def rb(self, msg: Message) -> str:
        """Body, "" without one."""
        return buffers.body_text(msg)

    @pvar("bs")
    def bs(self, msg: Message) -> int:
        """Bytes of the body."""
        return len(msg.body)

    @pvar("mb")
    def mb(self, msg: Message) -> str:
        """The whole message as received."""
        return texts.decode(msg.buf)

    @pvar("mbu")
    def mbu(self, msg: Message) -> str:
        """The whole message with the changes that wait for it to be sent."""
        return texts.decode(changed_bytes(msg))

    @pvar("ml", inline="len(msg.buf)")
    def ml(self, msg: Message) -> int:
        """Bytes of the whole message as received."""
        return len(msg.buf)

    @pvar_syntax("msg")
    def msg(self, spec: PvSpec, binder: Binder) -> Access:
        """A part of the message as received.

        Keys: ``buf``, ``len``, ``body``, ``body_len``, ``hdrs``, ``hdrs_len``, ``hdrc`` (how many headers), ``fline``
        (first line), ``fpart`` (first line and headers), ``lpart`` (headers and body).
        """
        return on_message(spec, buffers.PARTS)

    @pvar_syntax("msgbuf")
    def msgbuf(self, spec: PvSpec, binder: Binder) -> Access:
        """A byte of the message by its offset: ``$msgbuf(0)``, ``$msgbuf($var(i))``; null outside.

        Assigning a text puts its first byte there, as if it had been received.
        """
        without_index(spec)
        offset = binder.format(inner_of(spec))

        def get(run: Run) -> Value:
            text = offset(run).strip()
            return buffers.byte_of(run.msg, int(text)) if text.isdecimal() else None

        def assign(run: Run, value: Value) -> None:
            text = offset(run).strip()
            buffers.put_byte(run.msg, int(text) if text.isdecimal() else -1, value)

        return Access(spec.text, get, assign)

    # --- flags

    @pvar("mf", inline="msg.flags")
    def mf(self, msg: Message) -> int:
        """All message flags as a number."""
        return msg.flags

    @mf.setter
    def _set_mf(self, msg: Message, value: Value) -> None:
        msg.flags = flags.number_of(value)

    @pvar("mF")
    def flags_in_hex(self, msg: Message) -> str:
        """All message flags as eight hexadecimal digits."""
        return f"{msg.flags:08x}"

    @flags_in_hex.also
    def _flags_number(self, msg: Message) -> int:
        return msg.flags

    @flags_in_hex.setter
    def _set_flags_in_hex(self, msg: Message, value: Value) -> None:
        msg.flags = flags.number_of(value)

    @pvar_syntax("Mf")
    def message_flag(self, spec: PvSpec, binder: Binder) -> Access:
        """A message flag, 0 to 31: ``$Mf(5)`` is 1 when it is set."""
        return flags.bind_flag(spec, "flags")

    @pvar("bf", inline="msg.bflags")
    def bf(self, msg: Message) -> int:
        """All flags of the first branch as a number."""
        return msg.bflags

    @bf.setter
    def _set_bf(self, msg: Message, value: Value) -> None:
        msg.bflags = flags.number_of(value)

    @pvar("bF")
    def branch_flags_in_hex(self, msg: Message) -> str:
        """All flags of the first branch as eight hexadecimal digits."""
        return f"{msg.bflags:08x}"

    @branch_flags_in_hex.also
    def _branch_flags_number(self, msg: Message) -> int:
        return msg.bflags

    @branch_flags_in_hex.setter
    def _set_branch_flags_in_hex(self, msg: Message, value: Value) -> None:
        msg.bflags = flags.number_of(value)

    @pvar_syntax("Bf")
    def branch_flag(self, spec: PvSpec, binder: Binder) -> Access:
        """A flag of the first branch, 0 to 31."""
        return flags.bind_flag(spec, "bflags")

    @pvar("sf")
    def sf(self, msg: Message) -> int:
        """All flags of the script as a number."""
        return script_flags(msg)

    @sf.setter
    def _set_sf(self, msg: Message, value: Value) -> None:
        set_script_flags(msg, flags.number_of(value))

    @pvar("sF")
    def script_flags_in_hex(self, msg: Message) -> str:
        """All flags of the script as eight hexadecimal digits."""
        return f"{script_flags(msg):08x}"

    @script_flags_in_hex.also
    def _script_flags_number(self, msg: Message) -> int:
        return script_flags(msg)

    @script_flags_in_hex.setter
    def _set_script_flags_in_hex(self, msg: Message, value: Value) -> None:
        set_script_flags(msg, flags.number_of(value))

    @pvar_syntax("Sf")
    def script_flag(self, spec: PvSpec, binder: Binder) -> Access:
        """A flag of the script, 0 to 31."""
        return flags.bind_script_flag(spec)

    # --- identifiers

    @pvar("mi", inline="msg.id")
    def mi(self, msg: Message) -> int:
        """Number of the message in this process."""
        return msg.id

    @pvar("pp")
    def pp(self, msg: Message) -> int:
        """Process identifier."""
        return os.getpid()

    @pvar("sid")
    def sid(self, msg: Message) -> int:
        """Number of this server, the parameter ``server_id``."""
        return self.core.settings.server_id

    # --- who is accounted

    @pvar("AU")
    def account_user(self, msg: Message) -> str | None:
        """User to account for: the one in From."""
        address = msg.from_
        uri = None if address is None else address.parsed_uri
        return None if uri is None else uri.user

    @pvar("Au")
    def account_address(self, msg: Message) -> str | None:
        """User and domain to account for: those in From."""
        address = msg.from_
        uri = None if address is None else address.parsed_uri
        return None if uri is None else f"{uri.user}@{uri.host}"

    # --- constants

    @pvar("true", inline="1")
    def true(self, msg: Message) -> int:
        """1."""
        return 1

    @pvar("err.class", "err.level", "err.info", "err.rcode", "err.rreason", inline="None")
    def err(self, msg: Message) -> None:
        """Always null, as in Kamailio."""
        return

    @pvar("En", inline=repr("\n"))
    def line_feed(self, msg: Message) -> str:
        """A line feed."""
        return "\n"

    @pvar("Er", inline=repr("\r"))
    def carriage_return(self, msg: Message) -> str:
        """A carriage return."""
        return "\r"

    @pvar("Et", inline=repr("\t"))
    def tab(self, msg: Message) -> str:
        """A tab."""
        return "\t"

    @pvar("Es", inline="' '")
    def blank(self, msg: Message) -> str:
        """A blank."""
        return " "

    @pvar("Ec", inline="','")
    def comma(self, msg: Message) -> str:
        """A comma."""
        return ","

    @pvar("Eq", inline="'\"'")
    def double_quote(self, msg: Message) -> str:
        """A double quote."""
        return '"'

    @pvar("Ek", inline='"\'"')
    def single_quote(self, msg: Message) -> str:
        """A single quote."""
        return "'"

    @pvar("Ei", inline="':'")
    def colon(self, msg: Message) -> str:
        """A colon."""
        return ":"

    @pvar("Ej", inline="';'")
    def semicolon(self, msg: Message) -> str:
        """A semicolon."""
        return ";"

    @pvar("Eb", inline=repr("\\"))
    def backslash(self, msg: Message) -> str:
        r"""A backslash."""
        return "\\"

    @pvar("Ev", inline="'`'")
    def back_quote(self, msg: Message) -> str:
        """A back quote."""
        return "`"
