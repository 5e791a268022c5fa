"""All that a module may import from Kahea.

A module in thirty lines::

    from kahea.api import Int, Module, Params, Request, function

    class HelloParams(Params):
        greeting: str = "hello"

    class Hello(Module[HelloParams]):
        '''Greets.'''

        @function()
        def hello(self, msg: Request, times: Int) -> bool:
            '''Log the greeting *times* times.'''
            for _ in range(times):
                self.core.log.info(self.params.greeting, self.name)
            return True
"""

from kahea.cfg.pv import PvSpec
from kahea.logs import LEVEL_NAMES, Level, Logger
from kahea.modules.binding import Access, Binder
from kahea.modules.callsite import CallSite
from kahea.modules.context import Run, Sending, Value
from kahea.modules.core import Clock, Core, Counters, Services, Timer, Timers, Transport
from kahea.modules.declare import (
    EventRoute,
    Function,
    PseudoVariable,
    Result,
    Transformation,
    Waits,
    function,
    pvar,
    pvar_syntax,
    rpc,
    transformation,
)
from kahea.modules.hookspecs import hookimpl
from kahea.modules.kinds import (
    Format,
    Int,
    IntKind,
    Kind,
    Mode,
    NullableText,
    Pv,
    PvHandle,
    RawText,
    Regex,
    RegexKind,
    RouteNameKind,
    StatusCode,
    Text,
    Var,
)
from kahea.modules.module import Module, NoParams, Params
from kahea.modules.posix import compile_posix
from kahea.modules.resolver import Candidate, Candidates, Naptr, Resolver, Srv
from kahea.modules.routes import Route
from kahea.modules.rpc import Rpc, RpcError, Scope
from kahea.modules.runtime import ParameterValue, PendingChange, RuntimeParameters
from kahea.modules.scripts import Outcome, Routes, Values
from kahea.modules.services import ReplyService, TransactionService
from kahea.modules.settings import Settings
from kahea.modules.tables import Table, Tables
from kahea.modules.workers import Workers
from kahea.modules.xavps import Xavp, XavpList
from kahea.script.forwarding import build_for, forward, forward_to_uri, next_hop, sending_socket
from kahea.sip.branches import Branch, OutgoingBranch, append_branch, remove_branch
from kahea.sip.build import (
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    build_via,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.edits import EditList
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.headers import STAR, Contact, CSeq, NameAddr, Via, parse_addresses, parse_name_addr
from kahea.sip.message import Message, Reply, Request, SipParseError, allocate_slot, parse_message
from kahea.sip.names import header_key
from kahea.sip.params import find_param, split_commas
from kahea.sip.redirects import contact_line
from kahea.sip.sending import SendOptions
from kahea.sip.tags import TagMaker
from kahea.sip.uri import Uri, UriError, parse_uri

__all__ = [
    "LEVEL_NAMES",
    "STAR",
    "Access",
    "Binder",
    "Branch",
    "CSeq",
    "CallSite",
    "Candidate",
    "Candidates",
    "Clock",
    "Contact",
    "Core",
    "Counters",
    "Destination",
    "EditList",
    "EventRoute",
    "Format",
    "Function",
    "Int",
    "IntKind",
    "Kind",
    "Level",
    "LocalSocket",
    "Logger",
    "Message",
    "Mode",
    "Module",
    "NameAddr",
    "Naptr",
    "NoParams",
    "NullableText",
    "Outcome",
    "OutgoingBranch",
    "ParameterValue",
    "Params",
    "PendingChange",
    "PseudoVariable",
    "Pv",
    "PvHandle",
    "PvSpec",
    "RawText",
    "Regex",
    "RegexKind",
    "Reply",
    "ReplyService",
    "Request",
    "Resolver",
    "Result",
    "Route",
    "RouteNameKind",
    "Routes",
    "Rpc",
    "RpcError",
    "Run",
    "RuntimeParameters",
    "Scope",
    "SendOptions",
    "Sending",
    "Services",
    "Settings",
    "SipParseError",
    "Source",
    "Srv",
    "StatusCode",
    "Table",
    "Tables",
    "TagMaker",
    "Text",
    "Timer",
    "Timers",
    "TransactionService",
    "Transformation",
    "Transport",
    "Uri",
    "UriError",
    "Value",
    "Values",
    "Var",
    "Via",
    "Waits",
    "Workers",
    "Xavp",
    "XavpList",
    "allocate_slot",
    "append_branch",
    "build_for",
    "build_forwarded_reply",
    "build_forwarded_request",
    "build_reply",
    "build_via",
    "compile_posix",
    "contact_line",
    "find_param",
    "forward",
    "forward_to_uri",
    "forwarded_reply_destination",
    "function",
    "header_key",
    "hookimpl",
    "next_hop",
    "parse_addresses",
    "parse_message",
    "parse_name_addr",
    "parse_uri",
    "pvar",
    "pvar_syntax",
    "remove_branch",
    "reply_destination",
    "rpc",
    "sending_socket",
    "split_commas",
    "status_line",
    "transformation",
]
