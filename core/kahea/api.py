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
from kahea.modules.connections import (
    ClosedConnection,
    ClosedReports,
    CloseReason,
    Connections,
    ConnectionState,
    KeepAliveTimes,
)
from kahea.modules.context import Received, Run, Sending, Value
from kahea.modules.core import Clock, Core, Services, Timer, Timers, Transport
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
from kahea.modules.errors import (
    InternalError,
    error_reply,
    is_answered_later,
    note_error,
    note_later_answer,
    noted_error,
)
from kahea.modules.hashes import core_hash
from kahea.modules.hookspecs import hookimpl
from kahea.modules.identifiers import UniqueIds
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
from kahea.modules.listeners import (
    DatagramHandler,
    FifoHandler,
    Listener,
    Listeners,
    ListenKind,
    ListenOn,
    StreamHandler,
    group_number,
    user_number,
)
from kahea.modules.location import (
    ALL_METHODS,
    LocationContact,
    LocationDomain,
    LocationEvent,
    LocationFullError,
    LocationRecord,
    LocationService,
    OutOfOrderError,
    RepeatedError,
)
from kahea.modules.module import RUNTIME, Module, NoParams, Params
from kahea.modules.posix import compile_posix
from kahea.modules.presented import KAMAILIO_VERSION
from kahea.modules.resolver import Candidate, Candidates, Naptr, Resolver, Srv, srv_by_weight
from kahea.modules.routes import Route
from kahea.modules.rpc import Rpc, RpcError, RpcService, Scope
from kahea.modules.runtime import ParameterValue, PendingChange, RuntimeParameters
from kahea.modules.scriptflags import script_flags, set_script_flags
from kahea.modules.scripts import Outcome, Routes, Values
from kahea.modules.services import (
    BranchView,
    HttpService,
    LocalRequest,
    LocalRequestService,
    RecordRouteService,
    ReplyService,
    TransactionObserver,
    TransactionService,
    TransactionView,
)
from kahea.modules.settings import Settings
from kahea.modules.statistics import Counter, Counters, Statistics
from kahea.modules.tables import Table, Tables
from kahea.modules.workers import Workers
from kahea.modules.xavps import Xavp, XavpList
from kahea.net.localfiles import write_reply_fifo
from kahea.script.forwarding import build_for, forward, forward_to_uri, next_hop, sending_socket
from kahea.sip.branches import Branch, OutgoingBranch, append_branch, remove_branch
from kahea.sip.build import (
    apply_changes,
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    build_via,
    changed_bytes,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.edits import EditList
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.faked import faked_request, is_faked
from kahea.sip.headers import STAR, Contact, CSeq, HeaderField, NameAddr, Via, parse_addresses, parse_name_addr
from kahea.sip.message import Message, Reply, Request, SipParseError, allocate_slot, parse_message
from kahea.sip.names import header_key
from kahea.sip.ownaddress import received_address, sending_address, transport_of
from kahea.sip.params import find_param, parse_params, split_commas
from kahea.sip.places import Place, find_socket, named_socket, parse_place
from kahea.sip.reasons import reason_of
from kahea.sip.redirects import contact_line
from kahea.sip.sending import SendOptions
from kahea.sip.tags import TagMaker
from kahea.sip.uri import Uri, UriError, parse_uri

__all__ = [
    "ALL_METHODS",
    "KAMAILIO_VERSION",
    "LEVEL_NAMES",
    "RUNTIME",
    "STAR",
    "Access",
    "Binder",
    "Branch",
    "BranchView",
    "CSeq",
    "CallSite",
    "Candidate",
    "Candidates",
    "Clock",
    "CloseReason",
    "ClosedConnection",
    "ClosedReports",
    "ConnectionState",
    "Connections",
    "Contact",
    "Core",
    "Counter",
    "Counters",
    "DatagramHandler",
    "Destination",
    "EditList",
    "EventRoute",
    "FifoHandler",
    "Format",
    "Function",
    "HeaderField",
    "HttpService",
    "Int",
    "IntKind",
    "InternalError",
    "KeepAliveTimes",
    "Kind",
    "Level",
    "ListenKind",
    "ListenOn",
    "Listener",
    "Listeners",
    "LocalRequest",
    "LocalRequestService",
    "LocalSocket",
    "LocationContact",
    "LocationDomain",
    "LocationEvent",
    "LocationFullError",
    "LocationRecord",
    "LocationService",
    "Logger",
    "Message",
    "Mode",
    "Module",
    "NameAddr",
    "Naptr",
    "NoParams",
    "NullableText",
    "OutOfOrderError",
    "Outcome",
    "OutgoingBranch",
    "ParameterValue",
    "Params",
    "PendingChange",
    "Place",
    "PseudoVariable",
    "Pv",
    "PvHandle",
    "PvSpec",
    "RawText",
    "Received",
    "RecordRouteService",
    "Regex",
    "RegexKind",
    "RepeatedError",
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
    "RpcService",
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
    "Statistics",
    "StatusCode",
    "StreamHandler",
    "Table",
    "Tables",
    "TagMaker",
    "Text",
    "Timer",
    "Timers",
    "TransactionObserver",
    "TransactionService",
    "TransactionView",
    "Transformation",
    "Transport",
    "UniqueIds",
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
    "apply_changes",
    "build_for",
    "build_forwarded_reply",
    "build_forwarded_request",
    "build_reply",
    "build_via",
    "changed_bytes",
    "compile_posix",
    "contact_line",
    "core_hash",
    "error_reply",
    "faked_request",
    "find_param",
    "find_socket",
    "forward",
    "forward_to_uri",
    "forwarded_reply_destination",
    "function",
    "group_number",
    "header_key",
    "hookimpl",
    "is_answered_later",
    "is_faked",
    "named_socket",
    "next_hop",
    "note_error",
    "note_later_answer",
    "noted_error",
    "parse_addresses",
    "parse_message",
    "parse_name_addr",
    "parse_params",
    "parse_place",
    "parse_uri",
    "pvar",
    "pvar_syntax",
    "reason_of",
    "received_address",
    "remove_branch",
    "reply_destination",
    "rpc",
    "script_flags",
    "sending_address",
    "sending_socket",
    "set_script_flags",
    "split_commas",
    "srv_by_weight",
    "status_line",
    "transformation",
    "transport_of",
    "user_number",
    "write_reply_fifo",
]
