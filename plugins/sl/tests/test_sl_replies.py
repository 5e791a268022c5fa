"""Stateless replies, their To-tags and the ACKs to them, without a server."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from kahea.api import (
    Clock,
    Core,
    Counters,
    Destination,
    Level,
    LocalSocket,
    Logger,
    Message,
    Reply,
    ReplyService,
    Request,
    Run,
    Services,
    Settings,
    Statistics,
    TransactionService,
    Transport,
    note_later_answer,
)
from kahea.testing import Sent, ServerUnderTest
from kahea.testing import request as wire_request
from kahea_sl import Sl
from kahea_sl.module import SlParams

SOCKET = LocalSocket("udp", "127.0.0.1", 5060)


class Lines:
    """A log sink that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Do nothing."""


class Now:
    """A clock that stands still until it is set."""

    now = 1000.0

    def monotonic(self) -> float:
        """Return the time set."""
        return self.now

    time = monotonic


class FakeCore:
    """What `sl` needs of a server."""

    timers: Any = None
    tables: Any = None
    parameters: Any = None
    tag_seed = b"a secret of sixteen or more bytes"

    def __init__(self) -> None:
        self.settings = Settings(server_header="Server: test")
        self.sink = Lines()
        self.log = Logger(self.sink)
        self.now = Now()
        self.clock: Clock = self.now
        self.transport: Transport = self
        self.services = Services()
        self.counters = Counters()
        self.statistics = Statistics(self.counters)
        self.sent: list[tuple[bytes, Destination]] = []
        self.sendable = True
        self.event_routes: dict[str, Callable[[Message], int | None]] = {}
        self.request_callbacks: list[Callable[[Request], bool]] = []

    def log_bounded(self, text: str, origin: str = "<core>", level: int = Level.INFO) -> None:
        """Write every line."""
        self.log.write(level, text, origin)

    def send(self, data: bytes, destination: Destination) -> bool:
        """Keep what is sent."""
        self.sent.append((data, destination))
        return self.sendable

    sockets: Sequence[LocalSocket] = ()

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        """Return that there is no socket."""
        return None

    def add_alias(self, connection: int, port: int) -> bool:
        """Refuse: there are no connections."""
        return False

    def send_request(self, msg: Message, data: bytes, destination: Destination) -> bool:
        """Refuse: sl forwards no requests."""
        raise AssertionError

    def is_myself(self, host: str, port: int | None = None, protocol: str | None = None) -> bool:
        """Return that nothing is ours."""
        return False

    def event_route(self, name: str) -> Callable[[Message], int | None] | None:
        """Return the event route that the test set."""
        return self.event_routes.get(name)

    def add_request_callback(self, callback: Callable[[Request], bool]) -> None:
        """Keep the callback."""
        self.request_callbacks.append(callback)

    def add_reply_callback(self, callback: Callable[[Reply], bool]) -> None:
        """Refuse: sl does not look at replies."""
        raise AssertionError


class Server:
    """The module with a server around it.

    Args:
        params: of the module.
        start: whether the module is started.
    """

    def __init__(self, start: bool = True, core: FakeCore | None = None, **params: Any) -> None:
        self.core = core or FakeCore()
        self.sl = Sl("sl", SlParams(**params), cast("Core", self.core))
        if start:
            self.sl.mod_init()
            self.sl.child_init(True)

    @property
    def replies(self) -> list[str]:
        """The replies sent."""
        return [data.decode() for data, _ in self.core.sent]

    @property
    def first_lines(self) -> list[str]:
        """The first lines of the replies sent."""
        return [reply.split("\r\n")[0] for reply in self.replies]

    def absorbed(self, msg: Request) -> bool:
        """Whether the module dealt with a message before the routes."""
        return not all(callback(msg) for callback in self.core.request_callbacks)


@pytest.fixture
def server() -> Server:
    """A started module with default parameters."""
    return Server()


def request(
    method: str = "OPTIONS",
    *,
    uri: str = "sip:bob@127.0.0.1",
    via: str = "SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK1",
    call_id: str = "a",
    to_tag: str = "",
    cseq: int = 1,
) -> Request:
    """Make a request."""
    text = (
        f"{method} {uri} SIP/2.0\r\nVia: {via}\r\nFrom: <sip:alice@example.com>;tag=f1\r\n"
        f"To: <sip:bob@example.com>{';tag=' + to_tag if to_tag else ''}\r\nCall-ID: {call_id}\r\n"
        f"CSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"
    )
    msg = Sent(text.encode(), Destination("udp", "127.0.0.1", 25064, SOCKET)).message
    assert isinstance(msg, Request)
    return msg


def reply() -> Reply:
    """Make a reply that came from elsewhere."""
    text = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\n"
    msg = Sent(text.encode(), Destination("udp", "127.0.0.1", 25064, SOCKET)).message
    assert isinstance(msg, Reply)
    return msg


def tag_of(text: str) -> str:
    """Return the To-tag of a reply, "" if it has none."""
    found = re.search(r"^To:.*;tag=(\S+)", text, re.MULTILINE)
    return found[1] if found else ""


class TestSending:
    """What is sent, and what the functions return."""

    def test_reply(self, server: Server) -> None:
        """A reply goes to the source with the headers of the request, a To-tag and our Server line."""
        assert server.sl.sl_send_reply(request(), 404, "Not Found") == 1
        [(data, destination)] = server.core.sent
        assert data.decode() == (
            "SIP/2.0 404 Not Found\r\nVia: SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK1\r\n"
            f"From: <sip:alice@example.com>;tag=f1\r\nTo: <sip:bob@example.com>;tag={tag_of(data.decode())}\r\n"
            "Call-ID: a\r\nCSeq: 1 OPTIONS\r\nServer: test\r\nContent-Length: 0\r\n\r\n"
        )
        assert (destination.protocol, destination.ip, destination.port) == ("udp", "127.0.0.1", 25064)
        assert destination.socket is SOCKET

    def test_prepared(self, server: Server) -> None:
        """A call with literals, prepared before the start, sends the same as one that is evaluated."""
        core = FakeCore()
        early = Server(start=False, core=core)
        answers = {offer.name: offer for offer in early.sl.declarations.functions}
        for name in ("sl_send_reply", "sl_reply", "send_reply"):
            prepare = answers[name].prepare
            assert prepare is not None
            call = prepare(404, "Not Found")
            core.request_callbacks.clear()
            early.sl.mod_init()
            early.sl.child_init(True)
            assert call(request()) == 1
        server.sl.sl_send_reply(request(), 404, "Not Found")
        assert early.replies == server.replies * 3

    def test_no_server_line(self) -> None:
        """There is no Server header when server_signature is off or server_header is empty."""
        core = FakeCore()
        core.settings.server_signature = False
        server = Server(core=core)
        server.sl.sl_send_reply(request(), 200, "OK")
        core = FakeCore()
        core.settings.server_header = ""
        other = Server(core=core)
        other.sl.sl_send_reply(request(), 200, "OK")
        assert "Server" not in server.replies[0] + other.replies[0]

    def test_defaults(self) -> None:
        """No usable code means default_code and a null reason default_reason (observed on 5.6.3)."""
        server = Server(default_code=505, default_reason="Sorry")
        server.sl.sl_send_reply(request(), 0, "Text")
        server.sl.send_reply(request(), 404, None)
        assert server.first_lines == ["SIP/2.0 505 Text", "SIP/2.0 404 Sorry"]

    def test_empty_reason(self, server: Server) -> None:
        """An empty reason is an error and nothing is sent, as in Kamailio 6."""
        assert server.sl.sl_send_reply(request(), 404, "") == -1
        assert server.sl.send_reply(request(), 404, "") == -1
        assert not server.core.sent
        assert server.core.sink.lines == ["ERROR: sl: cannot reply: the reason phrase is empty"] * 2

    def test_prepared_empty_reason(self, server: Server) -> None:
        """The same holds when the empty reason is a literal."""
        for offer in server.sl.declarations.functions:
            if offer.prepare is not None:
                assert offer.prepare(404, "")(request()) == -1
        assert not server.core.sent

    def test_no_reply_to_ack(self, server: Server) -> None:
        """An ACK is never answered (RFC 3261 17.1.1.3; -1 observed on 5.6.3)."""
        assert server.sl.sl_send_reply(request("ACK"), 200, "OK") == -1
        assert server.sl.sl_reply_error(request("ACK")) == -1
        assert not server.core.sent
        assert server.core.statistics.get("sl.failures") == 2

    def test_send_failure(self, server: Server) -> None:
        """A reply that cannot be sent is -1 and counts as a failure."""
        server.core.sendable = False
        assert server.sl.sl_send_reply(request(), 200, "OK") == -1
        assert server.core.statistics.get("sl.failures") == 1

    def test_error(self, server: Server) -> None:
        """The error reply has Kamailio's text, and a line in the log (observed on 5.6.3)."""
        assert server.sl.sl_reply_error(request()) == 1
        assert server.sl.send_reply_error(request()) == 1
        assert server.first_lines == ["SIP/2.0 500 I'm terribly sorry, server error occurred (1/SL)"] * 2
        assert server.core.sink.lines[0] == (
            "ERROR: sl: stateless error reply used: I'm terribly sorry, server error occurred (1/SL)"
        )

    def test_error_answered_later(self, server: Server) -> None:
        """A request that its transaction will answer gets no error reply, and the result is -3, as in Kamailio 6."""
        msg = request("INVITE")
        note_later_answer(msg)
        assert server.sl.sl_reply_error(msg) == -3
        assert server.sl.send_reply_error(msg) == -3
        assert server.replies == []

    def test_error_after_final(self, server: Server) -> None:
        """After a final reply there is no error reply and the result is -2, as in Kamailio 6."""
        msg = request("INVITE")
        server.sl.sl_send_reply(msg, 180, "Ringing")
        assert server.sl.sl_reply_error(msg) == 1
        assert server.sl.sl_reply_error(msg) == -2
        assert server.sl.send_reply_error(msg) == -2
        assert len(server.replies) == 2

    def test_unreadable(self, server: Server) -> None:
        """A request whose headers cannot all be read is not answered; that is counted and logged."""
        text = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@b>\r\nno colon\r\n\r\n"
        msg = Sent(text.encode(), Destination("udp", "127.0.0.1", 25064, SOCKET)).message
        assert isinstance(msg, Request)
        assert server.sl.sl_send_reply(msg, 404, "Not Found") == -1
        assert server.core.statistics.get("sl.failures") == 1
        assert server.core.sink.lines[0].startswith("ERROR: sl: cannot reply: ")

    def test_local_response(self) -> None:
        """event_route[sl:local-response] runs for each reply, also when it could not be sent (observed on 5.6.3)."""
        core = FakeCore()
        seen: list[Message] = []
        core.event_routes["sl:local-response"] = lambda msg: seen.append(msg)
        server = Server(core=core)
        server.sl.sl_send_reply(request("INVITE"), 180, "Ringing")
        core.sendable = False
        server.sl.sl_send_reply(request("INVITE"), 404, "Not Found")
        assert [msg.status for msg in seen if isinstance(msg, Reply)] == [180, 404]
        assert seen[0].method == "INVITE"

    def test_redirect(self, server: Server) -> None:
        """A 3xx names the Request-URI as Contact if the script has changed it, else nothing (observed on 5.6.3)."""
        msg = request("INVITE")
        server.sl.sl_send_reply(msg, 302, "Moved")
        msg.uri = "sip:new@1.2.3.4"
        server.sl.sl_send_reply(msg, 302, "Moved")
        server.sl.sl_send_reply(msg, 404, "Not Found")
        unchanged, changed, other = server.replies
        assert "CSeq: 1 INVITE\r\nContact: <sip:new@1.2.3.4>\r\nServer:" in changed
        assert "Contact" not in unchanged + other

    def test_reply_to_reply(self, server: Server) -> None:
        """In a route for replies nothing can be answered without a transaction."""
        assert server.sl.send_reply(reply(), 404, "Not Found") == -1
        assert server.sl.send_reply_error(reply()) == -1
        assert not server.core.sent


