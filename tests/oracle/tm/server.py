"""Run cases against a server: the real one or Kahea, each profile of parameters in a process of its own."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bench.configs import Listen, free_port
from bench.servers import Program, Server, ServerError
from tests.oracle.tm.case import Case, Outcome
from tests.oracle.tm.play import Stage
from tests.oracle.tm.profiles import PROFILES, Profile

#: Calls at the same time: most of a call's time is waiting.
CALLS = 24

_LINE = re.compile(r"NOTICE: (?:\{[^}]*\} )?<script>: ([a-z0-9_]+)\| (.*)$")

_ACCOUNTED = re.compile(r"(?:NOTICE|INFO|WARNING): (?:\{[^}]*\} )?acc(?: \[[^]]*\]: acc_log_request\(\))?: (ACC: .*)$")
_ACCOUNTED_CALL = re.compile(r";call_id=([a-z0-9_]+)")
_TIMES = re.compile(r"(?<= timestamp=)\d+|(?<=;whenever=)[-0-9.: ]+|(?<=;microseconds=)\d+")
# where the request has none, the real server writes the tag of ours that it wrote last, of whatever call
_OUR_TAG = re.compile(r"(?<=;to_tag=)(?:[^;]{40,}|)(?=;)")

_ERROR = re.compile(r"server\.cfg:(\d+):\d+: error: (.*)")

#: Begins the blocks of a case.
_BEGINNING = "# case "

_CONFIGURATION = """#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
server_header="Server: server"
user_agent_header="User-Agent: server"
{globals}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
{loads}
{parameters}
request_route {{
    if ($ci == $null || !($ci =~ "^[a-z0-9_]+([.][a-z0-9]+)?$")) {{ sl_send_reply("200", "OK"); exit; }}
    $var(case) = $(ci{{s.select,0,.}});
    route($var(case));
    exit;
}}
{routes}
{blocks}
"""


def configuration(profile: Profile, stages: Mapping[str, Stage], server: int, dead: int) -> str:
    """Return one configuration with all cases of a profile."""
    blocks = "".join(
        f"{_BEGINNING}{name}\n{stage.case.blocks(name, stage.ports, server, dead)}\n" for name, stage in stages.items()
    )
    return _CONFIGURATION.format(
        globals="\n".join(profile.settings),
        loads="\n".join(f'loadmodule "{module}.so"' for module in profile.modules),
        parameters="\n".join(f'modparam("{module}", "{name}", {value})' for module, name, value in profile.parameters),
        routes=profile.routes,
        blocks=blocks,
    )


def run(program: Program, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    """Run cases and return what came of each.

    Raises:
        ServerError: a server did not start or did not end; the text ends with its log.
    """
    by_profile: dict[str, dict[str, Case]] = {}
    for name, case in cases.items():
        by_profile.setdefault(case.profile, {})[name] = case
    found: dict[str, Outcome] = {}
    with ThreadPoolExecutor(len(by_profile)) as servers:
        for one in servers.map(lambda name: _run_profile(program, PROFILES[name], by_profile[name]), by_profile):
            found |= one
    return {name: found[name] for name in cases}


def _accounted(line: str) -> re.Match[str] | None:
    """Return case and text of a line that acc wrote, without times and tags of ours."""
    found = _ACCOUNTED.search(line)
    call = _ACCOUNTED_CALL.search(line)
    if found is None or call is None:
        return None
    text = _OUR_TAG.sub("OURS", _TIMES.sub(lambda time: re.sub("[0-9]+", "N", time[0]), found[1]))
    return re.match(r"(?s)(\w+)\|(.*)", f"{call[1]}|{text}")


def _run_profile(program: Program, profile: Profile, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    """Run the cases that the server takes; what it says about the others is their outcome."""
    refused: dict[str, Outcome] = {}
    while True:
        taken = {name: case for name, case in cases.items() if name not in refused}
        if not taken:
            return refused
        try:
            return _run_together(program, profile, taken) | refused
        except RefusedError as error:
            if error.module:
                profile = replace(profile, modules=tuple(name for name in profile.modules if name != error.module))
            refused |= {name: Outcome(stuck=f"refused: {text}") for name, text in error.cases.items()}
        except ServerError as error:
            if "Address already in use" not in str(error):  # another program was quicker
                raise


class RefusedError(Exception):
    """The server does not take a configuration.

    Args:
        cases: the cases whose lines it names, and what it says.
        module: one that it has not.
    """

    def __init__(self, cases: Mapping[str, str], module: str) -> None:
        super().__init__(cases, module)
        self.cases, self.module = cases, module


def _refusal(log: str, configuration: str) -> RefusedError | None:
    """Return whom the errors in the log of a server that did not start are about, or None if that cannot be said."""
    lines = configuration.splitlines()
    every = [line.removeprefix(_BEGINNING) for line in lines if line.startswith(_BEGINNING)]
    cases: dict[str, str] = {}
    for number, text in _ERROR.findall(log):
        before = lines[: int(number)]
        module = re.match(r'loadmodule "(\w+)', before[-1])
        if module:
            return RefusedError({}, module[1])
        names = [line.removeprefix(_BEGINNING) for line in before if line.startswith(_BEGINNING)]
        for name in names[-1:] or every:
            cases.setdefault(name, text)
    return RefusedError(cases, "") if cases else None


def _run_together(program: Program, profile: Profile, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    stages = {name: Stage(name, case) for name, case in cases.items()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody, tempfile.TemporaryDirectory() as folder:
        nobody.bind(("127.0.0.1", 0))
        port, dead = free_port(), nobody.getsockname()[1]
        text = configuration(profile, stages, port, dead)
        listens = [Listen("udp", "127.0.0.1", port), Listen("tcp", "127.0.0.1", port)]
        server = Server(program, text, listens, Path(folder))
        try:
            try:
                server.start()
            except ServerError as error:
                raise _refusal(server.log(), server.config_file.read_text(errors="replace")) or error from None
            try:
                with ThreadPoolExecutor(CALLS) as pool:
                    runs = {name: pool.submit(stage.perform, port) for name, stage in stages.items()}
                    found = {name: one.result() for name, one in runs.items()}
            finally:
                server.stop()
            for line in server.log().splitlines():
                logged = _LINE.search(line) or _accounted(line)
                if logged is not None and logged[1] in found:
                    found[logged[1]].log.append(stages[logged[1]].without_ports(logged[2], port))
        finally:
            for stage in stages.values():
                stage.close()
    return found
