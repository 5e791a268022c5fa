"""Why the last function failed, for those that answer a request with it (``sl_reply_error()``, ``t_reply_error()``)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from kahea.sip.message import allocate_slot

if TYPE_CHECKING:
    from kahea.sip.message import Message


class InternalError(IntEnum):
    """Kinds of errors, with Kamailio's numbers, which stand in the reason phrase of the reply."""

    UNSPECIFIED = 1
    LEFT_TO_SCRIPT = 4
    CONFIGURATION = 6
    NO_SOCKET = 7
    SCRIPT = 10
    EXTERNAL_LOGIC = 11
    TOO_MANY_BRANCHES = 12
    BAD_TO = 13
    BAD_REQUEST = 400
    SEND = 477
    BAD_ADDRESS = 478
    BAD_URI = 479
    CANCELED = 487
    OVERLOAD = 503


_REPLIES: Final = {
    InternalError.EXTERNAL_LOGIC: (500, "Error in external logic"),
    InternalError.TOO_MANY_BRANCHES: (500, "Forking capacity exceeded"),
    InternalError.BAD_TO: (400, "Bad To"),
    InternalError.BAD_REQUEST: (400, "Bad Request"),
    InternalError.SEND: (477, "Unfortunately error on sending to next hop occurred"),
    InternalError.BAD_ADDRESS: (478, "Unresolvable destination"),
    InternalError.BAD_URI: (479, "Regretfully, we were not able to process the URI"),
    InternalError.CANCELED: (487, "Transaction canceled"),
    InternalError.OVERLOAD: (503, "Too many transactions"),
}
_OTHERWISE: Final = (500, "I'm terribly sorry, server error occurred")

_ERROR: Final = allocate_slot()
_ANSWERED_LATER: Final = allocate_slot()


def note_error(msg: Message, error: InternalError) -> None:
    """Remember why a function failed for a message, until another one notes something else.

    Args:
        msg: the message in work.
        error: what went wrong.
    """
    msg.set_slot(_ERROR, error)


def noted_error(msg: Message) -> InternalError:
    """Return what was noted last for a message."""
    noted = msg.get_slot(_ERROR)
    return noted if isinstance(noted, InternalError) else InternalError.UNSPECIFIED


def note_later_answer(msg: Message) -> None:
    """Remember that a request will be answered with an error when its script has ended, so that nobody else does."""
    msg.set_slot(_ANSWERED_LATER, True)


def is_answered_later(msg: Message) -> bool:
    """Whether the request will be answered with an error when its script has ended."""
    return msg.get_slot(_ANSWERED_LATER) is True


def error_reply(error: InternalError, signature: str) -> tuple[int, str]:
    """Return status code and reason phrase of the reply that tells a client of an error.

    Args:
        error: what went wrong.
        signature: who answers: ``SL``, ``TM``.
    """
    code, text = _REPLIES.get(error, _OTHERWISE)
    return code, f"{text} ({error.value}/{signature})"