class TestTags:
    """The To-tags of stateless replies."""

    def test_only_from_180(self, server: Server) -> None:
        """Replies below 180 get no To-tag, 180 and above do (observed on 5.6.3)."""
        server.sl.sl_send_reply(request("INVITE"), 100, "Trying")
        server.sl.sl_send_reply(request("INVITE"), 180, "Ringing")
        trying, ringing = server.replies
        assert tag_of(trying) == ""
        assert re.fullmatch(r"[0-9a-f]{32}\.[0-9a-f]{8}", tag_of(ringing))

    def test_same_for_repeats(self, server: Server) -> None:
        """The tag depends on sent-by, branch and Call-ID; on method, CSeq and R-URI it does not (as on 5.6.3)."""
        tag = server.sl.replies.tags.tag
        same = [request(), request("INVITE"), request(cseq=2), request(uri="sip:x@y")]
        assert len({tag(msg) for msg in same}) == 1
        via = "SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK{}"
        different = [
            request(),
            request(call_id="b"),
            request(via=via.format(2)),
            request(via="SIP/2.0/UDP 127.0.0.1:25065;branch=z9hG4bK1"),
            request(via="SIP/2.0/UDP 127.0.0.2:25064;branch=z9hG4bK1"),
            request(via="SIP/2.0/UDP 127.0.0.1:25064"),
        ]
        assert len({tag(msg) for msg in different}) == len(different)

    def test_same_spelt_differently(self, server: Server) -> None:
        """Other parameters of the Via, such as those of a NAT helper, do not change the tag."""
        tag = server.sl.replies.tags.tag
        via = "SIP/2.0/UDP 127.0.0.1:25064;rport;branch=z9hG4bK1;received=1.2.3.4"
        assert tag(request()) == tag(request(via=via))

    def test_secret(self, server: Server) -> None:
        """Another seed gives another prefix and, for the same request, another suffix."""
        core = FakeCore()
        core.tag_seed = b"another secret"
        other = Server(core=core)
        prefix, suffix = server.sl.replies.tags.tag(request()).split(".")
        other_prefix, other_suffix = other.sl.replies.tags.tag(request()).split(".")
        assert prefix != other_prefix
        assert suffix != other_suffix

    def test_existing_tag(self, server: Server) -> None:
        """A To-tag of the request stays."""
        server.sl.sl_send_reply(request(to_tag="t9"), 404, "Not here")
        assert tag_of(server.replies[0]) == "t9"

    def test_ltt(self, server: Server) -> None:
        """$ltt(s) and $ltt(x) are the tag of our replies, $ltt(t) is null without a transaction (observed on 5.6.3)."""
        run = Run(cast("Core", server.core))
        run.msg = request()
        server.sl.sl_send_reply(run.msg, 200, "OK")
        tag = tag_of(server.replies[0])
        assert [self._ltt(server, kind).get(run) for kind in "sxt"] == [tag, tag, None]

    def test_ltt_unknown(self, server: Server) -> None:
        """Another word in the parentheses is an error when the file is read."""
        with pytest.raises(ValueError, match="local To-tag"):
            self._ltt(server, "y")

    def _ltt(self, server: Server, inner: str) -> Any:
        [variable] = server.sl.declarations.pseudo_variables
        assert variable.bind is not None

        class Spec:
            name = "ltt"

        spec: Any = Spec()
        spec.inner = inner
        return variable.bind(spec, None)


