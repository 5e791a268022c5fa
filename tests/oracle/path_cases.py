# ruff: noqa: E501
"""Path beside the real server."""

from __future__ import annotations

from tests.oracle.rr_cases import dialog, show
from tests.oracle.scenarios import Group, Scenario

TO_TCP = "sip:127.0.0.1:@SINK@;transport=tcp"
TO_IPV6 = "sip:[::1]:@SINK@"
BEHIND = (("Supported", "path"), ("Path", "<sip:10.0.0.1;lr>"), ("X-Between", "1"), ("Path", "<sip:10.0.0.2;lr>"))


def adding(
    *calls: str, uri: str = "sip:127.0.0.1:@SINK@", headers: tuple[tuple[str, str], ...] = (), arrives: str = "udp"
) -> Scenario:
    """Return a scenario that adds Path and sends the request on."""
    return Scenario(f"{show(*calls)} forward();", uri, "REGISTER", headers, arrives)


def following(param: str, **more: str) -> Scenario:
    """Return a scenario in which a request comes back by our Path."""
    route = f"<sip:127.0.0.1:@PORT@;lr;{param}>"
    return Scenario(
        'loose_route(); xlog("L_NOTICE", "$rc [$du]\\n");',
        "sip:bob@10.0.0.1",
        headers=dialog(route, to_tag=""),
        sends=0,
        **more,
    )


ADDING: dict[str, Scenario] = {
    "plain": adding("add_path()"),
    "behind_others": adding("add_path()", headers=BEHIND),
    "user": adding('add_path("me")'),
    "user_and_params": adding('add_path("$fU", "a=$rm;b")', headers=BEHIND),
    "empty_user": adding('add_path("", "ob")'),
    "received": adding("add_path_received()"),
    "received_user": adding('add_path_received("me")'),
    "received_user_and_params": adding('add_path_received("me", "ob")'),
    "received_tcp": adding("add_path_received()", arrives="tcp"),
    "received_ipv6": adding("add_path_received()", arrives="udp6", uri=TO_IPV6),
    "to_tcp": adding("add_path()", uri=TO_TCP),
    "from_tcp": adding("add_path_received()", uri=TO_TCP, arrives="tcp"),
    "to_ipv6": adding("add_path()", uri=TO_IPV6),
    "twice": adding("add_path()", 'add_path("two")'),
    "twice_behind": adding("add_path()", 'add_path("two")', headers=BEHIND),
    "advertised": adding('set_advertised_address("sip.example.com"); add_path()'),
    "with_others": adding('append_hf("X-One: 1\\r\\n"); add_path(); append_hf("X-Two: 2\\r\\n")'),
}  # fmt: skip

FOLLOWING: dict[str, Scenario] = {
    "received": following("received=sip:10.0.0.9:5090"),
    "received_transport": following("received=sip:10.0.0.9:5090%3Btransport%3Dtcp;ob"),
    "received_ipv6": following("received=sip:[2001:db8::1]:5090"),
    "received_broken_escape": following("received=sip:10.0.0.9%3"),
    "received_bad_escape": following("received=sip:10.0.0.9%zz"),
    "received_control_character": following("received=sip:10.0.0.9%0d"),
    "received_empty": following("received="),
    "none": following("x=1"),
    "next_hop": Scenario('loose_route(); xlog("L_NOTICE", "$rc [$du]\\n");', "sip:bob@10.0.0.1", headers=dialog("<sip:127.0.0.1:@PORT@;lr;received=sip:10.0.0.9>, <sip:10.0.0.2;lr>", to_tag=""), sends=0),
}  # fmt: skip

PATH: dict[str, Group] = {
    "adding": Group(("rr", "path"), "", ADDING),
    "following": Group(("rr", "path"), 'modparam("path", "use_received", 1)', FOLLOWING),
    "double": Group(("path",), 'modparam("path", "enable_r2", 1)\nmodparam("path", "received_format", 1)', ADDING),
    "compact": Group(
        ("rr", "path"),
        'modparam("path", "use_received", 1)\nmodparam("path", "received_format", 1)',
        {
            "udp": following("received=10.0.0.9~5090~1"),
            "tcp": following("received=10.0.0.9~5090~2"),
            "ipv6": following("received=[2001:db8::1]~5090~3"),
            "no_protocol": following("received=10.0.0.9~5090~"),
            "unknown_protocol": following("received=10.0.0.9~5090~9"),
        },
    ),
}
