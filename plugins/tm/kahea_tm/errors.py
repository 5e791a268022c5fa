"""Why a request could not be sent on, as the codes that scripts see and the replies that callers get."""

from __future__ import annotations

from typing import Final

from kahea.api import InternalError, error_reply
from kahea.api import reason_of as reason_phrase

UNSPECIFIED: Final = -InternalError.UNSPECIFIED
CONFIGURATION: Final = -InternalError.CONFIGURATION
"""The script dropped the branch."""
NO_BRANCHES: Final = -600
"""There was no destination left to send to."""
NO_SOCKET: Final = -InternalError.NO_SOCKET
SCRIPT: Final = -InternalError.SCRIPT
"""The transaction exists already."""
TOO_MANY_BRANCHES: Final = -InternalError.TOO_MANY_BRANCHES
NOT_SENT: Final = -InternalError.SEND
UNRESOLVABLE: Final = -InternalError.BAD_ADDRESS
CANCELED: Final = -InternalError.CANCELED
BAD_REQUEST: Final = -InternalError.BAD_REQUEST
LEFT_TO_SCRIPT: Final = -InternalError.LEFT_TO_SCRIPT
"""It failed, and the reply is left to the script."""


def internal(error: int) -> InternalError:
    """Return what a code of this module is among the core's errors."""
    return InternalError.CONFIGURATION if error == NO_BRANCHES else InternalError(-error)


def reply_to(error: int) -> tuple[int, str]:
    """Return status code and reason phrase of the reply that tells of an error, as Kamailio words it."""
    return error_reply(internal(error), "TM")


def seen_by_script(error: int) -> int:
    """Return what ``t_relay`` gives to the script; as in Kamailio, -1 where sending failed."""
    return UNSPECIFIED if error in (NOT_SENT, NO_BRANCHES) else error


def reason_of(code: int) -> str:
    """Return the reason phrase of a reply that we make in place of a branch's."""
    return "Send failed (477/TM)" if code == -NOT_SENT else reason_phrase(code)