class TestAck:
    """Which ACKs are absorbed; all cases observed on 5.6.3."""

    @pytest.fixture
    def tag(self, server: Server) -> str:
        """The To-tag of a reply to an INVITE that was just sent."""
        server.sl.sl_send_reply(request("INVITE"), 404, "Not Found")
        return tag_of(server.replies[0])

    def test_absorbed(self, server: Server, tag: str) -> None:
        """The ACK to our reply is absorbed and counted."""
        assert server.absorbed(request("ACK", to_tag=tag))
        assert server.core.statistics.get("sl.received_ACKs") == 1

    def test_event_route(self) -> None:
        """event_route[sl:filtered-ack] runs for the absorbed ACK."""
        core = FakeCore()
        seen: list[Message] = []
        core.event_routes["sl:filtered-ack"] = lambda msg: seen.append(msg)
        server = Server(core=core)
        server.sl.sl_send_reply(request("INVITE"), 404, "Not Found")
        ack = request("ACK", to_tag=tag_of(server.replies[0]))
        assert server.absorbed(ack)
        assert seen == [ack]

    def test_of_2xx(self, server: Server, tag: str) -> None:
        """The ACK to a 2xx has a branch of its own and reaches the script."""
        assert not server.absorbed(request("ACK", to_tag=tag, via="SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bKother"))

    def test_foreign(self, server: Server, tag: str) -> None:
        """An ACK with another tag, another Call-ID or no tag reaches the script."""
        assert not server.absorbed(request("ACK", to_tag=tag[:-1] + ("0" if tag[-1] != "0" else "1")))
        assert not server.absorbed(request("ACK", to_tag=tag, call_id="b"))
        assert not server.absorbed(request("ACK"))

    def test_other_methods(self, server: Server, tag: str) -> None:
        """Only ACKs are absorbed."""
        assert not server.absorbed(request("BYE", to_tag=tag))

    def test_too_late(self, server: Server, tag: str) -> None:
        """Two seconds after the last reply to an INVITE, ACKs reach the script."""
        server.core.now.now += 1.9
        assert server.absorbed(request("ACK", to_tag=tag))
        server.core.now.now += 0.2
        assert not server.absorbed(request("ACK", to_tag=tag))

    def test_before_any_reply(self, server: Server) -> None:
        """Before any reply to an INVITE nothing is absorbed."""
        msg = request("ACK")
        assert not server.absorbed(request("ACK", to_tag=server.sl.replies.tags.tag(msg)))


