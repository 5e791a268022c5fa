"""Parameters of the module ``siputils``."""

from __future__ import annotations

from typing import Annotated

from kahea.api import Params
from msgspec import Meta


class SiputilsParams(Params):
    """Parameters of the module ``siputils``."""

    contact_flds_separator: Annotated[
        str,
        Meta(
            description="The first character stands between the parts that encode_contact puts together.", min_length=1
        ),
    ] = "*"
    e164_max_len: Annotated[
        int, Meta(description="Characters that a number of E.164 may have, with the plus.", ge=1)
    ] = 16
    options_accept: Annotated[str, Meta(description="Value of Accept in the reply of options_reply.")] = "*/*"
    options_accept_encoding: Annotated[
        str, Meta(description="Value of Accept-Encoding in the reply of options_reply.")
    ] = ""
    options_accept_language: Annotated[
        str, Meta(description="Value of Accept-Language in the reply of options_reply.")
    ] = "en"
    options_support: Annotated[str, Meta(description="Value of Supported in the reply of options_reply.")] = ""
    rpid_prefix: Annotated[str, Meta(description="Stands before the value in Remote-Party-ID.")] = ""
    rpid_suffix: Annotated[str, Meta(description="Stands behind the value in Remote-Party-ID.")] = (
        ";party=calling;id-type=subscriber;screen=yes"
    )
    rpid_avp: Annotated[
        str, Meta(description="The AVP with the value of Remote-Party-ID.", pattern=r"^\$avp\([^()$]+\)$")
    ] = "$avp(s:rpid)"
