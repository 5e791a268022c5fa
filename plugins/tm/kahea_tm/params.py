"""Parameters of the module ``tm``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from kahea.api import RUNTIME, Params
from msgspec import Meta


def _flag(text: str) -> Meta:
    return Meta(description=text, ge=0, le=1)


def _switch(text: str) -> Meta:
    """Describe a flag that may be changed while the server runs."""
    return Meta(description=text, ge=0, le=1, extra=RUNTIME)


class TmParams(Params):
    """Parameters of the module ``tm``."""

    fr_timer: Annotated[
        int,
        Meta(
            extra=RUNTIME,
            description="Milliseconds until a request without a reply, or a negative reply without ACK, is given up.",
            ge=1,
        ),
    ] = 30000
    fr_inv_timer: Annotated[
        int,
        Meta(extra=RUNTIME, description="Milliseconds until an INVITE that has a provisional reply is given up.", ge=1),
    ] = 120000
    wt_timer: Annotated[
        int, Meta(extra=RUNTIME, description="Milliseconds that a finished transaction absorbs late messages.", ge=1)
    ] = 5000
    retr_timer1: Annotated[
        int, Meta(extra=RUNTIME, description="Milliseconds to the first retransmission; RFC 3261's T1.", ge=1)
    ] = 500
    retr_timer2: Annotated[
        int, Meta(extra=RUNTIME, description="Milliseconds between retransmissions at most; RFC 3261's T2.", ge=1)
    ] = 4000
    max_inv_lifetime: Annotated[
        int,
        Meta(
            extra=RUNTIME,
            description="Milliseconds that an INVITE transaction lives at most, whatever the other timers say.",
            ge=1,
        ),
    ] = 180000
    max_noninv_lifetime: Annotated[
        int, Meta(extra=RUNTIME, description="Milliseconds that another transaction lives at most.", ge=1)
    ] = 32000
    noisy_ctimer: Annotated[
        int, _switch("With 0, an INVITE to one destination that never replied is forgotten without a 408.")
    ] = 1
    restart_fr_on_each_reply: Annotated[
        int, _switch("With 0, `fr_inv_timer` starts again only for a provisional reply with a higher code than before.")
    ] = 1
    auto_inv_100: Annotated[int, _switch("Answer an INVITE 100 before it is sent on.")] = 1
    auto_inv_100_reason: Annotated[str, Meta(extra=RUNTIME, description="Reason phrase of that 100.", min_length=1)] = (
        "trying -- your call is important to us"
    )
    default_code: Annotated[
        int,
        Meta(
            extra=RUNTIME, description="Status code of replies whose code is no number from 100 to 699.", ge=100, le=699
        ),
    ] = 500
    default_reason: Annotated[
        str, Meta(extra=RUNTIME, description="Reason phrase of replies without one.", min_length=1)
    ] = "Server Internal Error"
    reply_408_code: Annotated[int, Meta(description="Status code that stands for a time-out.", ge=300, le=699)] = 408
    reply_408_reason: Annotated[str, Meta(description="Reason phrase of that reply.", min_length=1)] = "Request Timeout"
    remap_503_500: Annotated[int, _flag("Send a 503 of a branch to the caller as 500 (RFC 3261 16.7).")] = 1
    aggregate_challenges: Annotated[
        int, _switch("Put the challenges of all branches into one 401 or 407 (RFC 3261 16.7).")
    ] = 1
    disable_6xx_block: Annotated[int, _switch("A 6xx ends its branch only, and not the others.")] = 0
    cancel_b_method: Annotated[
        int,
        Meta(
            extra=RUNTIME,
            description="What to do with a branch to be cancelled that has not replied: 0 make up a 487 at once, "
            "1 wait for its time-out or cancel it when it replies, 2 send the CANCEL regardless.",
            ge=0,
            le=2,
        ),
    ] = 1
    reparse_invite: Annotated[
        int,
        _switch(
            "Build CANCEL and the ACK to a negative reply from the INVITE that was sent, not from the one received."
        ),
    ] = 1
    ac_extra_hdrs: Annotated[
        str, Meta(extra=RUNTIME, description="Headers whose names begin so are copied to CANCEL and ACK too.")
    ] = ""
    local_cancel_reason: Annotated[int, _switch("Say in our own CANCELs why (RFC 3326).")] = 1
    e2e_cancel_reason: Annotated[int, _switch("Copy the Reason of the caller's CANCEL to ours.")] = 1
    e2e_cancel_hop_by_hop: Annotated[int, _flag("Cancel branches with CANCELs of our own (RFC 3261 16.10).")] = 1
    unmatched_cancel: Annotated[
        int,
        Meta(
            extra=RUNTIME,
            description="A CANCEL without a transaction is 0 sent on statefully, 1 statelessly, 2 dropped.",
            ge=0,
            le=2,
        ),
    ] = 0
    relay_100: Annotated[int, _switch("Send a 100 of a branch on, as a stateless proxy.")] = 0
    pass_provisional_replies: Annotated[int, _switch("Tell modules of provisional replies to our own requests.")] = 0
    faked_reply_prio: Annotated[
        int, Meta(description="Added to the priority of replies that we make up when the best one is chosen.")
    ] = 0
    failure_reply_mode: Annotated[
        int,
        Meta(
            description="Replies that are forgotten after failure_route: 0 none, 1 all, 2 of the last step, "
            "3 all if branches were added.",
            ge=0,
            le=3,
        ),
    ] = 3
    failure_exec_mode: Annotated[int, _flag("Run failure_route also when a branch could not be sent.")] = 0
    reply_relay_mode: Annotated[
        int, _flag("With 0, a 2xx after the final reply takes its place for repeated requests.")
    ] = 1
    delayed_reply: Annotated[
        int, _flag("Tell the caller of a failed `t_relay` only at the end of the script, unless that has replied.")
    ] = 1
    ruri_matching: Annotated[int, _switch("Compare the Request-URI where a client's branch does not tell.")] = 1
    via1_matching: Annotated[int, _switch("Compare the top Via where a client's branch does not tell.")] = 1
    callid_matching: Annotated[int, _switch("Compare the Call-ID too.")] = 0
    callid_cseq_matching: Annotated[
        int, _switch("Compare Call-ID and CSeq instead of a digest; no effect: they are compared.")
    ] = 0
    reply_matching: Annotated[int, Meta(description="How replies are matched; no effect: by the branch.")] = 1
    fr_timer_avp: Annotated[
        str, Meta(description="An AVP whose value is `fr_timer` in seconds for the transaction.")
    ] = ""
    fr_inv_timer_avp: Annotated[
        str, Meta(description="An AVP whose value is `fr_inv_timer` in seconds for the transaction.")
    ] = ""
    contacts_avp: Annotated[str, Meta(description="Name of the XAVP in which `t_load_contacts` keeps branches.")] = ""
    contact_flows_avp: Annotated[str, Meta(description="Name of the XAVP for further flows of a contact.")] = ""
    xavp_contact: Annotated[str, Meta(description="Name of the XAVP with a contact's attributes.")] = ""
    on_sl_reply: Annotated[
        str, Meta(description="Name of the onreply_route that runs for replies without a transaction.")
    ] = ""
    failover_reply_codes: Annotated[
        str, Meta(description="Further status codes after which the next address of a destination is tried.")
    ] = ""
    reparse_on_dns_failover: Annotated[int, _switch("Build the message anew for a further address; always done.")] = 1
    dns_reuse_rcv_socket: Annotated[
        int, _flag("Send to a further address from the socket that the request came to.")
    ] = 0
    enable_uac_fr: Annotated[int, _switch("Set `fr_timer` for our own requests.")] = 0
    local_ack_mode: Annotated[
        int,
        Meta(
            extra=RUNTIME,
            description="Where the ACK to a 2xx of our own INVITE goes: 0 as RFC 3261 says, 1 where the INVITE went, "
            "2 where the 2xx came from.",
            ge=0,
            le=2,
        ),
    ] = 0
    local_ack_branch_mode: Annotated[int, _flag("That ACK has the branch of its INVITE.")] = 0
    headers_mode: Annotated[int, Meta(description="Bits: 1 copy the headers of the caller's CANCEL to ours.")] = 0
    evlreq_mode: Annotated[
        int, Meta(description="Bits: `tm:local-request` runs also for 1 ACKs, 2 CANCELs that we make for a branch.")
    ] = 0
    rich_redirect: Annotated[
        int,
        Meta(
            description="What the contacts of a 3xx tell besides their URIs: 1 branch flags, 2 the path, 3 both.",
            ge=0,
            le=3,
        ),
    ] = 0
    exec_time_check: Annotated[int, Meta(description="No effect: a route that takes long holds nothing up.")] = 5000
    blst_503: Annotated[int, _switch("No effect: destinations that failed are not remembered.")] = 0
    blst_503_def_timeout: Annotated[int, Meta(extra=RUNTIME, description="No effect, as `blst_503`.")] = 0
    blst_503_min_timeout: Annotated[int, Meta(extra=RUNTIME, description="No effect, as `blst_503`.")] = 0
    blst_503_max_timeout: Annotated[int, Meta(extra=RUNTIME, description="No effect, as `blst_503`.")] = 3600
    blst_methods_add: Annotated[int, Meta(extra=RUNTIME, description="No effect, as `blst_503`.")] = 1
    blst_methods_lookup: Annotated[int, Meta(extra=RUNTIME, description="No effect, as `blst_503`.")] = -9
    unix_tx_timeout: Annotated[
        int,
        Meta(extra=RUNTIME, description="Milliseconds that `t_write_unix` may take; no effect: it never waits.", ge=1),
    ] = 500
    tw_append: Annotated[
        list[str], Meta(description="What `t_write_req` and `t_write_unix` add: `name:title=avp[a];hdr[b];msg[body]`.")
    ] = msgspec.field(default_factory=list)
    event_callback: Annotated[str, Meta(description="No effect: for routing scripts in other languages.")] = ""
    event_callback_lres_sent: Annotated[str, Meta(description="No effect, as `event_callback`.")] = ""
    evcb_local_ack_sent: Annotated[str, Meta(description="No effect, as `event_callback`.")] = ""
    max_transactions: Annotated[
        int,
        Meta(description="Transactions in a worker beyond which new requests are answered 503; 0 for no limit.", ge=0),
    ] = 100000