class TestTransactions:
    """With a module that keeps transactions."""

    class Transactions:
        """Keeps a transaction for Call-ID ``t``."""

        def __init__(self) -> None:
            self.replies: list[tuple[int, str]] = []

        def reply(self, msg: Message, code: int, reason: str) -> bool | None:
            """Answer if there is a transaction."""
            if msg.call_id != "t":
                return None
            self.replies.append((code, reason))
            return code != 999

        def reply_error(self, msg: Message) -> bool | None:
            """Answer if there is a transaction."""
            return self.reply(msg, 500, "error")

        def to_tag(self, msg: Message) -> str | None:
            """Return the transaction's tag."""
            return "tm-tag" if msg.call_id == "t" else None

    def start(self, **params: Any) -> tuple[Server, TestTransactions.Transactions]:
        """Start a server with transactions."""
        core = FakeCore()
        transactions = self.Transactions()
        core.services.provide(TransactionService, transactions)
        return Server(core=core, **params), transactions

    def test_send_reply(self) -> None:
        """send_reply answers in the transaction if there is one, else statelessly."""
        server, transactions = self.start()
        assert server.sl.send_reply(request(call_id="t"), 404, "Not Found") == 1
        assert server.sl.send_reply(request(call_id="u"), 403, "Forbidden") == 1
        assert server.sl.send_reply_error(request(call_id="t")) == 1
        assert transactions.replies == [(404, "Not Found"), (500, "error")]
        assert server.first_lines == ["SIP/2.0 403 Forbidden"]

    def test_sl_send_reply(self) -> None:
        """sl_send_reply is stateless even then."""
        server, transactions = self.start()
        server.sl.sl_send_reply(request(call_id="t"), 404, "Not Found")
        assert not transactions.replies
        assert server.first_lines == ["SIP/2.0 404 Not Found"]

    def test_bind_tm_off(self) -> None:
        """With bind_tm 0, send_reply is stateless too."""
        server, transactions = self.start(bind_tm=0)
        server.sl.send_reply(request(call_id="t"), 404, "Not Found")
        assert not transactions.replies
        assert server.first_lines == ["SIP/2.0 404 Not Found"]

    def test_tags(self) -> None:
        """The transaction's tag is the one of the replies."""
        server, _ = self.start()
        assert server.sl.replies.to_tag(request(call_id="t")) == "tm-tag"
        assert server.sl.replies.to_tag(request()) == server.sl.replies.tags.tag(request())

    def test_service(self) -> None:
        """Other modules answer through the service, in the transaction if there is one."""
        server, transactions = self.start()
        replies = server.core.services.get(ReplyService)
        assert replies is not None
        codes = [replies.answer(request(call_id=call_id), 200, "OK") for call_id in ("t", "u")]
        assert codes == [1, 1]
        assert transactions.replies == [(200, "OK")]
        assert server.first_lines == ["SIP/2.0 200 OK"]
        assert replies.answer(request(), 200, "") == -1
        assert replies.to_tag(request(call_id="t")) == "tm-tag"


