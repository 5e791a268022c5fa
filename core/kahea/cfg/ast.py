"""The tree of a configuration file.

Every node has a span. Nothing here knows what a name means: functions, parameters, flags and
pseudo-variables are names until `kahea.script` resolves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kahea.diagnostics import Span


@dataclass(slots=True)
class Node:
    """Something at a place."""

    span: Span


# --- names, values and expressions -------------------------------------------------------------


@dataclass(slots=True)
class Name(Node):
    """A bare word: ``uri``, ``myself``, ``TCP``, ``LOG_LOCAL0``, ``FLT_ACC``; also ``udp:a.b:1``."""

    text: str


@dataclass(slots=True)
class Int(Node):
    """A number: ``10``, ``0x10``, ``101b``; ``yes``/``on`` are 1, ``no``/``off`` 0 with `word` set."""

    value: int
    word: str | None = None


@dataclass(slots=True)
class Str(Node):
    """A string, escapes done and adjacent literals joined; `raw` when it was single-quoted."""

    value: str
    raw: bool = False


@dataclass(slots=True)
class Regex(Node):
    """A pattern written ``/.../`` in a ``case``, or a quoted one that follows ``case /``."""

    pattern: str


@dataclass(slots=True)
class Address(Node):
    """An IP address or network: ``10.0.0.1``, ``[::1]``, ``10.0.0.0/8``, ``10.0.0.0/255.0.0.0``; without brackets."""

    address: str
    mask: str | None = None


@dataclass(slots=True)
class Pv(Node):
    """A pseudo-variable as written: ``$ru``, ``$hdr(X)``, ``$(avp(x)[1]{s.len})``. `kahea.cfg.pv` takes it apart."""

    text: str


@dataclass(slots=True)
class Select(Node):
    """A select as written: ``@cfg_get.pstn.gw_ip``."""

    text: str


@dataclass(slots=True)
class Unary(Node):
    """``!``, ``-``, ``~``, ``defined``, ``strempty``, ``strlen`` (operator names as here, ``not`` is ``!``)."""

    operator: str
    operand: Expr


@dataclass(slots=True)
class Cast(Node):
    """``(int)x`` or ``(str)x``."""

    type: str
    operand: Expr


@dataclass(slots=True)
class Binary(Node):
    """A binary operation.

    `operator` is one of ``&&  ||  ==  !=  eq  ne  ieq  ine  =~  !~  <  >  <=  >=  +  -  *  /  mod  &  |  ^  <<  >>``
    (``and``, ``or``, ``%`` are normalised to ``&&``, ``||``, ``mod``).
    """

    operator: str
    left: Expr
    right: Expr
    operator_span: Span


@dataclass(slots=True)
class Call(Node):
    """A call: of a module's function, of a core function, of ``route(X)``.

    Old keyword-like actions without parentheses are not calls (see `Name` as an expression statement).
    """

    name: Name
    arguments: list[Expr]


Expr = Name | Int | Str | Regex | Address | Pv | Select | Unary | Cast | Binary | Call


# --- statements --------------------------------------------------------------------------------


@dataclass(slots=True)
class Block(Node):
    """Statements in order."""

    statements: list[Statement]


@dataclass(slots=True)
class ExprStatement(Node):
    """A call, a bare core word (``force_rport;``) or another expression used as a statement."""

    expression: Expr


@dataclass(slots=True)
class Assign(Node):
    """``target = value``; `operator` is ``=`` or a compound one (``:=``, ``+=``) as written.

    `target` is a `Pv`, or a `Name` for the old ``uri = "..."`` forms.
    """

    target: Pv | Name | Select
    operator: str
    value: Expr


@dataclass(slots=True)
class If(Node):
    """``if``; an ``else if`` chain is flat: one (condition, block) each, and the last ``else``."""

    branches: list[tuple[Expr, Block]]
    otherwise: Block | None = None


@dataclass(slots=True)
class Case(Node):
    """One label of a ``switch`` with the statements after it; `match` is ``None`` for ``default``.

    Falls through into the next when its statements do not end in ``break``.
    """

    match: Expr | None
    body: Block


@dataclass(slots=True)
class Switch(Node):
    """``switch (subject) { case ...: }``."""

    subject: Expr
    cases: list[Case]


@dataclass(slots=True)
class While(Node):
    """``while (condition) body``."""

    condition: Expr
    body: Block


@dataclass(slots=True)
class Break(Node):
    """``break``."""


@dataclass(slots=True)
class Return(Node):
    """``return``, ``return n``, ``return(expr)``."""

    value: Expr | None


@dataclass(slots=True)
class Exit(Node):
    """``exit``, with the optional code that Kamailio accepts."""

    value: Expr | None = None


@dataclass(slots=True)
class Drop(Node):
    """``drop``, with the optional code that Kamailio accepts."""

    value: Expr | None = None


@dataclass(slots=True)
class Empty(Node):
    """A lone ``;``."""


Statement = ExprStatement | Assign | If | Switch | While | Break | Return | Exit | Drop | Empty


# --- the file ----------------------------------------------------------------------------------


class RouteKind(Enum):
    """The kinds of route blocks; the value is the keyword."""

    REQUEST = "request_route"
    NAMED = "route"
    BRANCH = "branch_route"
    FAILURE = "failure_route"
    ONREPLY = "onreply_route"
    REPLY = "reply_route"
    ONSEND = "onsend_route"
    EVENT = "event_route"


@dataclass(slots=True)
class Route(Node):
    """A route block. `span` covers the header (``request_route``, ``route[X]``), `body.span` the braces.

    ``route {…}`` is a REQUEST; ``onreply_route {…}`` without a name is REPLY.
    """

    kind: RouteKind
    name: Name | None
    body: Block


@dataclass(slots=True)
class LoadModule(Node):
    """``loadmodule "path/name.so"``; `name` is the base name, `options` what ``loadmodulex`` adds."""

    path: Str
    name: str
    options: Str | None = None


@dataclass(slots=True)
class LoadPath(Node):
    """``mpath`` / ``loadpath``: accepted, modules are found by entry points."""

    path: Str


@dataclass(slots=True)
class ModParam(Node):
    """``modparam("a|b", "name", value)``; `modules` is split at ``|``. `expanded`: written as ``modparamx``."""

    module_text: Str
    modules: list[str]
    parameter: Str
    value: Int | Str | Pv | Name
    expanded: bool = False


@dataclass(slots=True)
class Listen:
    """One socket of ``listen=...``: parsed address, not yet resolved.

    `protocol` is lower case or ``None`` (all); `hosts` names, addresses or interfaces, each with its span as a `Name`;
    `port` is ``None`` for the default.
    """

    protocol: str | None
    hosts: list[Name]
    port: int | None
    advertise_host: str | None = None
    advertise_port: int | None = None
    name: str | None = None
    options: dict[str, Int | Str | Name] = field(default_factory=dict)
    span: Span | None = None


@dataclass(slots=True)
class GlobalParam(Node):
    """``name = value``; several values for lists such as ``alias=a "b" c:5060``.

    `sockets` is set for the address lists ``listen``, ``bind``, ``socket``, ``alias``, ``domain``; `values` otherwise.
    `key` is the part in brackets of ``coreparam[key] = value``.
    """

    name: Name
    values: list[Int | Str | Name | Pv | Address]
    sockets: list[Listen] = field(default_factory=list)
    key: str | None = None


@dataclass(slots=True)
class CustomParam(Node):
    """``group.name = value desc "..."``; `instance` is the number in ``group[1].name = value``."""

    group: str
    name: str
    value: Int | Str
    description: str | None = None
    instance: int | None = None


@dataclass(slots=True)
class FlagsDecl(Node):
    """``flags A:1, B``; `avp` for ``avpflags``. A flag without a number gets one that is free."""

    flags: list[tuple[Name, int | None]]
    avp: bool = False


Item = GlobalParam | CustomParam | LoadModule | LoadPath | ModParam | FlagsDecl | Route


@dataclass(slots=True)
class ConfigFile(Node):
    """A whole configuration, includes and defines done, in the order of the text."""

    items: list[Item]
    defines: dict[str, str | None] = field(default_factory=dict)
