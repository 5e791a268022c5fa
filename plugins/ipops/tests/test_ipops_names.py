"""Functions of ipops that ask name servers, which are in memory; codes and keys as in Kamailio's source."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ServerUnderTest, request
from kahea_ipops.queries import Path, parse_path

Make = Callable[..., ServerUnderTest]

ZONE = """
    host.example IN A 192.0.2.1
    host.example IN A 192.0.2.2
    host.example IN AAAA 2001:db8::1
    1.2.0.192.in-addr.arpa IN PTR Host.example
    _sip._udp.example IN SRV 20 0 5072 b.example
    _sip._udp.example IN SRV 10 0 5071 a.example
    example IN NAPTR 20 5 "s" "SIP+D2U" "" _sip._udp.example
    example IN NAPTR 10 7 "u" "E2U+sip" "!^.*$!sip:x@example!" .
"""


def logged(kahea_server: Make, script: str) -> list[str]:
    """Return what a script logs."""
    text = f'loadmodule "ipops.so"\nrequest_route {{ {script} }}'
    server = kahea_server(text, dns=ZONE)
    server.receive(request())
    return server.logged("ERROR")


def says(call: str, *values: str) -> str:
    """Return a script that logs the code of a call and some values."""
    return f'{call}; test_log("$rc");' + "".join(f'test_log("{value}");' for value in values)


def test_dns_query_shows_the_addresses(kahea_server: Make) -> None:
    """$dns shows number, kinds, the name that was asked for, and each address, from the front or from the end."""
    keys = ("count", "hostname", "ipv4", "ipv6", "addr", "addr[1]", "type[1]", "addr[-1]", "type[-1]", "addr[3]")
    script = says('dns_query("host.example", "x")', *(f"$dns(x=>{key})" for key in keys))

    assert logged(kahea_server, script) == [
        *("1", "3", "host.example", "1", "1", "192.0.2.1"),
        *("192.0.2.2", "4", "2001:db8::1", "6", "<null>"),
    ]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('dns_query("nowhere.example", "x")', "-4"),
        (f'dns_query("{"a" * 256}", "x")', "-2"),
        ('ptr_query("192.0.2.9", "x")', "-6"),
        ('ptr_query("[::1]", "x")', "-5"),
        ('ptr_query("name", "x")', "-4"),
        (f'ptr_query("{"1" * 47}", "x")', "-2"),
        ('srv_query("", "x")', "-2"),
        ('naptr_query("", "x")', "-2"),
        ('dns_int_match_ip("host.example", "192.0.2.2")', "1"),
        ('dns_int_match_ip("host.example", "192.0.2.3")', "-1"),
        ('dns_int_match_ip("host.example", "name")', "-3"),
        ('dns_int_match_ip("nowhere.example", "192.0.2.3")', "-4"),
    ],
)
def test_codes_tell_what_is_wrong(kahea_server: Make, call: str, code: str) -> None:
    """What is too long, no address, or not found has a code of its own."""
    assert logged(kahea_server, says(call)) == [code]


def test_ptr_query_shows_the_name(kahea_server: Make) -> None:
    """$ptrquery shows the name of an address, and the address."""
    keys = ("hostname", "count", "addr", "type", "ipv4", "ipv6")
    script = says('ptr_query("192.0.2.1", "x")', *(f"$ptrquery(x=>{key})" for key in keys))

    assert logged(kahea_server, script) == ["1", "Host.example", "1", "192.0.2.1", "4", "1", "0"]


def test_srv_query_shows_the_records(kahea_server: Make) -> None:
    """$srvquery shows the records by priority; a pseudo-variable may be the index."""
    keys = ("count", "target[0]", "port[0]", "priority[0]", "weight[0]", "target[-1]", "target[2]")
    script = says('srv_query("_sip._udp.example", "x")', *(f"$srvquery(x=>{key})" for key in keys))

    assert logged(kahea_server, script) == ["1", "2", "a.example", "5071", "10", "0", "b.example", "<null>"]


def test_naptr_query_shows_the_records(kahea_server: Make) -> None:
    """$naptrquery shows the records by order."""
    keys = ("count", "order[0]", "pref[0]", "flags[0]", "services[0]", "regex[0]", "replace[0]", "replace[1]")
    script = says('naptr_query("example", "x")', *(f"$naptrquery(x=>{key})" for key in keys))

    assert logged(kahea_server, script) == [
        *("1", "2", "10", "7", "u", "E2U+sip", "!^.*$!sip:x@example!", "", "_sip._udp.example"),
    ]


def test_results_are_the_messages_own(kahea_server: Make) -> None:
    """A result has its name, and is gone with the message; a query that fails leaves none behind."""
    script = 'if (method == "INFO") { dns_query("host.example", "x"); dns_query("nowhere.example", "y"); }'
    text = f'loadmodule "ipops.so"\nrequest_route {{ {script} test_log("$dns(x=>count) $dns(y=>count)"); }}'
    server = kahea_server(text, dns=ZONE)

    server.receive(request("INFO"))
    server.receive(request())

    assert server.logged("ERROR") == ["3 <null>", "<null> <null>"]


def test_a_lifetime_of_its_own(kahea_server: Make) -> None:
    """dns_set_local_ttl() decides how long what is looked up from then on is kept."""
    script = 'if (method == "INFO") dns_set_local_ttl("1000"); else dns_query("host.example", "x");'
    server = kahea_server(f'loadmodule "ipops.so"\nrequest_route {{ {script} }}', dns=ZONE)
    server.receive(request("INFO"))
    server.receive(request())
    asked = len(server.names.queries)
    server.advance(999)
    server.receive(request())

    assert len(server.names.queries) == asked


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("x=>count", Path("x", "count", 0)),
        (" x => port [ -12 ] ", Path("x", "port", -12)),
        ("x=>port[$var(i)]", Path("x", "port", "$var(i)")),
    ],
)
def test_names_of_values_are_taken_apart(text: str, path: Path) -> None:
    """A value is named by result, key and index; blanks do not matter."""
    assert parse_path(text, ("count", "port"), ("port",)) == path


@pytest.mark.parametrize(
    "variable", ["$dns(x)", "$dns(x=>name)", "$srvquery(x=>port)", "$srvquery(x=>port[one])", "$dns"]
)
def test_a_wrong_name_is_a_mistake_of_the_file(kahea_server: Make, variable: str) -> None:
    """An unknown key, and an index that is missing or none, are found when the file is read."""
    with pytest.raises(ConfigError):
        logged(kahea_server, f'test_log("{variable}");')
