"""What selects can reach: for each kind of value, its steps and how it is shown."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from kahea.modules.context import Run
from kahea.script.selectkinds import (
    ADDRESS,
    CONTACT,
    CREDENTIALS,
    URI,
    VIA,
    Getter,
    Kind,
    Step,
    address_steps,
    credentials,
    first_address,
    found,
    named,
    uri_of,
    uri_params,
    user_part,
    via_at,
    whole,
)
from kahea.sip.endpoints import LocalSocket
from kahea.sip.headers import NameAddr, parse_addresses
from kahea.sip.message import Message, Reply, Request
from kahea.sip.params import parse_params


def _request(run: Run) -> Request | None:
    return run.msg if isinstance(run.msg, Request) else None


def _reply(run: Run) -> Reply | None:
    return run.msg if isinstance(run.msg, Reply) else None


def _in_request(get: Getter) -> Getter:
    return lambda run: found(_request(run), get)


def _in_reply(get: Getter) -> Getter:
    return lambda run: found(_reply(run), get)


def _raw(msg: Message) -> str:
    return msg.buf.decode("utf-8", "surrogateescape")


def _body(msg: Message) -> str | None:
    return msg.body.decode("utf-8", "surrogateescape") or None


def _header_step(name: str) -> Step:
    """Return the step to a header; a dash in its name is written ``_``."""
    header = name.replace("_", "-")

    def get(run: Run, index: int | str | None) -> str | None:
        number = 1 if index is None else index
        if not isinstance(number, int) or number == 0:
            return None
        values = run.msg.header_values(header)
        place = number - 1 if number > 0 else number
        return values[place].rstrip(" \t") if -len(values) <= place < len(values) else None

    return Step(get, "header", takes_index=True)


def _header_address(value: str) -> NameAddr | None:
    found = parse_addresses([value])
    return found[0] if found else None


def _sdp_line(name: str) -> Step:
    def get(body: str) -> str | None:
        return next((line[2:] for line in body.splitlines() if line.startswith(f"{name}=")), None)

    return Step(get)


def _first_line(msg: Message) -> str:
    return msg.first_line.rstrip("\r")


_HEAD_REQUEST = {
    "method": Step(_in_request(lambda msg: msg.method)),
    "uri": Step(_in_request(lambda msg: uri_of(msg.uri)), "uri"),
    "version": Step(_in_request(lambda msg: msg.version)),
}
_HEAD_REPLY = {
    "version": Step(_in_reply(lambda msg: msg.version)),
    "status": Step(_in_reply(lambda msg: str(msg.status))),
    "code": Step(_in_reply(lambda msg: str(msg.status))),
    "reason": Step(_in_reply(lambda msg: msg.reason)),
}
_MESSAGE = Kind(
    {
        "first_line": Step(lambda run: _first_line(run.msg)),
        "flags": Step(lambda run: str(run.msg.flags)),
        "len": Step(lambda run: str(len(run.msg.buf))),
        "id": Step(lambda run: run.msg.id, "number"),
        "type": Step(lambda run: "1" if run.msg.is_request else "2"),
        "header": Step(lambda run: run, "headers"),
        "h": Step(lambda run: run, "headers"),
        "body": Step(lambda run: _body(run.msg), "body"),
        "content": Step(lambda run: _body(run.msg), "body"),
        "request": Step(lambda run: run if run.msg.is_request else None, "request"),
        "req": Step(lambda run: run if run.msg.is_request else None, "request"),
        "response": Step(lambda run: None if run.msg.is_request else run, "response"),
        "res": Step(lambda run: None if run.msg.is_request else run, "response"),
    },
    lambda run: _raw(run.msg),
)


def _peer(run: Run) -> tuple[str, int]:
    return run.msg.source.ip, run.msg.source.port


def _own(run: Run) -> LocalSocket:
    return run.msg.source.socket


def _ends(ip: Getter, port: Getter) -> dict[str, Step]:
    return {
        "ip": Step(ip),
        "port": Step(lambda run: str(port(run))),
        "ip_port": Step(lambda run: f"{ip(run)}:{port(run)}"),
    }


_SOURCE = Kind(_ends(lambda run: _peer(run)[0], lambda run: _peer(run)[1]))
_OWN_ENDS = _ends(lambda run: _own(run).ip, lambda run: _own(run).port)
_RECEIVED = Kind(
    {
        **_OWN_ENDS,
        "proto": Step(lambda run: _own(run).protocol),
        "proto_ip_port": Step(lambda run: f"{_own(run).protocol}:{_own(run).ip}:{_own(run).port}"),
    }
)


def _branches(run: Run) -> list[Any]:
    request = _request(run)
    return request.branches if request is not None else []


def _clock_text(convert: Callable[[float], time.struct_time]) -> Getter:
    return lambda now: time.strftime("%a %b %e %H:%M:%S %Y", convert(now))


KINDS: dict[str, Kind] = {
    "text": Kind(text=lambda value: value),
    "number": Kind({"hex": Step(lambda value: f"{value:x}")}, str),
    "uri": URI,
    "uri_params": Kind(text=uri_params, any_name=named(lambda uri: uri.params)),
    "address": ADDRESS,
    "route": Kind(address_steps(lambda address: address.display), lambda address: address.text),
    "address_params": Kind(any_name=named(lambda address: address.params)),
    "contact": Kind(CONTACT, lambda value: value),
    "via": VIA,
    "via_params": Kind(any_name=named(lambda via: via.params)),
    "credentials": CREDENTIALS,
    "username": Kind({"user": Step(user_part(0)), "domain": Step(user_part(2))}, lambda value: value),
    "cseq": Kind(
        {
            "num": Step(lambda run: found(run.msg.cseq, lambda cseq: str(cseq.number))),
            "method": Step(lambda run: found(run.msg.cseq, lambda cseq: cseq.method)),
        },
        whole("cseq"),
    ),
    "message": _MESSAGE,
    "headers": Kind(text=lambda run: "\n".join((*run.msg.index.lines, "")), any_name=_header_step),
    "header": Kind(
        {
            "nameaddr": Step(_header_address, "address"),
            "params": Step(lambda value: parse_params(value[value.find(";") :] if ";" in value else ""), "params"),
        },
        lambda value: value,
    ),
    "params": Kind(any_name=named(lambda params: params)),
    "body": Kind({"sdp": Step(lambda body: body, "sdp")}, lambda body: body),
    "sdp": Kind({"line": Step(lambda body: body, "sdp_line")}, lambda body: body),
    "sdp_line": Kind(any_name=_sdp_line),
    "request": Kind(_HEAD_REQUEST, lambda run: _raw(run.msg)),
    "response": Kind(_HEAD_REPLY, lambda run: _raw(run.msg)),
    "src": _SOURCE,
    "dst": Kind(_OWN_ENDS),
    "received": _RECEIVED,
    "sys": Kind(
        {
            "pid": Step(lambda _: str(os.getpid())),
            "server_id": Step(lambda run: str(run.core.settings.server_id)),
            "unique": Step(lambda run: f"{os.getpid():x}-{run.msg.id:x}-{run.core.tag_seed[:4].hex()}"),
            "now": Step(lambda run: run.core.clock.time(), "time"),
        }
    ),
    "time": Kind(
        {"gmt": Step(_clock_text(time.gmtime)), "local": Step(_clock_text(time.localtime))}, lambda now: str(int(now))
    ),
    "branch": Kind(
        {
            "count": Step(lambda run: str(len(_branches(run)))),
            "uri": Step(lambda run: uri_of(_branches(run)[0].uri) if _branches(run) else None, "uri"),
            "dst_uri": Step(lambda run: uri_of(_branches(run)[0].dst_uri) if _branches(run) else None, "uri"),
        }
    ),
}
"""All kinds by name."""

_TEXT_HEADERS = """
call_id expires max_forwards content_type content_length subject organization priority session_expires min_se user_agent
sip_if_match date identity identity_info
""".split()  # noqa: SIM905

ROOT = Kind(
    {
        "ruri": Step(_in_request(lambda msg: msg.parsed_uri), "uri"),
        "request_uri": Step(_in_request(lambda msg: msg.parsed_uri), "uri"),
        "dst_uri": Step(_in_request(lambda msg: uri_of(msg.dst_uri)), "uri"),
        "next_hop": Step(_in_request(lambda msg: uri_of(msg.dst_uri) or msg.parsed_uri), "uri"),
        **dict.fromkeys(("from", "f"), Step(lambda run: run.msg.from_, "address")),
        **dict.fromkeys(("to", "t"), Step(lambda run: run.msg.to, "address")),
        "refer_to": Step(first_address("refer-to"), "address"),
        **dict.fromkeys(("remote_party_id", "rpid"), Step(first_address("remote-party-id"), "address")),
        **dict.fromkeys(("contact", "m"), Step(whole("contact"), "contact")),
        **dict.fromkeys(("via", "v"), Step(via_at, "via", takes_index=True)),
        **dict.fromkeys(("record_route", "rr"), Step(whole("record-route"), "record_route")),
        "event": Step(lambda run: found(run.msg.header("event"), lambda value: value.partition(";")[0].strip())),
        "cseq": Step(lambda run: run, "cseq"),
        **dict.fromkeys(("msg", "message"), Step(lambda run: run, "message")),
        "method": _HEAD_REQUEST["method"],
        "version": Step(lambda run: run.msg.version),
        "status": _HEAD_REPLY["status"],
        "code": _HEAD_REPLY["code"],
        "reason": _HEAD_REPLY["reason"],
        "authorization": Step(credentials("authorization"), "credentials", takes_index=True),
        "proxy_authorization": Step(credentials("proxy-authorization"), "credentials", takes_index=True),
        **{name: Step(lambda run: run, name) for name in ("src", "dst", "received", "sys", "branch")},
        **{name: Step(whole(name.replace("_", "-"))) for name in _TEXT_HEADERS},
    }
)
"""What a select may begin with."""

KINDS["record_route"] = Kind(
    {
        name: Step(
            lambda value, step=step: found(_header_address(value), step.get),
            step.kind,
        )
        for name, step in KINDS["route"].steps.items()
        if name != "tag"
    },
    lambda value: value,
)
