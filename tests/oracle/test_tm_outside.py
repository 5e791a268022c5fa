"""Transactions and other programs, beside the real Kamailio: RPC commands, and requests written to a socket."""

from __future__ import annotations

import json
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.configs import Listen, free_port
from bench.servers import Program, Server, kahea, kamailio

pytestmark = pytest.mark.oracle

_CONFIGURATION = """#!KAMAILIO
debug=1
log_stderror=yes
children=2
server_header="Server: server"
user_agent_header="User-Agent: server"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "jsonrpcs.so"
modparam("jsonrpcs", "dgram_socket", "{folder}/rpc")
modparam("jsonrpcs", "pretty_format", 0)
modparam("tm", "tw_append", "more:avp[s:one];Two=avp[two];hdr[User-Agent];Seq=hdr[CSeq];msg[body]")
request_route {{
    if ($rU == "held") {{ t_newtran(); t_reply("180", "Ringing"); exit; }}
    if ($rU == "written") {{
        $avp(one) = "1";
        $avp(two) = 2;
        t_newtran();
        if (method == "MESSAGE") {{ t_write_unix("{folder}/written", "take/more"); }}
        else if (method == "OPTIONS") {{
            if (!t_write_unix("{folder}/nobody", "take")) {{ t_reply("500", "Nobody"); }}
        }}
        else {{ t_write_unix("{folder}/written", "take"); }}
        exit;
    }}
    if ($rU == "fine") {{ sl_send_reply("200", "Fine"); exit; }}
    sl_send_reply("404", "Nobody");
}}
"""

_FROM_TO = "From: <sip:a@127.0.0.1>\r\nTo: <sip:b@127.0.0.1>\r\n"
_TEXT = f"{_FROM_TO}Content-Type: text/plain\r\n"


