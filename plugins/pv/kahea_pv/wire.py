"""What this module uses of the SIP layer, in one place."""

from kahea.api import (
    STAR,
    Contact,
    NameAddr,
    Via,
    allocate_slot,
    header_key,
    parse_addresses,
    parse_name_addr,
    split_commas,
)

__all__ = [
    "STAR",
    "Contact",
    "NameAddr",
    "Via",
    "allocate_slot",
    "header_key",
    "parse_addresses",
    "parse_name_addr",
    "split_commas",
]
