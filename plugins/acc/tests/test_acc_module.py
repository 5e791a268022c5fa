"""Accounting through a server without sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest
from kahea_acc import Acc


@pytest.fixture(autouse=True)
def transactions(request: pytest.FixtureRequest) -> None:
    """Skip what sends something where tm is not installed."""
    if request.cls is None:
        pytest.importorskip("kahea_tm")


LOADS = 'loadmodule "pv"\nloadmodule "sl"\nloadmodule "tm"\nloadmodule "acc"\n'

SCRIPT = """
debug=1
%s
modparam("acc", "log_flag", 1)
modparam("acc", "log_missed_flag", 2)
modparam("acc", "failed_transaction_flag", 3)
%s
request_route {
    setflag(1);
    setflag(2);
    setflag(3);
    %s
}
"""

INVITE = """INVITE sip:bob@127.0.0.1:6000 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKabc;rport
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 INVITE
Max-Forwards: 70
Content-Length: 0

"""

StartServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """The module is what modules are."""

    module = Acc
    needs = ("tm",)


def lines(server: ServerUnderTest) -> list[str]:
    """Return the lines of acc, without their times."""
    found = [line for line in server.log if "ACC: " in line]
    return [
        line.partition("ACC: ")[2].replace(f"timestamp={int(server.clock.time())}", "timestamp=NOW") for line in found
    ]


def test_a_missed_call_tells_the_tag_of_our_reply(kahea_server: StartServer) -> None:
    """A reply that the server made has a To-tag that the request has not."""
    server = kahea_server(SCRIPT % (LOADS, "", 't_newtran(); t_reply("404", "Nobody");'))
    (reply,) = server.receive(INVITE)
    assert reply.message.to is not None
    tag = reply.message.to.tag

    assert lines(server) == [
        f"call missed: timestamp=NOW;method=INVITE;from_tag=1;to_tag={tag};call_id=call-1;code=404;reason=Not Found",
        f"transaction answered: timestamp=NOW;method=INVITE;from_tag=1;to_tag={tag};call_id=call-1;code=404;"
        "reason=Not Found",
    ]


def test_nothing_is_written_above_the_log_level(kahea_server: StartServer) -> None:
    """Lines whose level is above debug are left out."""
    level = 'modparam("acc", "log_level", 2)'
    server = kahea_server(SCRIPT % (LOADS, level, 't_newtran(); t_reply("404", "Nobody"); acc_log_request("404 x");'))
    server.receive(INVITE)

    assert lines(server) == []


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ('"log_extra", "a=$nonsense"', "unknown pseudo-variable `$nonsense`"),
        ('"log_extra", "a"', 'write name=$pseudo_variable in place of "a"'),
        ('"log_extra", "a=$ru b=$rd"', 'write a semicolon in place of " b=$rd"'),
        ('"multi_leg_info", "a=$ru"', "write a=$avp(NAME)"),
        ('"failed_filter", "404,200"', "write status codes from 300 to 999"),
        ('"log_facility", "LOG_NOTHING"', 'unknown syslog facility "LOG_NOTHING"'),
        ('"log_flag", 32', "<= 31"),
    ],
)
def test_a_wrong_parameter_is_refused(setting: str, text: str, kahea_server: StartServer) -> None:
    """What a parameter cannot mean is a mistake in the file."""
    with pytest.raises(ConfigError) as error:
        kahea_server(SCRIPT % (LOADS, f'modparam("acc", {setting})', "exit;"))
    assert text in str(error.value)


def test_the_module_tm_is_needed(kahea_server: StartServer) -> None:
    """Without transactions there is nothing to account."""
    with pytest.raises(Exception, match="needs the module tm"):
        kahea_server('loadmodule "acc"\nrequest_route { exit; }')
    with pytest.raises(Exception, match="needs the module rr"):
        kahea_server(SCRIPT % (LOADS, 'modparam("acc", "detect_direction", 1)', "exit;"))
