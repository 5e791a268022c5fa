"""What this module uses of the core's SIP layer beyond `kahea.api`."""

from kahea.sip.headers import STAR, Contact, NameAddr, Via, parse_addresses, parse_name_addr
from kahea.sip.message import allocate_slot
from kahea.sip.names import header_key
from kahea.sip.params import split_commas

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
