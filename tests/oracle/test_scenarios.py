"""Modules that change how messages are sent on, beside the real Kamailio: the same log lines, the same bytes sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.oracle.htable_cases import HTABLE
from tests.oracle.path_cases import PATH
from tests.oracle.rr_cases import RR
from tests.oracle.scenarios import Group, Kahea, Outcome, Ports, new_ports, observe

pytestmark = pytest.mark.oracle

GROUPS: dict[str, Group] = {
    f"{module}-{name}": group
    for module, groups in {"rr": RR, "path": PATH, "htable": HTABLE}.items()
    for name, group in groups.items()
}

_PORTS: dict[str, Ports] = {}


def _ports(group: str) -> Ports:
    return _PORTS.setdefault(group, new_ports())


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Outcome]]:
    """What the real server does in the scenarios of a group."""
    known: dict[str, dict[str, Outcome]] = {}

    def of(group: str) -> dict[str, Outcome]:
        if group not in known:
            known[group] = observe(GROUPS[group], _ports(group), tmp_path_factory.mktemp("kamailio"))
        return known[group]

    return of


@pytest.fixture(scope="module")
def kahea() -> Iterator[Callable[[str], Kahea]]:
    """Kahea on the configuration of a group."""
    servers: dict[str, Kahea] = {}

    def of(group: str) -> Kahea:
        if group not in servers:
            servers[group] = Kahea(GROUPS[group], _ports(group))
        return servers[group]

    yield of
    for one in servers.values():
        one.server.stop()


@pytest.mark.parametrize(("group", "name"), [(group, name) for group, one in GROUPS.items() for name in one.scenarios])
def test_the_same_as_kamailio(
    group: str,
    name: str,
    observed: Callable[[str], dict[str, Outcome]],
    kahea: Callable[[str], Kahea],
    request: pytest.FixtureRequest,
) -> None:
    """A script logs and sends what it does on the real server."""
    scenario = GROUPS[group].scenarios[name]
    if scenario.differs:
        request.applymarker(pytest.mark.xfail(reason=scenario.differs, strict=True))

    outcome = kahea(group).run(name, scenario)

    expected = observed(group)[name]
    assert outcome.lines == expected.lines
    assert outcome.sent == expected.sent
