"""The old tests of the core: ``method == "INVITE"``, ``uri == myself``, ``src_ip == 10.0.0.0/8``, ``proto == TCP``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from kahea.cfg import ast as cfg
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.core import Core
from kahea.modules.posix import compile_posix
from kahea.script import code
from kahea.script import pytree as py
from kahea.script.code import Code, Type
from kahea.script.scope import Scope
from kahea.sip.message import Message
from kahea.sip.uri import Uri, UriError, parse_uri


@dataclass(frozen=True, slots=True)
class CoreTest:
    """An operand of the core: how it reads, and what it may be compared with.

    Args:
        expression: Python over ``msg``.
        compares: ``text``, ``uri``, ``ip``, ``number`` or ``word``.
        words: what a ``word`` may be, in lower case, with its value.
    """

    expression: str
    compares: str
    words: dict[str, str | int] | None = None


_PROTOCOLS: dict[str, str | int] = {name: name for name in ("udp", "tcp", "tls", "sctp", "ws", "wss")}
_FAMILIES: dict[str, str | int] = {"inet": 0, "ipv4": 0, "inet6": 1, "ipv6": 1}

CORE_TESTS: dict[str, CoreTest] = {
    "method": CoreTest("msg.method", "text"),
    "status": CoreTest("str(msg.status) if not msg.is_request else ''", "text"),
    "uri": CoreTest("msg.uri or ''", "uri"),
    "from_uri": CoreTest("(msg.from_.uri if msg.from_ is not None else '')", "uri"),
    "to_uri": CoreTest("(msg.to.uri if msg.to is not None else '')", "uri"),
    "src_ip": CoreTest("msg.source.ip", "ip"),
    "dst_ip": CoreTest("msg.source.socket.ip", "ip"),
    "src_port": CoreTest("msg.source.port", "number"),
    "dst_port": CoreTest("msg.source.socket.port", "number"),
    "proto": CoreTest("msg.source.socket.protocol", "word", _PROTOCOLS),
    "af": CoreTest("(':' in msg.source.ip)", "word", _FAMILIES),
    "msg:len": CoreTest("len(msg.buf)", "number"),
    "myself": CoreTest("", "uri"),
}
"""The operands by name."""


class CoreTests:
    """Compiles the comparisons of the core's operands."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def alone(self, node: cfg.Name) -> Code:
        """Return the code of an operand that is compared with nothing: ``if (myself)`` tests the R-URI."""
        if node.text == "myself":
            return Code(self._myself("uri"), Type.BOOL)
        test = CORE_TESTS[node.text]
        kind = Type.INT if test.compares == "number" else Type.STR
        return Code(py.parse(test.expression), kind)

    def compare(self, node: cfg.Binary) -> Code:
        """Return the code of a comparison whose left side is an operand of the core."""
        assert isinstance(node.left, cfg.Name)
        test = CORE_TESTS[node.left.text]
        if node.operator not in ("==", "!=", "=~", "!~", "<", ">", "<=", ">="):
            return self._wrong(node, f"`{node.left.text}` cannot be used with `{node.operator}`")
        found = self._positive(node, node.left, test)
        if node.operator in ("!=", "!~"):
            return Code(py.negate(found.node), Type.BOOL)
        return found

    def _positive(self, node: cfg.Binary, left: cfg.Name, test: CoreTest) -> Code:
        right = node.right
        if isinstance(right, cfg.Name) and right.text == "myself" and test.compares in ("uri", "ip"):
            return Code(self._myself(left.text), Type.BOOL)
        if left.text == "myself" and isinstance(right, cfg.Name) and right.text in CORE_TESTS:
            return Code(self._myself(right.text), Type.BOOL)
        if left.text == "myself":
            return self._wrong(node, "`myself` is compared with `uri`, `from_uri`, `to_uri`, `src_ip` or `dst_ip`")
        subject = py.parse(test.expression)
        if test.compares == "number":
            return self._number(node, subject)
        if test.compares == "word":
            return self._keyword(node, test, subject)
        if test.compares == "ip":
            return self._address(node, subject)
        return self._text(node, test, subject)

    def _wrong(self, node: cfg.Expr, message: str, help_text: str | None = None) -> Code:
        self._scope.diagnostics.error("bad-operand", message, node.span, help=help_text)
        return code.integer(0)

    def _bind(self, function: Callable[..., object], hint: str) -> str:
        return self._scope.namespace.bind(function, hint)

    def _myself(self, what: str) -> ast.expr:
        core = self._scope.core
        if what in ("src_ip", "dst_ip"):
            function: Callable[..., object] = _source_is_myself if what == "src_ip" else _destination_is_myself
            return py.call(
                self._bind(function, what), py.name("msg"), py.name(self._scope.namespace.bind(core, "core"))
            )
        uri = py.parse(CORE_TESTS[what].expression)
        return py.call(self._bind(uri_is_myself, "is_myself"), uri, py.name(self._scope.namespace.bind(core, "core")))

    def _number(self, node: cfg.Binary, subject: ast.expr) -> Code:
        operators: dict[str, ast.cmpop] = {
            "==": ast.Eq(),
            "!=": ast.Eq(),
            "<": ast.Lt(),
            ">": ast.Gt(),
            "<=": ast.LtE(),
            ">=": ast.GtE(),
        }
        if not isinstance(node.right, cfg.Int) or node.operator not in operators:
            return self._wrong(node, "this is compared with a number")
        return Code(py.compare(subject, operators[node.operator], py.const(node.right.value)), Type.BOOL)

    def _keyword(self, node: cfg.Binary, test: CoreTest, subject: ast.expr) -> Code:
        words = test.words or {}
        if not isinstance(node.right, cfg.Name | cfg.Str) or node.operator not in ("==", "!="):
            return self._wrong(node, f"this is compared with one of {', '.join(word.upper() for word in words)}")
        word = node.right.text if isinstance(node.right, cfg.Name) else node.right.value
        if word.lower() not in words:
            return self._wrong(
                node.right,
                f"`{word}` is none of {', '.join(word.upper() for word in words)}",
                did_you_mean(word.upper(), [word.upper() for word in words]),
            )
        return Code(py.compare(subject, ast.Eq(), py.const(words[word.lower()])), Type.BOOL)

    def _address(self, node: cfg.Binary, subject: ast.expr) -> Code:
        right = node.right
        if isinstance(right, cfg.Str | cfg.Address) and node.operator in ("==", "!="):
            if isinstance(right, cfg.Str):
                address, mask = right.value.strip("[]"), None
            else:
                address, mask = right.address, right.mask
            try:
                if mask is None:
                    wanted = str(ip_address(address))
                    return Code(py.compare(subject, ast.Eq(), py.const(wanted)), Type.BOOL)
                network = ip_network(f"{address}/{mask}", strict=False)
            except ValueError as error:
                return self._wrong(right, str(error))
            contains = self._bind(lambda ip: ip_address(ip) in network, "in_network")
            return Code(py.call(contains, subject), Type.BOOL)
        return self._text(node, CORE_TESTS["method"], subject)

    def _text(self, node: cfg.Binary, test: CoreTest, subject: ast.expr) -> Code:
        right = node.right
        if isinstance(right, cfg.Int):
            wanted: Code = code.text(str(right.value))
        elif isinstance(right, cfg.Str):
            wanted = code.text(right.value)
        elif isinstance(right, cfg.Pv):
            wanted = self._scope.pvs.read_text(right.text, right.span)
        elif isinstance(right, cfg.Name) and test.compares == "text":
            wanted = code.text(right.text)
        else:
            return self._wrong(node, "this is compared with a string")
        if node.operator in ("=~", "!~"):
            if not isinstance(wanted.constant, str):
                return self._wrong(node, "the pattern must be written out")
            try:
                pattern = compile_posix(wanted.constant)
            except ValueError as error:
                self._scope.diagnostics.error("bad-regex", str(error), right.span)
                return code.integer(0)
            search = py.call(self._bind(pattern.search, "search"), subject)
            return Code(py.negate(py.is_none(search)), Type.BOOL)
        if node.operator not in ("==", "!="):
            return self._wrong(node, f"a string cannot be compared with `{node.operator}`")
        return Code(py.compare(subject, ast.Eq(), wanted.text), Type.BOOL)


def uri_is_myself(text: str, core: Core) -> bool:
    """Whether a URI's host and port are ours; a URI that does not parse is not."""
    try:
        uri: Uri = parse_uri(text)
    except UriError:
        return False
    return core.is_myself(uri.host or "", uri.port, uri.transport)


def _source_is_myself(msg: Message, core: Core) -> bool:
    return core.is_myself(msg.source.ip, msg.source.port, msg.source.socket.protocol)


def _destination_is_myself(msg: Message, core: Core) -> bool:
    return core.is_myself(msg.source.socket.ip, msg.source.socket.port, msg.source.socket.protocol)
