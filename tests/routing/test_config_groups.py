"""Instances of groups of custom parameters, as the real Kamailio 5.6.3 was seen to treat them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ServerUnderTest, request

KaheaServer = Callable[..., ServerUnderTest]

HEAD = """loadmodule "pv.so"
g.x = "a" desc "text"
g.y = 1
g[1].x = "b"
g[2].y = 7
g[1].x = "c"
h.x = "h"
route[SHOW] { test_log("$sel(cfg_get.g.x) $sel(cfg_get.g.y)"); }
"""


def logged(kahea_server: KaheaServer, script: str) -> list[str]:
    """Return what a script logs; `show()` logs both parameters."""
    server = kahea_server(HEAD + "request_route { " + script.replace("show()", "route(SHOW)") + " exit; }")
    server.receive(request("OPTIONS"))
    first = server.logged("ERROR")
    server.receive(request("OPTIONS", headers=[("Call-ID", "another")]))
    assert server.logged("ERROR") == first * 2
    return first


def test_an_instance_is_selected_for_a_message(kahea_server: KaheaServer) -> None:
    """An instance has what it sets, and for the rest what the group sets; the next message begins anew."""
    script = (
        'show(); cfg_select("g", 1); show(); $var(i) = 2; cfg_select("g", $var(i)); show(); cfg_reset("g"); show();'
    )
    assert logged(kahea_server, script) == ["a 1", "c 1", "a 7", "a 1"]


def test_an_instance_that_does_not_exist(kahea_server: KaheaServer) -> None:
    """The selection stays as it is; so does that of other groups."""
    script = (
        'cfg_select("g", 1); if (!cfg_select("g", 3)) test_log("no"); cfg_reset("h"); if (@cfg_get.g.x == "c") show();'
    )
    assert logged(kahea_server, script) == ["no", "c 1"]


@pytest.mark.parametrize("call", ['cfg_select("gg", 1)', 'cfg_reset("gg")'])
def test_a_group_that_does_not_exist(kahea_server: KaheaServer, call: str) -> None:
    """It is an error in the file, as for the real server."""
    with pytest.raises(ConfigError, match="no group `gg`"):
        kahea_server(HEAD + "request_route { route(SHOW); " + call + "; }")


def test_an_instance_of_a_parameter_that_the_group_does_not_have(kahea_server: KaheaServer) -> None:
    """It is an error in the file; the real server does not start."""
    with pytest.raises(ConfigError, match=r"g\[1\]\.q"):
        kahea_server(HEAD + "g[1].q = 1\nrequest_route { route(SHOW); }")


def test_flags_of_avps(kahea_server: KaheaServer) -> None:
    """Names of flags of AVPs may be declared; what would use them is refused with what to do instead."""
    kahea_server("avpflags trace, other;\nrequest_route { exit; }")
    with pytest.raises(ConfigError, match="setavpflag"):
        kahea_server('avpflags trace;\nrequest_route { setavpflag("x", trace); }')
