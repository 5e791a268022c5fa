"""xlog in a configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, request
from kahea.testing.server import ConfigError

Make = Callable[..., ServerUnderTest]


def run(make: Make, body: str, head: str = "") -> list[str]:
    """Run statements for one OPTIONS and return the lines in the log."""
    server = make(f'debug=3\nlog_stderror=yes\nloadmodule "xlog.so"\n{head}\nrequest_route {{\n{body}\n}}')
    server.receive(request("OPTIONS", "sip:test@127.0.0.1"))
    return [line for line in server.log if not line.startswith("DEBUG: <core>")]


def test_arities(kahea_server: Make) -> None:
    """xlog takes a text, a level and a text, or a facility, a level and a text."""
    lines = run(kahea_server, r'xlog("one\n"); xlog("L_INFO", "two\n"); xlog("LOG_LOCAL3", "L_WARN", "three\n");')
    assert lines == ["ERROR: <script>: one", "INFO: <script>: two", "WARNING: <script>: three"]


def test_debug(kahea_server: Make) -> None:
    """Lines above debug are not written; the result is true all the same (observed on 5.6.3)."""
    lines = run(kahea_server, r'if (xdbg("hidden\n")) { xinfo("shown\n"); }', "debug=2")
    assert lines == ["INFO: <script>: shown"]


def test_colors(kahea_server: Make) -> None:
    """$C(xy) stands in texts (observed on 5.6.3)."""
    assert run(kahea_server, r'xlog("$C(rx)red$C(xx)\n");') == ["ERROR: <script>: \033[0;31;49mred\033[0;39;49m"]


def test_parameters(kahea_server: Make) -> None:
    """The prefix comes from its parameter."""
    assert run(kahea_server, r'xlog("a\n");', 'modparam("xlog", "prefix", "-p: ")') == ["ERROR: -p: a"]


@pytest.mark.parametrize(
    ("call", "place", "text"),
    [
        ('xlog("INFO", "x");', '"INFO"', "unknown log level"),
        ('xlog("local3", "L_INFO", "x");', '"local3"', "unknown syslog facility"),
        ('xlog("$C(qq)");', "$C(qq)", "is no colour"),
    ],
)
def test_errors(kahea_server: Make, call: str, place: str, text: str) -> None:
    """A wrong word is reported at its place when the file is read."""
    with pytest.raises(ConfigError) as caught:
        run(kahea_server, call)
    [found] = caught.value.diagnostics
    assert text in found.message
    assert found.span is not None
    assert found.span.text == place


PLACES = """
loadmodule "xlog.so"
{params}
debug=3
request_route {{
    xlogl("L_NOTICE", "level\\n");
    xlogl("default\\n");
    xlogl("LOG_LOCAL0", "L_WARN", "facility\\n");
    xdbgl("debug\\n");
    xnotice("plain\\n");
}}
"""


@pytest.mark.parametrize(
    ("params", "prefix", "place"),
    [
        ("", "<script>: ", ""),
        ('modparam("xlog", "long_format", 1)', "<script>: ", "edge.cfg:"),
        ('modparam("xlog", "prefix", "P $rm: ")', "P $rm: ", ""),
    ],
)
def test_the_place_of_a_call(kahea_server: Make, params: str, prefix: str, place: str) -> None:
    """Xlogl and xdbgl tell their line, with long_format their file too (observed on 5.6.3)."""
    server = kahea_server(PLACES.format(params=params), path="edge.cfg")

    server.receive(request())

    assert server.log == [
        f"NOTICE: {prefix}{place}6:level",
        f"ERROR: {prefix}{place}7:default",
        f"WARNING: {prefix}{place}8:facility",
        f"DEBUG: {prefix}{place}9:debug",
        f"NOTICE: {prefix}plain",
    ]


def test_a_prefix_that_is_a_format(kahea_server: Make) -> None:
    """With prefix_mode the prefix is evaluated for each line (observed on 5.6.3), and in all functions."""
    pytest.importorskip("kahea_pv")
    params = 'modparam("xlog", "prefix_mode", 1)\nmodparam("xlog", "prefix", "P $rm: ")'
    server = kahea_server('loadmodule "pv.so"\n' + PLACES.format(params=params))

    server.receive(request("INFO"))

    assert server.log[0] == "NOTICE: P INFO: 8:level"
    assert server.log[-1] == "NOTICE: P INFO: plain"


def test_a_mistake_in_the_prefix(kahea_server: Make) -> None:
    """A prefix that is no format string is refused at its modparam, but only if it is one."""
    params = 'modparam("xlog", "prefix", "$nonsense: ")'
    kahea_server(PLACES.format(params=params))
    params += '\nmodparam("xlog", "prefix_mode", 1)'

    with pytest.raises(ConfigError) as caught:
        kahea_server(PLACES.format(params=params))

    [found] = caught.value.diagnostics
    assert found.code == "unknown-pseudo-variable"
    assert found.span is not None
    assert found.span.line == 3


def test_colours_of_levels(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """log_colors gives levels other colours, written as for $C(xy)."""
    server = kahea_server(
        'loadmodule "xlog.so"\nmodparam("xlog", "log_colors", "L_ERR=cr; L_WARN=Px")\nrequest_route { exit; }'
    )
    assert server.engine.log.colours == {-1: "\033[0;36;41m", 0: "\033[1;35;49m"}
    with pytest.raises(ConfigError):
        kahea_server('loadmodule "xlog.so"\nmodparam("xlog", "log_colors", "L_ERR=q")\nrequest_route { exit; }')
