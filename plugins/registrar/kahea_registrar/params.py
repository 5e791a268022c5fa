"""Parameters of the module ``registrar``."""

from __future__ import annotations

from typing import Annotated

from kahea.api import RUNTIME, Params
from msgspec import Meta


class RegistrarParams(Params):
    """Parameters of the module ``registrar``."""

    default_expires: Annotated[
        int, Meta(description="Seconds that a contact is registered for which says nothing.", ge=0, extra=RUNTIME)
    ] = 3600
    default_expires_range: Annotated[
        int,
        Meta(
            description="Per cent by which `default_expires` is shortened at most, at random.",
            ge=0,
            le=100,
            extra=RUNTIME,
        ),
    ] = 0
    expires_range: Annotated[
        int,
        Meta(
            description="Per cent by which what is asked for is shortened at most, at random.",
            ge=0,
            le=100,
            extra=RUNTIME,
        ),
    ] = 0
    min_expires: Annotated[
        int, Meta(description="Least seconds that a contact is registered for; 0: any.", ge=0, extra=RUNTIME)
    ] = 60
    min_expires_mode: Annotated[
        int,
        Meta(description="With 1, less than `min_expires` is refused with 423, not raised.", ge=0, le=1),
    ] = 0
    max_expires: Annotated[
        int, Meta(description="Most seconds that a contact is registered for; 0: any.", ge=0, extra=RUNTIME)
    ] = 0
    default_q: Annotated[
        int,
        Meta(description="q, in thousandths, of a contact that says nothing; -1: none.", ge=-1, le=1000, extra=RUNTIME),
    ] = -1
    max_contacts: Annotated[
        int, Meta(description="Contacts of an address of record at most; 0: any.", ge=0, extra=RUNTIME)
    ] = 0
    retry_after: Annotated[
        int,
        Meta(
            description="Seconds in the Retry-After of replies from 500 to 599; 0: no such header.", ge=0, extra=RUNTIME
        ),
    ] = 0
    contact_max_size: Annotated[int, Meta(description="Bytes of a contact's URI at most.", ge=1)] = 512
    append_branches: Annotated[
        bool, Meta(description="Whether `lookup()` makes branches of all contacts but the first.", extra=RUNTIME)
    ] = True
    case_sensitive: Annotated[
        bool,
        Meta(
            description="Whether upper and lower case of the user part are different addresses of record.",
            extra=RUNTIME,
        ),
    ] = False
    realm_prefix: Annotated[str, Meta(description="What is left out where a host begins with it.", extra=RUNTIME)] = ""
    method_filtering: Annotated[
        bool, Meta(description="Whether `lookup()` passes over contacts that do not take the method of the request.")
    ] = False
    use_expired_contacts: Annotated[
        bool, Meta(description="Whether contacts that have expired count until they are removed.", extra=RUNTIME)
    ] = False
    lookup_filter_mode: Annotated[
        int,
        Meta(description="With 1, `lookup()` takes contacts that have a flag of `$xavp(cfg=>rlf_bflags)`.", ge=0, le=1),
    ] = 0
    received_param: Annotated[
        str, Meta(description="Parameter of contacts in replies that tells the received address; empty: none.")
    ] = "received"
    received_avp: Annotated[
        str, Meta(description="`$avp` with the URI to send to in place of the contact's, set before `save()`.")
    ] = ""
    use_path: Annotated[bool, Meta(description="Whether Path is kept with contacts (RFC 3327).")] = False
    path_mode: Annotated[
        int,
        Meta(
            description="Path in replies: 0 never, 1 if the client supports it, 2 as 1 and 420 if it does not.",
            ge=0,
            le=2,
        ),
    ] = 2
    path_use_received: Annotated[
        bool, Meta(description="Whether `received` of the first Path URI is the received address.")
    ] = False
    path_check_local: Annotated[
        bool, Meta(description="Whether `lookup()` passes over the first Path URI when it is ours.")
    ] = False
    gruu_enabled: Annotated[bool, Meta(description="Whether replies tell GRUUs if supported (RFC 5627).")] = True
    outbound_mode: Annotated[
        int, Meta(description="Outbound (RFC 5626): 0 not supported, 1 supported, 2 required.", ge=0, le=2)
    ] = 0
    regid_mode: Annotated[int, Meta(description="reg-id: 0 counts with outbound only, 1 always.", ge=0, le=1)] = 0
    flow_timer: Annotated[
        int, Meta(description="Seconds in the Flow-Timer of replies; 0: no such header.", ge=0, le=999)
    ] = 0
    sock_flag: Annotated[
        int,
        Meta(description="Message flag: the socket is `sock_hdr_name`'s or `$xavp(cfg=>socket)`.", ge=-1, le=31),
    ] = -1
    sock_hdr_name: Annotated[str, Meta(description="Header that names the socket to send to contacts from.")] = ""
    sock_mode: Annotated[
        int, Meta(description="With 1, the advertised address of the socket is kept with contacts.", ge=0, le=1)
    ] = 0
    xavp_cfg: Annotated[
        str,
        Meta(
            description="Name of the `$xavp` with settings for one call: `max_contacts`, `expires`, `q`, `socket`, "
            "`tcpconn_id`, `match_callid`, `match_received`, `match_contact`, `rlf_bflags`."
        ),
    ] = ""
    xavp_rcd: Annotated[str, Meta(description="Name of the `$xavp` that gets what is known of contacts.")] = ""
    xavp_rcd_mask: Annotated[
        int,
        Meta(
            description="What `xavp_rcd` does not get: 1 ruid, 2 contact, 4 expires, 8 received, 16 path, added.", ge=0
        ),
    ] = 0
