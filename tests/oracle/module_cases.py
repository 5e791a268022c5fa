"""Calls of module functions whose effects are compared with the real server's: log lines and messages sent."""

from __future__ import annotations

from tests.oracle.cfgutils_cases import CFGUTILS
from tests.oracle.corex_cases import COREX
from tests.oracle.ipops_cases import IPOPS
from tests.oracle.kex_cases import KEX
from tests.oracle.maxfwd_cases import MAXFWD
from tests.oracle.module_case import Case
from tests.oracle.pv_cases import PV
from tests.oracle.sanity_cases import SANITY
from tests.oracle.sl_cases import SL
from tests.oracle.textopsx_cases import TEXTOPSX

MODULES = ("sl", "pv", "xlog", "textops", "textopsx", "maxfwd", "sanity", "ipops", "cfgutils", "kex", "corex")
"""Loaded on both servers."""

PARAMETERS = """
modparam("sanity", "proxy_require", "path, timer")
modparam("cfgutils", "lock_set_size", 4)
"""
"""The ``modparam`` lines of both."""


CASES: dict[str, Case] = {**MAXFWD, **TEXTOPSX, **SANITY, **IPOPS, **CFGUTILS, **KEX, **COREX, **PV, **SL}

ROUTES = """
route[ZERO] { return 0; }
route[NAMED] { xlog("L_NOTICE", "in NAMED with $var(n)\\n"); return 7; }
route[NEGATIVE] { return -3; }
route[ENDS] { xlog("L_NOTICE", "in ENDS\\n"); exit; }
"""
"""Routes that the cases use."""


def configuration() -> str:
    """Return one configuration with all cases."""
    blocks = [f"route[CASE_{name}] {{\n{case.script}\n}}\n" for name, case in CASES.items() if not case.status]
    dispatch = "\n".join(
        f'    case "{name}": route(CASE_{name}); break;' for name, case in CASES.items() if not case.status
    )
    replies = "\n".join(
        f'    if ($hdr(X-Case) == "{name}") {{\n{case.script}\n}}' for name, case in CASES.items() if case.status
    )
    loaded = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
    return f"""
debug=1
log_stderror=yes
children=1
server_header="Server: test"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
{loaded}
{PARAMETERS}
request_route {{
    if ($rU =~ "^marker-") {{ xlog("L_NOTICE", "$rU\\n"); sl_send_reply("200", "Marker"); exit; }}
    switch ($hdr(X-Case)) {{
{dispatch}
    default: exit;
    }}
}}
reply_route {{
    ;
{replies}
}}
{ROUTES}
{"".join(blocks)}
"""
