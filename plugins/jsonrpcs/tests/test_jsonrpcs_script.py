"""The module in a server; answers were seen with Kamailio 5.6.3 unless said otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import HttpService, Message
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_jsonrpcs import Jsonrpcs

KaheaServer = Callable[..., ServerUnderTest]

SHOW = 'test_log("$rc|$jsonrpl(code)|$jsonrpl(text)|$jsonrpl(body)");'


class TestContract(ModuleContract):
    """What every module promises."""

    module = Jsonrpcs


def executed(make: KaheaServer, document: str, pretty: int = 0) -> list[str]:
    """Code of the function, code, text and body of the answer."""
    server = make(
        f'loadmodule "jsonrpcs.so"\nmodparam("jsonrpcs", "pretty_format", {pretty})\n'
        f"request_route {{ jsonrpc_exec('{document}'); {SHOW} }}"
    )
    server.receive(request("OPTIONS"))
    return server.logged("ERROR")[-1].split("|", 3)


def call(method: str, params: Any = None, number: Any = 1) -> str:
    """A request."""
    content = {"jsonrpc": "2.0", "method": method, "id": number}
    return json.dumps(content if params is None else {**content, "params": params})


def test_a_command_of_the_script(kahea_server: KaheaServer) -> None:
    """Code, text and document of the answer are pseudo-variables."""
    expected = ["1", "200", "OK", '{"jsonrpc":"2.0","result":["a",5],"id":1}']

    assert executed(kahea_server, call("jsonrpc.echo", ["a", 5])) == expected
    assert executed(kahea_server, call("jsonrpc.echo", {"any": "a", "name": "5"})) == expected


def test_lines_are_indented(kahea_server: KaheaServer) -> None:
    """The parameter pretty_format chooses."""
    assert executed(kahea_server, call("jsonrpc.echo", [7], "x"), 1)[3] == (
        '{\n\t"jsonrpc":\t"2.0",\n\t"result":\t["7"],\n\t"id":\t"x"\n}'
    )


def test_an_unknown_command(kahea_server: KaheaServer) -> None:
    """It is an answer, and not a failure of the function."""
    assert executed(kahea_server, call("nope")) == [
        *("1", "500", "Method Not Found"),
        '{"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":1}',
    ]


def test_a_command_that_fails(kahea_server: KaheaServer) -> None:
    """Its code is that of the answer."""
    assert executed(kahea_server, call("system.methodHelp")) == [
        *("1", "400", "Method Name Expected"),
        '{"jsonrpc":"2.0","error":{"code":400,"message":"Method Name Expected"},"id":1}',
    ]


@pytest.mark.parametrize(
    "document",
    [
        '{"method": "jsonrpc.echo", "id": 1}',
        '{"jsonrpc": "2.0", "id": 1}',
        call("jsonrpc.echo", "x"),
        call("jsonrpc.echo").replace("2.0", "1.0"),
    ],
)
def test_a_request_that_is_none(kahea_server: KaheaServer, document: str) -> None:
    """It is refused with the code of JSON-RPC 2.0."""
    code, http, text, body = executed(kahea_server, document)

    assert (code, http, text) == ("1", "500", "Invalid Request")
    assert json.loads(body)["error"]["code"] == -32600


def test_no_json(kahea_server: KaheaServer) -> None:
    """The function fails, and there is no answer."""
    assert executed(kahea_server, "hello") == ["-1", "0", "<null>", "<null>"]


def test_without_id(kahea_server: KaheaServer) -> None:
    """An answer is made all the same, as by the real server."""
    assert executed(kahea_server, '{"jsonrpc": "2.0", "method": "jsonrpc.echo"}')[3] == '{"jsonrpc":"2.0","result":[]}'


def test_a_batch(kahea_server: KaheaServer) -> None:
    """An array of requests is answered by an array (JSON-RPC 2.0, section 6); the real server cannot."""
    body = executed(kahea_server, f"[{call('jsonrpc.echo', ['a'])}, {call('nope', number=2)}]")[3]

    assert [answer.get("result", answer.get("error")) for answer in json.loads(body)] == [
        ["a"],
        {"code": 500, "message": "Method Not Found"},
    ]


def test_the_answer_is_forgotten_with_the_message(kahea_server: KaheaServer) -> None:
    """Another message begins without one."""
    server = kahea_server(
        f'loadmodule "jsonrpcs.so"\nrequest_route {{ if (method == "INFO") jsonrpc_exec(\'{call("nope")}\'); {SHOW} }}'
    )
    server.receive(request("INFO"))
    server.receive(request("OPTIONS"))

    assert server.logged("ERROR")[-1].split("|")[1:] == ["0", "<null>", "<null>"]


def test_an_unknown_part_of_the_answer(kahea_server: KaheaServer) -> None:
    """It is an error when the file is read."""
    with pytest.raises(ConfigError):
        kahea_server('loadmodule "jsonrpcs.so"\nrequest_route { $var(x) = $jsonrpl(reason); }')


class Http:
    """An HTTP module."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, str, str, bytes]] = []

    def is_http(self, msg: Message) -> bool:
        """Take MESSAGE for HTTP."""
        return msg.method == "MESSAGE"

    def reply(self, msg: Message, code: int, reason: str, content_type: str, body: bytes) -> bool:
        """Keep an answer."""
        self.replies.append((code, reason, content_type, body))
        return True


DISPATCH = """
loadmodule "jsonrpcs.so"
modparam("jsonrpcs", "transport", 1)
modparam("jsonrpcs", "pretty_format", 0)
request_route { jsonrpc_dispatch(); test_log("$rc"); }
"""


def test_http_requests_are_answered_by_the_http_module(kahea_server: KaheaServer) -> None:
    """The status is the error code of the command; what is no HTTP is passed over."""
    server = kahea_server(DISPATCH)
    http = Http()
    server.engine.services.provide(HttpService, http)
    server.loader.child_init(server.engine, housekeeper=True)

    for document in (call("jsonrpc.echo", ["a"]), call("nope"), "hello"):
        server.receive(request("MESSAGE", body=document.encode()))
    server.receive(request("OPTIONS", body=call("nope").encode()))

    assert [(code, reason) for code, reason, _, _ in http.replies] == [
        (200, "OK"),
        (500, "Method Not Found"),
        (500, "Parse Error"),
    ]
    assert http.replies[0][2:] == ("application/json", b'{"jsonrpc":"2.0","result":["a"],"id":1}')
    assert server.logged("ERROR") == ["1"] * 4


def test_without_an_http_module(kahea_server: KaheaServer) -> None:
    """The function fails and says what to load."""
    server = kahea_server(DISPATCH)
    server.receive(request("MESSAGE", body=call("nope").encode()))

    told, result = server.logged("ERROR")
    assert "xhttp" in told
    assert result == "-1"


@pytest.mark.parametrize(
    ("name", "value"), [("dgram_socket", '"udp:127.0.0.1"'), ("tcp_socket", '"/tmp/x"'), ("transport", "16")]
)
def test_a_wrong_parameter_is_refused(kahea_server: KaheaServer, name: str, value: str) -> None:
    """Addresses and numbers are looked at when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "jsonrpcs.so"\nmodparam("jsonrpcs", "{name}", {value})\nrequest_route {{ exit; }}')

    assert [found.code for found in caught.value.diagnostics] == ["bad-param"]
