"""Why a REGISTER is refused: status code and reason of the reply, and the text of its P-Registrar-Error."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Failure(Enum):
    """A kind of failure: its status code and its text, which are Kamailio's."""

    NOT_STORED = (500, "usrloc_contact_insert failed")
    NOT_REMOVED = (500, "usrloc_record_delete failed")
    CSEQ = (400, "Invalid CSeq number")
    AOR_TOO_LONG = (500, "Address Of Record too long")
    AOR = (400, "Error while parsing AOR")
    UNESCAPE = (400, "Error while unescaping username")
    Q = (400, "Invalid q param in contact")
    MESSAGE = (400, "Message parse error")
    EXPIRES = (400, "Expires parse error")
    CONTACT = (400, "Contact parse error")
    STAR_EXPIRES = (400, "* used in contact and expires is not zero")
    STAR_AND_MORE = (400, "* used in contact and more than 1 contact")
    TOO_MANY = (503, "Too many registered contacts")
    TOO_LONG = (400, "Contact/received too long")
    CALL_ID = (400, "Callid too long")
    PATH = (400, "Path parse error")
    PATH_NOT_SUPPORTED = (420, "No support for found Path indicated")
    OUTBOUND_NOT_SUPPORTED = (421, "No support for Outbound indicated")
    OUTBOUND_REQUIRED = (420, "No support for Outbound on server")
    OUTBOUND_NOT_AT_EDGE = (439, "No support for Outbound on edge proxy")
    REG_ID = (400, "Invalid Reg-Id number")
    TOO_BRIEF = (423, "Interval too brief")

    @property
    def code(self) -> int:
        """Status code of the reply."""
        return self.value[0]

    @property
    def text(self) -> str:
        """What P-Registrar-Error says."""
        return self.value[1]


REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    420: "Bad Extension",
    421: "Extension Required",
    423: "Interval Too Brief",
    439: "First Hop Lacks Outbound Support",
    500: "Server Internal Error",
    503: "Service Unavailable",
}
"""Reason phrases of the replies."""


class RegistrationError(Exception):
    """A REGISTER is refused.

    Args:
        failure: why.
        detail: for the log.
    """

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure.text}: {detail}" if detail else failure.text)
        self.failure = failure
