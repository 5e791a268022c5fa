"""Why a request could not be sent on, as the codes that scripts see and the replies that callers get."""

from __future__ import annotations

from typing import Final

UNSPECIFIED: Final = -1
CONFIGURATION: Final = -6
"""The script dropped the branch."""
NO_BRANCHES: Final = -600
"""There was no destination left to send to."""
NO_SOCKET: Final = -7
BAD_VIA: Final = -8
SCRIPT: Final = -10
"""The transaction exists already."""
TOO_MANY_BRANCHES: Final = -12
NOT_SENT: Final = -477
UNRESOLVABLE: Final = -478
BAD_URI: Final = -479
CANCELED: Final = -487
BAD_REQUEST: Final = -400
LEFT_TO_SCRIPT: Final = -4
"""It failed, and the reply is left to the script."""

_REPLIES: Final = {
    NOT_SENT: (477, "Unfortunately error on sending to next hop occurred"),
    UNRESOLVABLE: (478, "Unresolvable destination"),
    BAD_REQUEST: (400, "Bad Request"),
    BAD_URI: (479, "Regretfully, we were not able to process the URI"),
    TOO_MANY_BRANCHES: (500, "Forking capacity exceeded"),
    CANCELED: (487, "Transaction canceled"),
}


def reply_to(error: int) -> tuple[int, str]:
    """Return status code and reason phrase of the reply that tells of an error, as Kamailio words it."""
    code, text = _REPLIES.get(error, (500, "I'm terribly sorry, server error occurred"))
    number = -(CONFIGURATION if error == NO_BRANCHES else error)
    return code, f"{text} ({number}/TM)"


def seen_by_script(error: int) -> int:
    """Return what ``t_relay`` gives to the script; as in Kamailio, -1 where sending failed."""
    return UNSPECIFIED if error in (NOT_SENT, NO_BRANCHES) else error


REASONS: Final = {
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy",
    380: "Alternative Service", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
    408: "Request Timeout", 410: "Gone", 413: "Request Entity Too Large", 414: "Request-URI Too Long",
    415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required",
    423: "Interval Too Brief", 477: "Send failed (477/TM)", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
    485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending",
    493: "Undecipherable", 500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip
"""Reason phrases of replies that we make in place of a branch's (RFC 3261 section 21)."""


def reason_of(code: int) -> str:
    """Return the reason phrase of a status code."""
    return REASONS.get(code, "Request Failure" if code < 500 else "Server Failure")