class Outside:
    """A server, a client of its RPC commands, and a UAC.

    Args:
        program: which server.
        folder: for its sockets.
    """

    def __init__(self, program: Program, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        listens = [Listen("udp", "127.0.0.1", self.port)]
        self.server = Server(program, _CONFIGURATION.format(folder=folder), listens, folder)
        self.rpc, self.written = (self._unix(name) for name in ("client", "written"))
        self.uac = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.uac.bind(("127.0.0.1", 0))
        self.uac.settimeout(5)
        self.server.start()

    def _unix(self, name: str) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.bind(str(self.folder / name))
        made.settimeout(8)
        return made

    def close(self) -> None:
        """Stop it."""
        self.server.stop()
        for one in (self.rpc, self.written, self.uac):
            one.close()

    def call(self, method: str, *params: Any) -> Any:
        """Call a command; returns the answer's result or error."""
        filled = [self._filled(one) for one in params]
        request = {"jsonrpc": "2.0", "method": method, "params": filled, "id": 1}
        self.rpc.sendto(json.dumps(request).encode(), str(self.folder / "rpc"))
        answer = json.loads(self.rpc.recv(65535))
        return answer.get("error") or answer.get("result")

    def _filled(self, value: Any) -> Any:
        return value.replace("SERVER", f"127.0.0.1:{self.port}") if isinstance(value, str) else value

    def request(self, method: str, user: str, call_id: str, headers: str = "", body: str = "") -> None:
        """Send a request."""
        text = (
            f"{method} sip:{user}@127.0.0.1:{self.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.uac.getsockname()[1]};branch=z9hG4bK{call_id}{method}\r\n"
            f'From: "Ann" <sip:a@b>;tag=given\r\nTo: <sip:c@d>\r\nCall-ID: {call_id}\r\nCSeq: 7 {method}\r\n'
            f"Max-Forwards: 70\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self.uac.sendto(text.encode(), ("127.0.0.1", self.port))

    def reply(self) -> str:
        """Return the next reply, without what differs from run to run."""
        return self.comparable(self.uac.recv(65535).decode())

    def comparable(self, text: str) -> str:
        """Return a text without ports and what is random."""
        text = text.replace(f":{self.port}", ":SERVER").replace(f":{self.uac.getsockname()[1]}", ":UAC")
        text = re.sub(r"\n\d+:\d+\n", "\nINDEX:LABEL\n", re.sub(rf"\n{self.port}\n", "\nSERVER\n", text))
        text = re.sub(r"P-MsgFlags: [0-9a-f]+", "P-MsgFlags: FLAGS", text)
        return re.sub(r"tag=[0-9a-f.-]{30,}", "tag=OURS", text)


@pytest.fixture(scope="module")
def real() -> Iterator[Outside]:
    """The real server."""
    program = kamailio()
    if program is None:
        pytest.skip("the real Kamailio is not installed")
    with tempfile.TemporaryDirectory() as folder:
        outside = Outside(program, Path(folder))
        yield outside
        outside.close()


@pytest.fixture(scope="module")
def ours() -> Iterator[Outside]:
    """Kahea."""
    pytest.importorskip("kahea_tm")
    pytest.importorskip("kahea_jsonrpcs")
    program = kahea()
    assert program is not None
    with tempfile.TemporaryDirectory() as folder:
        outside = Outside(program, Path(folder))
        yield outside
        outside.close()


_COMMANDS: dict[str, tuple[Any, ...]] = {
    "start": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", _FROM_TO, ""),
    "block": ("tm.t_uac_wait_block", "OPTIONS", "sip:fine@SERVER", ".", ".", _FROM_TO, ""),
    "block_by_a_next_hop": ("tm.t_uac_wait_block", "OPTIONS", "sip:x@192.0.2.1", "sip:fine@SERVER", ".", _FROM_TO, ""),
    "block_from_a_socket": ("tm.t_uac_wait_block", "OPTIONS", "sip:no@SERVER", "", "udp:SERVER", _FROM_TO, ""),
    "block_with_a_body": ("tm.t_uac_wait_block", "MESSAGE", "sip:fine@SERVER", ".", ".", _TEXT, "text"),
    "unresolvable": ("tm.t_uac_start", "OPTIONS", "sip:nobody.invalid", ".", ".", _FROM_TO, ""),
    "too_few": ("tm.t_uac_start", "OPTIONS"),
    "no_method": ("tm.t_uac_start", "", "sip:fine@SERVER", ".", ".", _FROM_TO, ""),
    "bad_uri": ("tm.t_uac_start", "OPTIONS", "foo", ".", ".", _FROM_TO, ""),
    "bad_hop": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", "bad hop", ".", _FROM_TO, ""),
    "bad_socket": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ":::", _FROM_TO, ""),
    "unknown_socket": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", "udp:192.0.2.1:5060", _FROM_TO, ""),
    "no_from": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", "To: <sip:x@y>\r\n", ""),
    "no_to": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", "From: <sip:x@y>\r\n", ""),
    "no_type": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", _FROM_TO, "body"),
    "length": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", f"{_TEXT}Content-Length: 4\r\n", "body"),
    "cseq_method": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", f"{_FROM_TO}CSeq: 5 INVITE\r\n", ""),
    "cseq_number": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", f"{_FROM_TO}CSeq: x OPTIONS\r\n", ""),
    "bad_headers": ("tm.t_uac_start", "OPTIONS", "sip:fine@SERVER", ".", ".", "junk", ""),
    "cancel_nothing": ("tm.cancel", "unknown", "7"),
    "cancel_too_few": ("tm.cancel", "unknown"),
    "reply_too_few": ("tm.reply", 486),
    "reply_no_code": ("tm.reply",),
    "reply_no_identifier": ("tm.reply", 486, "Busy", "xx", "tag", "", ""),
    "reply_nothing": ("tm.reply", 486, "Busy", "1:1", "tag", "", ""),
    "reply_callid_nothing": ("tm.reply_callid", 486, "Busy", "unknown", "7", "tag", "", ""),
    "reply_callid_too_few": ("tm.reply_callid", 486, "Busy", "unknown"),
    "clean": ("tm.clean",),
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_answers_the_same(name: str, real: Outside, ours: Outside) -> None:
    """An RPC command answers what it answers on the real server."""
    assert ours.call(*_COMMANDS[name]) == real.call(*_COMMANDS[name])


def _held(outside: Outside) -> list[Any]:
    """Hold an INVITE, look at it, and answer it from outside."""
    seen: list[Any] = []
    for number in range(3):  # some of them in each worker
        call = f"held{number}"
        outside.request("INVITE", "held", call)
        seen.append(outside.reply())
        (row,) = (one for one in outside.call("tm.list") if call in one["callid"])
        identifier = f"{row['tindex']}:{row['tlabel']}"
        seen.append(
            {key: row[key] for key in row if key not in ("cell", "tindex", "tlabel", "lifetime", "tflags", "ref_count")}
        )
        seen.append(row["tflags"] & 3)
        seen.append(
            outside.call("tm.reply_callid", 183, "Going", call, "7", "mine", "Content-Type: a/b\r\nX: 1\r\n", "body")
        )
        seen.append(outside.reply())
        seen.append(outside.call("tm.reply", 486, "Busy", identifier, "mine", "X-Y: 1\r\n", ""))
        seen.append(outside.reply())
        seen.append(outside.call("tm.reply", 487, "Late", identifier, "mine", "", ""))
        outside.request("ACK", "held", call)
    return seen


def test_a_transaction_is_answered_from_outside(real: Outside, ours: Outside) -> None:
    """A transaction of any worker is told, and answered with what an operator gives."""
    assert _held(ours) == _held(real)


def test_statistics_have_the_same_names(real: Outside, ours: Outside) -> None:
    """The names are the real server's, and what was made is there or has gone."""
    told = ours.call("tm.stats")
    assert list(told) == list(real.call("tm.stats"))
    assert told["created"] == told["current"] + told["freed"]


_WRITTEN: dict[str, tuple[str, ...]] = {
    "plain": ("INFO", "Contact: <sip:here@there:99>\r\n", "some\r\nbody"),
    "without_a_contact": ("NOTIFY", "", ""),
    "appended": ("MESSAGE", "User-Agent: phone\r\nContent-Type: text/plain\r\n", "text"),
    "loose_routes": (
        "INFO",
        "Contact: <sip:h@t>\r\nRecord-Route: <sip:r1;lr>, <sip:r2;lr;x=1>\r\nRecord-Route: <sip:r3>\r\n",
        "",
    ),
    "strict_routes": ("NOTIFY", "Contact: <sip:h@t>\r\nRecord-Route: <sip:r1>, <sip:r2;lr>\r\n", ""),
}


def _written(outside: Outside, name: str) -> str:
    method, headers, body = _WRITTEN[name]
    outside.request(method, "written", name, headers, body)
    return outside.comparable(outside.written.recv(65535).decode())


@pytest.mark.parametrize("name", _WRITTEN)
def test_the_same_lines_are_written(name: str, real: Outside, ours: Outside) -> None:
    """``t_write_unix`` sends the lines that the real server sends."""
    # the real server writes the first of loose routes twice
    assert _written(ours, name) == _written(real, name).replace("<sip:r1;lr>,<sip:r1;lr>", "<sip:r1;lr>")


def test_nobody_reads(real: Outside, ours: Outside) -> None:
    """``t_write_unix`` is false where nobody reads."""
    for outside in (real, ours):
        outside.request("OPTIONS", "written", "nobody")
    assert ours.reply() == real.reply()