class TestStatistics:
    """sl.stats."""

    def test_counts(self, server: Server) -> None:
        """Replies count by code or class; provisional ones are not shown, as in Kamailio's sl.stats."""
        for code in (100, 200, 200, 299, 404, 499, 500, 603):
            server.sl.sl_send_reply(request(), code, "x")
        expected = {"200": 2, "2xx": 1, "404": 1, "4xx": 1, "500": 1, "6xx": 1}
        stats = server.sl.stats()
        assert {key: value for key, value in stats.items() if value} == expected
        assert server.core.statistics.get("sl.1xx_replies") == 1

    def test_sums(self, server: Server) -> None:
        """sent_replies is the sum of all, and an error reply is counted apart."""
        for code in (180, 200, 404):
            server.sl.sl_send_reply(request(), code, "x")
        server.sl.sl_reply_error(request())
        assert server.core.statistics.get("sl.sent_replies") == 4
        assert server.core.statistics.get("sl.sent_err_replies") == 1


def test_a_reason_cannot_add_lines(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A line end in an evaluated reason would let who sent the text write lines of the reply."""
    server = kahea_server('loadmodule "sl.so"\nloadmodule "pv.so"\nrequest_route { sl_send_reply("200", "$hdr(X)"); }')

    assert server.receive(wire_request(headers={"X": "Fine"})).statuses == [200]
    assert server.receive(wire_request(headers={"X": "OK\r\n Evil: yes"})) == []
