"""The grammar: from tokens to the tree.

Tokens have been told apart by `kahea.cfg.classify`; what to do about a mistake is in
`kahea.cfg.recovery`. A rule receives a `Token` for a terminal and a node (or a list) for the rest.
"""

from __future__ import annotations

from typing import Any

from kahea.cfg import ast, build
from kahea.cfg.recovery import RecoveringParser
from kahea.cfg.tables import rule
from kahea.cfg.token import Token


class ConfigParser(RecoveringParser):
    """The parser of the configuration language. Use `kahea.cfg.load`, which feeds it."""

    tokens = {  # noqa: RUF012  (read by SLY)
        *("PARAM", "LISTPARAM", "LOADMODULE", "MODPARAM", "SETTING", "FLAGS", "ROUTE", "ROUTENAME"),
        *("ADVERTISE", "SOCKNAME", "VIRTUAL", "DESC", "NAME", "NUMNAME", "INT", "STRING", "RAW", "PV", "SELECT"),
        *("IPV4", "IPV6", "CAST", "CORE", "IF", "ELSE", "WHILE", "SWITCH", "CASE", "DEFAULT", "BREAK", "RETURN"),
        *("EXIT", "DROP", "EQUALITY", "RELATION", "SHL", "SHR", "AND", "OR", "NOT", "EQ", "PLUS", "MINUS", "STAR"),
        *("SLASH", "MOD", "BAND", "BOR", "BXOR", "BNOT", "DEFINED", "LPAREN", "RPAREN", "LBRACE", "RBRACE"),
        *("LBRACK", "RBRACK", "COMMA", "SEMI", "COLON", "DOT"),
    }
    start = "config"
    precedence = (
        ("nonassoc", "WITHOUT_ELSE"),
        ("nonassoc", "ELSE"),
        ("nonassoc", "ALONE"),
        ("left", "OR"),
        ("left", "AND"),
        ("left", "BOR"),
        ("left", "BAND"),
        ("left", "BXOR"),
        ("left", "SHL"),
        ("left", "SHR"),
        ("left", "EQUALITY"),
        ("left", "RELATION"),
        ("left", "PLUS", "MINUS"),
        ("left", "STAR", "SLASH", "MOD"),
        ("right", "NOT", "BNOT", "UNARY"),
        ("right", "DEFINED"),
        ("right", "CAST"),
    )

    # --- the file ------------------------------------------------------------------------------

    @rule("config :", "config : config item", "config : config SEMI")
    def config(self, p: Any) -> list[ast.Item]:
        """All items in order."""
        if len(p) == 0:
            return []
        items: list[ast.Item] = p[0]
        if isinstance(p[1], ast.Node):
            items.append(p[1])  # type: ignore[arg-type]
        return items

    @rule("item : PARAM EQ value")
    def parameter(self, p: Any) -> ast.Item:
        """``debug = 3``."""
        return build.parameter(p[0], p[2], self.diagnostics)

    @rule("item : LISTPARAM EQ sockets", "item : LISTPARAM EQ sockets socket_options")
    def address_parameter(self, p: Any) -> ast.Item:
        """``listen = udp:eth0:5060 advertise a:5060 name "x"``, ``alias = a b``."""
        return build.address_list(p[0], p[2], p[3] if len(p) > 3 else [])

    @rule("item : PARAM EQ LBRACE attributes RBRACE")
    def socket(self, p: Any) -> ast.Item:
        """``socket = { bind = udp:a:5060; name = "x" }``."""
        return build.socket_block(p[0], p[3], p[4], self.diagnostics)

    @rule("attributes : attribute", "attributes : attributes attribute")
    def attributes(self, p: Any) -> list[Any]:
        """The attributes of a socket."""
        return [p[0]] if len(p) == 1 else [*p[0], p[1]]

    @rule("attribute : SEMI", "attribute : PARAM EQ socket")
    def attribute(self, p: Any) -> Any:
        """One attribute: (name, value), the value read as an address."""
        return None if len(p) == 1 else (p[0], p[2])

    @rule("item : PARAM DOT NAME EQ value", "item : PARAM DOT NAME EQ value DESC string")
    def custom(self, p: Any) -> ast.Item:
        """``group.name = value desc "..."``."""
        return build.custom(p[0], None, p[2], p[4], p[6] if len(p) > 5 else None, self.diagnostics)

    @rule("item : PARAM LBRACK INT RBRACK DOT NAME EQ value")
    def custom_instance(self, p: Any) -> ast.Item:
        """``group[1].name = value``."""
        return build.custom(p[0], p[2], p[5], p[7], None, self.diagnostics)

    @rule("item : PARAM LBRACK NAME RBRACK EQ value", "item : PARAM LBRACK string RBRACK EQ value")
    def keyed(self, p: Any) -> ast.Item:
        """``coreparam[name] = value``."""
        return build.keyed_parameter(p[0], p[2], p[5])

    @rule("item : SETTING string", "item : SETTING EQ string")
    def setting(self, p: Any) -> ast.Item:
        """``mpath "/lib"``, ``cfgengine "native"``: global parameters that may go without ``=``."""
        value = p[len(p) - 1]
        span = p[0].span.to(value.span)
        if p[0].text == "cfgengine":
            return ast.GlobalParam(span, build.name(p[0]), [value])
        return ast.LoadPath(span, value)

    @rule("item : LOADMODULE string", "item : LOADMODULE LPAREN string RPAREN")
    def load_module(self, p: Any) -> ast.Item:
        """``loadmodule "tm.so"``."""
        return build.load_module(p[0], p[1] if len(p) == 2 else p[2], None)

    @rule("item : LOADMODULE LPAREN string COMMA string RPAREN")
    def load_module_options(self, p: Any) -> ast.Item:
        """``loadmodule("tm.so", "g")``."""
        return build.load_module(p[0], p[2], p[4])

    @rule("item : MODPARAM LPAREN string COMMA string COMMA modparam_value RPAREN")
    def module_parameter(self, p: Any) -> ast.Item:
        """``modparam("a|b", "name", value)``."""
        return build.module_parameter(p[0], p[2], p[4], p[6], p[7])

    @rule("modparam_value : value")
    def modparam_value(self, p: Any) -> ast.Node:
        """A value; an address is text here."""
        value: ast.Node = p[0]
        return ast.Name(value.span, value.address) if isinstance(value, ast.Address) else value

    @rule("item : FLAGS flag_list")
    def flags(self, p: Any) -> ast.Item:
        """``flags A:1, B``."""
        return ast.FlagsDecl(p[0].span.to(p[1][-1][0].span), p[1], p[0].text == "avpflags")

    @rule("flag_list : flag", "flag_list : flag_list COMMA flag")
    def flag_list(self, p: Any) -> list[Any]:
        """The flags of a declaration."""
        return [p[0]] if len(p) == 1 else [*p[0], p[2]]

    @rule("flag : NAME", "flag : NAME COLON INT", "flag : STRING", "flag : STRING COLON INT")
    def flag(self, p: Any) -> tuple[ast.Name, int | None]:
        """A flag with its number, if it has one."""
        return build.name(p[0]), build.integer(p[2]).value if len(p) > 1 else None

    # --- values and addresses ------------------------------------------------------------------

    @rule("value : socket_part", "value : MINUS INT", "value : PV")
    def value(self, p: Any) -> ast.Node:
        """What a parameter is set to."""
        if len(p) == 2:
            number = build.integer(p[1])
            return ast.Int(p[0].span.to(number.span), -number.value)
        return p[0] if isinstance(p[0], ast.Node) else ast.Pv(p[0].span, p[0].text)

    @rule("sockets : socket", "sockets : sockets socket")
    def sockets(self, p: Any) -> list[ast.Listen]:
        """Addresses without separators."""
        return [p[0]] if len(p) == 1 else [*p[0], p[1]]

    @rule(
        "socket : socket_hosts",
        "socket : socket_hosts COLON socket_hosts",
        "socket : socket_hosts COLON socket_hosts COLON socket_hosts",
    )
    def socket_address(self, p: Any) -> ast.Listen:
        """``[protocol:]host[:port]``."""
        return build.socket([p[index] for index in range(0, len(p), 2)], self.diagnostics)

    @rule("socket_hosts : socket_part", "socket_hosts : LPAREN host_list RPAREN", "socket_hosts : STAR")
    def socket_hosts(self, p: Any) -> list[ast.Node]:
        """One host, or several in parentheses."""
        if len(p) == 3:
            hosts: list[ast.Node] = p[1]
            return hosts
        return [p[0] if isinstance(p[0], ast.Node) else build.name(p[0])]

    @rule("host_list : socket_part", "host_list : host_list COMMA socket_part")
    def host_list(self, p: Any) -> list[ast.Node]:
        """Hosts of one multi-homed socket."""
        return [p[0]] if len(p) == 1 else [*p[0], p[2]]

    @rule("socket_part : host", "socket_part : string", "socket_part : IPV6", "socket_part : LBRACK IPV6 RBRACK")
    def socket_part(self, p: Any) -> ast.Node:
        """A host, an address or a number."""
        if len(p) == 3:
            return ast.Address(p[0].span.to(p[2].span), p[1].text)
        if isinstance(p[0], list):
            return build.host(p[0])
        return p[0] if isinstance(p[0], ast.Node) else ast.Address(p[0].span, p[0].text)

    @rule("host : host_part", "host : host DOT host_part", "host : host MINUS host_part")
    def host(self, p: Any) -> list[Any]:
        """A name such as ``sip.example.org``, ``eth0`` or ``3com-2``: its parts."""
        return [p[0]] if len(p) == 1 else [*p[0], p[1], p[2]]

    @rule("host_part : NAME", "host_part : NUMNAME", "host_part : INT", "host_part : IPV4")
    def host_part(self, p: Any) -> Any:
        """A word of a host name."""
        return p[0]

    @rule("socket_options : socket_option", "socket_options : socket_options socket_option")
    def socket_options(self, p: Any) -> list[Any]:
        """What follows the addresses of ``listen``."""
        return [p[0]] if len(p) == 1 else [*p[0], p[1]]

    @rule("socket_option : ADVERTISE socket", "socket_option : SOCKNAME string", "socket_option : VIRTUAL")
    def socket_option(self, p: Any) -> tuple[str, Any]:
        """One option: its kind and its value."""
        return p[0].type, p[1] if len(p) > 1 else None

    @rule("string : STRING", "string : RAW")
    def string(self, p: Any) -> ast.Str:
        """A string."""
        return ast.Str(p[0].span, p[0].text, p[0].type == "RAW")

    # --- routes and statements -----------------------------------------------------------------

    @rule("item : ROUTE block")
    def unnamed_route(self, p: Any) -> ast.Item:
        """``request_route { ... }``."""
        return build.route(p[0], None, None, p[1], self.diagnostics)

    @rule("item : ROUTE LBRACK ROUTENAME RBRACK block")
    def named_route(self, p: Any) -> ast.Item:
        """``route[NAME] { ... }``."""
        return build.route(p[0], p[2], p[3], p[4], self.diagnostics)

    @rule("block : LBRACE statements RBRACE", "block : LBRACE RBRACE")
    def block(self, p: Any) -> ast.Block:
        """Statements in braces, at least one."""
        return build.block(p[0], p[1] if len(p) == 3 else [], p[len(p) - 1], self.diagnostics)

    @rule("statements : statement", "statements : statements statement")
    def statements(self, p: Any) -> list[ast.Statement]:
        """Statements in order."""
        if len(p) == 1:
            return [p[0]]
        p[0].append(p[1])
        statements: list[ast.Statement] = p[0]
        return statements

    @rule("statement : if_statement", "statement : other", "else_body : block", "else_body : other")
    def passed_on(self, p: Any) -> Any:
        """What stands for itself."""
        return p[0]

    @rule("body : block", "body : statement")
    def body(self, p: Any) -> ast.Block:
        """What a condition guards: a block, or one statement."""
        return build.as_block(p[0])

    @rule("if_statement : if_chain %prec WITHOUT_ELSE", "if_statement : if_chain ELSE else_body")
    def if_statement(self, p: Any) -> ast.If:
        """``if`` with its ``else``."""
        node: ast.If = p[0]
        if len(p) > 1:
            node.otherwise = build.as_block(p[2])
        return node

    @rule("if_chain : IF expression body", "if_chain : if_chain ELSE IF expression body")
    def if_chain(self, p: Any) -> ast.If:
        """``if``, and ``else if`` without end."""
        if len(p) == 3:
            return ast.If(p[0].span.to(p[1].span), [(p[1], p[2])])
        p[0].branches.append((p[3], p[4]))
        node: ast.If = p[0]
        return node

    @rule("other : WHILE expression body")
    def while_loop(self, p: Any) -> ast.Statement:
        """``while (condition) body``."""
        return ast.While(p[0].span.to(p[1].span), p[1], p[2])

    @rule("other : SWITCH expression LBRACE cases RBRACE", "other : SWITCH expression LBRACE RBRACE")
    def switch(self, p: Any) -> ast.Statement:
        """``switch (subject) { ... }``."""
        return build.switch(p[0], p[1], p[3] if len(p) == 5 else [], self.diagnostics)

    @rule("cases : case", "cases : cases case")
    def cases(self, p: Any) -> list[ast.Case]:
        """The labels of a switch."""
        if len(p) == 1:
            return [p[0]]
        p[0].append(p[1])
        cases: list[ast.Case] = p[0]
        return cases

    @rule("case : label", "case : label statements")
    def case(self, p: Any) -> ast.Case:
        """A label with its statements."""
        node: ast.Case = p[0]
        if len(p) == 2:
            node.body = ast.Block(p[1][0].span.to(p[1][-1].span), p[1])
        return node

    @rule("label : CASE expression COLON", "label : CASE SLASH string COLON", "label : DEFAULT COLON")
    def label(self, p: Any) -> ast.Case:
        """``case 1:``, ``case /"pattern":`` or ``default:``."""
        return build.label(p[0], p[len(p) - 2] if len(p) > 2 else None, p[len(p) - 1], is_regex=len(p) == 4)

    @rule("other : SEMI")
    def empty(self, p: Any) -> ast.Statement:
        """A lone ``;``."""
        return ast.Empty(p[0].span)

    @rule("other : call SEMI")
    def call_statement(self, p: Any) -> ast.Statement:
        """A call."""
        return ast.ExprStatement(p[0].span, p[0])

    @rule("other : NAME SEMI", "other : CORE SEMI")
    def word_statement(self, p: Any) -> ast.Statement:
        """A core action without parentheses."""
        return build.word_statement(p[0], self.diagnostics)

    @rule("other : PV EQ expression SEMI")
    def assignment(self, p: Any) -> ast.Statement:
        """``$var(x) = value``."""
        return ast.Assign(p[0].span.to(p[2].span), ast.Pv(p[0].span, p[0].text), p[1].text, p[2])

    @rule("other : NAME EQ expression SEMI", "other : CORE EQ expression SEMI", "other : SELECT EQ expression SEMI")
    def bad_assignment(self, p: Any) -> ast.Statement:
        """``uri = "..."``, which is no longer part of the language."""
        return build.bad_assignment(p[0], p[1], p[2], self.diagnostics)

    @rule("other : BREAK SEMI")
    def break_statement(self, p: Any) -> ast.Statement:
        """``break``."""
        return ast.Break(p[0].span)

    @rule("other : leave SEMI", "other : leave LPAREN RPAREN SEMI", "other : leave expression SEMI")
    def leave_statement(self, p: Any) -> ast.Statement:
        """``return``, ``exit`` or ``drop`` with the value that there may be."""
        return build.leave(p[0], None if isinstance(p[1], Token) else p[1])

    @rule("leave : RETURN", "leave : EXIT", "leave : DROP")
    def leave(self, p: Any) -> Any:
        """The keyword of a statement that ends the route or the script."""
        return p[0]

    # --- expressions ---------------------------------------------------------------------------

    @rule(
        "expression : expression OR expression",
        "expression : expression AND expression",
        "expression : expression BOR expression",
        "expression : expression BAND expression",
        "expression : expression BXOR expression",
        "expression : expression SHL expression",
        "expression : expression SHR expression",
        "expression : expression EQUALITY expression",
        "expression : expression RELATION expression",
        "expression : expression PLUS expression",
        "expression : expression MINUS expression",
        "expression : expression STAR expression",
        "expression : expression SLASH expression",
        "expression : expression MOD expression",
    )
    def binary(self, p: Any) -> ast.Expr:
        """A binary operation."""
        return build.binary(p[0], p[1], p[2])

    @rule("expression : CORE EQUALITY expression", "expression : CORE RELATION expression")
    def core_test(self, p: Any) -> ast.Expr:
        """``uri == myself``: binds like one operand, so that ``!uri == myself`` negates the test."""
        return build.binary(build.name(p[0]), p[1], build.test_operand(p[2]))

    @rule(
        "expression : NOT expression",
        "expression : BNOT expression",
        "expression : MINUS expression %prec UNARY",
        "expression : DEFINED expression",
    )
    def unary(self, p: Any) -> ast.Expr:
        """A prefix operator."""
        return build.unary(p[0], p[1])

    @rule("expression : CAST expression")
    def cast(self, p: Any) -> ast.Expr:
        """``(int)x``."""
        return ast.Cast(p[0].span.to(p[1].span), p[0].text[1:-1], p[1])

    @rule("expression : LPAREN expression RPAREN")
    def parentheses(self, p: Any) -> ast.Expr:
        """Parentheses leave no node."""
        expression: ast.Expr = p[1]
        return expression

    @rule("expression : string", "expression : call", "expression : address")
    def operand(self, p: Any) -> ast.Expr:
        """An operand that is a node already."""
        expression: ast.Expr = p[0]
        return expression

    @rule(
        "expression : INT",
        "expression : PV",
        "expression : SELECT",
        "expression : dotted",
        "expression : CORE %prec ALONE",
    )
    def terminal(self, p: Any) -> ast.Expr:
        """An operand of one word."""
        return build.terminal(p[0])

    @rule("dotted : NAME %prec ALONE", "dotted : dotted DOT NAME", "dotted : dotted DOT INT")
    def dotted(self, p: Any) -> Any:
        """A name, or a host name."""
        return p[0] if len(p) == 1 else build.joined(p[0], p[2])

    @rule(
        "address : IPV4 %prec ALONE",
        "address : IPV4 SLASH INT",
        "address : IPV4 SLASH IPV4",
        "address : IPV6 %prec ALONE",
        "address : IPV6 SLASH INT",
        "address : LBRACK IPV6 RBRACK %prec ALONE",
        "address : LBRACK IPV6 RBRACK SLASH INT",
    )
    def address(self, p: Any) -> ast.Expr:
        """An address or a network."""
        return build.address([p[index] for index in range(len(p))])

    @rule("call : NAME LPAREN RPAREN", "call : NAME LPAREN arguments RPAREN")
    def call(self, p: Any) -> ast.Expr:
        """A call."""
        return build.call(p[0], p[2] if len(p) == 4 else [], p[len(p) - 1])

    @rule("arguments : argument", "arguments : arguments COMMA argument")
    def arguments(self, p: Any) -> list[ast.Expr]:
        """The arguments of a call."""
        if len(p) == 1:
            return [p[0]]
        p[0].append(p[2])
        arguments: list[ast.Expr] = p[0]
        return arguments

    @rule(
        "argument : expression",
        "argument : expression COLON expression",
        "argument : expression COLON expression COLON expression",
    )
    def argument(self, p: Any) -> ast.Expr:
        """An expression, or an address such as ``udp:10.0.0.1:5060``, which becomes a name."""
        return build.argument([p[index] for index in range(0, len(p), 2)], self.diagnostics)
