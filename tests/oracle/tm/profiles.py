"""Parameters of the servers that the cases of transactions run on."""

from __future__ import annotations

from dataclasses import dataclass

_MODULES = ("tm", "sl", "tmx", "pv", "xlog", "textops", "textopsx", "kex", "corex", "siputils", "cfgutils", "maxfwd")

#: Shorter than the defaults, so that no case takes long.
_TIMERS = (("tm", "fr_timer", "3000"), ("tm", "fr_inv_timer", "5000"), ("tm", "wt_timer", "2000"))


@dataclass(frozen=True)
class Profile:
    """What a server is configured with, apart from the routes of the cases."""

    parameters: tuple[tuple[str, str, str], ...] = ()
    modules: tuple[str, ...] = _MODULES
    settings: tuple[str, ...] = ()
    routes: str = ""


def tm(**values: int | str) -> tuple[tuple[str, str, str], ...]:
    """Return the timers and these parameters of tm."""
    own = tuple(("tm", name, f'"{value}"' if isinstance(value, str) else str(value)) for name, value in values.items())
    return (*_TIMERS, *own)


_REPLY_ROUTE = """
reply_route {
    if ($ci =~ "^reply_route_") { xlog("L_NOTICE", "$ci| reply_route $rs\\n"); }
    if ($ci =~ "^reply_route_drop" && $rs == 180) { drop; }
}
event_route[tm:local-request] { xlog("L_NOTICE", "$tU| local request $rm $ru\\n"); append_hf("X-Local: yes\\r\\n"); }
event_route[tm:local-response] { xlog("L_NOTICE", "$tU| local response $rs\\n"); }
"""

_ACC = (
    ("acc", "log_flag", "1"),
    ("acc", "log_missed_flag", "2"),
    ("acc", "failed_transaction_flag", "3"),
    ("acc", "acc_prepare_flag", "5"),
)


def acc(*modules: str, **values: int | str) -> Profile:
    """Return a profile with acc, its flags, further modules and these parameters of it."""
    own = tuple(("acc", name, f'"{value}"' if isinstance(value, str) else str(value)) for name, value in values.items())
    return Profile(parameters=(*tm(), *_ACC, *own), modules=(*_MODULES, *modules, "acc"))


PROFILES: dict[str, Profile] = {
    "acc": acc(),
    "acc_all": acc(
        early_media=1,
        report_ack=1,
        report_cancels=1,
        failed_filter="404,480",
        reason_from_hf=1,
        log_extra="user=$rU;ruri=$ru;to = $tU; ua=$hdr(User-Agent);ip=$si;avp=$avp(one);n=$(avp(two));len=$ml",
        multi_leg_info="src=$avp(src);dst=$avp(dst)",
    ),
    "acc_direction": acc("rr", detect_direction=1, log_extra="user=$fU"),
    "acc_time_1": acc(time_mode=1, time_attr="whenever", time_exten="microseconds", log_level=0),
    "acc_time_2": acc(time_mode=2, time_attr="whenever"),
    "acc_time_3": acc(time_mode=3, time_attr="whenever", time_format="%H:%M:%S"),
    "acc_time_4": acc(time_mode=4, time_attr="whenever", acc_prepare_always=1),
    "default": Profile(parameters=tm(), routes=_REPLY_ROUTE),
    "contacts": Profile(parameters=tm(contacts_avp="tm_contacts", contact_flows_avp="tm_contact_flows")),
    "onsend": Profile(
        parameters=tm(),
        routes="""
        onsend_route {
            xlog("L_NOTICE", "$ci| sends $mt $rm to $snd(proto) from $snd(ip)\\n");
            if ($ci =~ "^onsend_drops") { drop; }
        }
        """,
    ),
    "parameters": Profile(
        parameters=tm(
            auto_inv_100_reason="Trying hard",
            relay_100=1,
            disable_6xx_block=1,
            remap_503_500=0,
            aggregate_challenges=0,
            e2e_cancel_reason=0,
            local_cancel_reason=0,
            ac_extra_hdrs="X-Extra",
            pass_provisional_replies=1,
            fr_timer_avp="$avp(fr)",
            fr_inv_timer_avp="$avp(fr_inv)",
        )
    ),
    "rr": Profile(parameters=tm(), modules=(*_MODULES, "rr")),
    "cancel_b_method_0": Profile(
        parameters=tm(
            cancel_b_method=0,
            unmatched_cancel=2,
            failure_reply_mode=0,
            faked_reply_prio=2000,
            restart_fr_on_each_reply=0,
            default_code=488,
            default_reason="Own default",
        )
    ),
    "cancel_b_method_2": Profile(parameters=tm(cancel_b_method=2, unmatched_cancel=1)),
}
