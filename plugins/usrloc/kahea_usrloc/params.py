"""Parameters of the module ``usrloc``."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from kahea.api import Params
from msgspec import Meta

_DATABASE: Final = "No effect: there are no databases yet."
_KEEPALIVE: Final = "No effect: usrloc sends no keep-alive requests yet."
_STREAM: Final = "No effect: a worker does not know the connections of the others yet."
_TABLES: Final = "No effect: the shared tables need no sizes and no processes of their own."


class UsrlocParams(Params):
    """Parameters of the module ``usrloc``."""

    use_domain: Annotated[bool, Meta(description="Whether an address of record has a host, not the user alone.")] = (
        False
    )
    matching_mode: Annotated[
        int,
        Meta(
            description="What makes contacts the same: 0 the URI, 1 URI and Call-ID, 2 URI and Path, 3 the Call-ID.",
            ge=0,
            le=3,
        ),
    ] = 0
    cseq_delay: Annotated[
        int, Meta(description="Seconds in which a REGISTER with the same Call-ID and CSeq is a retransmission.", ge=0)
    ] = 20
    desc_time_order: Annotated[bool, Meta(description="Order contacts by time, the newest first, instead of by q.")] = (
        False
    )
    nat_bflag: Annotated[
        int, Meta(description="Number of the branch flag of contacts behind a NAT; -1: none.", ge=-1, le=31)
    ] = -1
    preload: Annotated[
        list[str], Meta(description="A location table that is there even if no script names it; each line adds one.")
    ] = msgspec.field(default_factory=list)
    timer_interval: Annotated[
        int,
        Meta(description="Seconds between two searches for expired contacts; 0: none.", ge=0),
    ] = 60
    xavp_contact: Annotated[
        str, Meta(description="Name of the `$xavp` whose values are kept with a contact; `lookup()` brings them back.")
    ] = ""
    persistent: Annotated[
        int,
        Meta(
            description="Whether locations outlive the server: 1 yes, 0 no, -1 if `table_dir` or the option -Y says "
            "where (Kahea's own).",
            ge=-1,
            le=1,
        ),
    ] = -1
    db_mode: Annotated[
        int,
        Meta(
            description="Kamailio's way to keep locations in a database, 0 for none. All modes work like 0 yet.",
            ge=0,
            le=4,
        ),
    ] = 0
    db_url: Annotated[str, Meta(description=_DATABASE)] = ""
    hash_size: Annotated[
        int,
        Meta(description="Slots of Kamailio's table, as a power of 2; for `ul.dump` only.", ge=0, le=30),
    ] = 10
    timer_procs: Annotated[int, Meta(description=_TABLES)] = 0
    handle_lost_tcp: Annotated[int, Meta(description=_STREAM)] = 0
    close_expired_tcp: Annotated[int, Meta(description=_STREAM)] = 0
    ka_mode: Annotated[int, Meta(description=_KEEPALIVE)] = 0
    ka_filter: Annotated[int, Meta(description=_KEEPALIVE)] = 0
    ka_interval: Annotated[int, Meta(description=_KEEPALIVE)] = 40
    ka_randomize: Annotated[int, Meta(description=_KEEPALIVE)] = 20
    ka_timeout: Annotated[int, Meta(description=_KEEPALIVE)] = 0
    ka_loglevel: Annotated[int, Meta(description=_KEEPALIVE)] = 255
    ka_logmsg: Annotated[str, Meta(description=_KEEPALIVE)] = " to-uri: [$tu] remote-addr: [$sas]"
    ka_method: Annotated[str, Meta(description=_KEEPALIVE)] = "OPTIONS"
    ka_from: Annotated[str, Meta(description=_KEEPALIVE)] = "sip:server@kamailio.org"
    ka_domain: Annotated[str, Meta(description=_KEEPALIVE)] = "kamailio.org"
    ka_reply_codes: Annotated[str, Meta(description=_KEEPALIVE)] = "0"
    db_load: Annotated[int, Meta(description=_DATABASE)] = 1
    db_insert_update: Annotated[int, Meta(description=_DATABASE)] = 0
    db_insert_null: Annotated[int, Meta(description=_DATABASE)] = 0
    db_update_as_insert: Annotated[int, Meta(description=_DATABASE)] = 0
    db_check_update: Annotated[int, Meta(description=_DATABASE)] = 0
    db_ops_ruid: Annotated[int, Meta(description=_DATABASE)] = 1
    db_raw_fetch_type: Annotated[int, Meta(description=_DATABASE)] = 0
    db_timer_clean: Annotated[int, Meta(description=_DATABASE)] = 0
    db_clean_tcp: Annotated[int, Meta(description=_DATABASE)] = 0
    expires_type: Annotated[int, Meta(description=_DATABASE)] = 0
    fetch_rows: Annotated[int, Meta(description=_DATABASE)] = 2000
    load_rank: Annotated[int, Meta(description=_DATABASE)] = 1
    rm_expired_delay: Annotated[int, Meta(description=_DATABASE)] = 0
    server_id_filter: Annotated[int, Meta(description=_DATABASE)] = 0
    skip_remote_socket: Annotated[int, Meta(description=_DATABASE)] = 0
    version_table: Annotated[int, Meta(description=_DATABASE)] = 1
    ruid_column: Annotated[str, Meta(description=_DATABASE)] = "ruid"
    user_column: Annotated[str, Meta(description=_DATABASE)] = "username"
    domain_column: Annotated[str, Meta(description=_DATABASE)] = "domain"
    contact_column: Annotated[str, Meta(description=_DATABASE)] = "contact"
    expires_column: Annotated[str, Meta(description=_DATABASE)] = "expires"
    q_column: Annotated[str, Meta(description=_DATABASE)] = "q"
    callid_column: Annotated[str, Meta(description=_DATABASE)] = "callid"
    cseq_column: Annotated[str, Meta(description=_DATABASE)] = "cseq"
    flags_column: Annotated[str, Meta(description=_DATABASE)] = "flags"
    cflags_column: Annotated[str, Meta(description=_DATABASE)] = "cflags"
    user_agent_column: Annotated[str, Meta(description=_DATABASE)] = "user_agent"
    received_column: Annotated[str, Meta(description=_DATABASE)] = "received"
    path_column: Annotated[str, Meta(description=_DATABASE)] = "path"
    socket_column: Annotated[str, Meta(description=_DATABASE)] = "socket"
    methods_column: Annotated[str, Meta(description=_DATABASE)] = "methods"
    instance_column: Annotated[str, Meta(description=_DATABASE)] = "instance"
    reg_id_column: Annotated[str, Meta(description=_DATABASE)] = "reg_id"
    server_id_column: Annotated[str, Meta(description=_DATABASE)] = "server_id"
    connection_id_column: Annotated[str, Meta(description=_DATABASE)] = "connection_id"
    keepalive_column: Annotated[str, Meta(description=_DATABASE)] = "keepalive"
    partition_column: Annotated[str, Meta(description=_DATABASE)] = "partition"


_WITH_EFFECT: Final = frozenset(
    (
        *("use_domain", "matching_mode", "cseq_delay", "desc_time_order", "nat_bflag", "preload", "timer_interval"),
        *("xavp_contact", "persistent", "db_mode", "hash_size"),
    )
)


def without_effect(params: UsrlocParams) -> list[str]:
    """Return the names of parameters that are set and have no effect.

    Args:
        params: as given.
    """
    defaults = UsrlocParams()
    return [
        name
        for name in UsrlocParams.__struct_fields__
        if name not in _WITH_EFFECT and getattr(params, name) != getattr(defaults, name)
    ]
