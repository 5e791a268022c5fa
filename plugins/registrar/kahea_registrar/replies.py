"""The replies to a REGISTER: Contact, Path, what is supported, and why it was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kahea.api import Core, LocationContact, LocationService, Message, ReplyService, Request, allocate_slot

from kahea_registrar import preferences
from kahea_registrar.errors import REASONS, Failure
from kahea_registrar.params import RegistrarParams
from kahea_registrar.requests import OptionTags

_DRAFT: Final = allocate_slot()


@dataclass(slots=True)
class Draft:
    """A reply that is not sent yet.

    Args:
        contacts: the Contact line, with its line end; "" for none.
        failure: why the REGISTER is refused, ``None`` when it is not.
        path: value of the Path that was kept.
    """

    contacts: str = ""
    failure: Failure | None = None
    path: str = ""


def draft_of(msg: Message) -> Draft:
    """Return the reply that `save()` has left for a message, an empty 200 when there is none."""
    draft = msg.get_slot(_DRAFT)
    return draft if isinstance(draft, Draft) else Draft()


class Replies:
    """Makes and sends replies.

    Args:
        core: the server.
        params: of the registrar.
        service: the location tables.
        answers: sends replies.
    """

    def __init__(self, core: Core, params: RegistrarParams, service: LocationService, answers: ReplyService) -> None:
        self._core = core
        self._params = params
        self._service = service
        self._answers = answers

    def keep(self, msg: Message, draft: Draft) -> None:
        """Leave a reply for `reg_send_reply()`."""
        msg.set_slot(_DRAFT, draft)

    def prepare(self, msg: Request, draft: Draft) -> int:
        """Add the headers of a reply to all further replies to the message; return the reply's status code."""
        failure = draft.failure
        lines = draft.contacts
        if failure is None:
            tags = OptionTags(msg)
            path_lines, failure = self._path(tags, draft.path)
            lines += path_lines + self._outbound(tags)
        elif failure is Failure.OUTBOUND_NOT_SUPPORTED:
            lines += "Require: outbound\r\nSupported: outbound\r\n"
        elif failure is Failure.OUTBOUND_REQUIRED:
            lines += "Unsupported: outbound\r\n"
        elif failure is Failure.TOO_BRIEF:
            lines += f"Min-Expires: {self._params.min_expires}\r\n"
        code = 200
        if failure is not None:
            code = failure.code
            lines += f"P-Registrar-Error: {failure.text}\r\n"
            if code >= 500 and self._params.retry_after:
                lines += f"Retry-After: {self._params.retry_after}\r\n"
        msg.reply_headers += lines
        self.keep(msg, Draft(failure=draft.failure))  # the headers are there now, for every further reply
        return code

    def send(self, msg: Request, draft: Draft) -> bool:
        """Send a reply; return whether it is on its way."""
        code = self.prepare(msg, draft)
        return self._answers.answer(msg, code, REASONS[code]) > 0

    def _path(self, tags: OptionTags, path: str) -> tuple[str, Failure | None]:
        mode = self._params.path_mode
        if not path or not mode:
            return "", None
        line = f"Path: {path}\r\n"
        if tags.supports("path"):
            return line, None
        if mode == 1:
            return "", None
        return f"Unsupported: path\r\n{line}", Failure.PATH_NOT_SUPPORTED

    def _outbound(self, tags: OptionTags) -> str:
        mode = self._params.outbound_mode
        if not mode:
            return ""
        timer = f"Flow-Timer: {self._params.flow_timer}\r\n" if self._params.flow_timer else ""
        if mode == 2:
            return f"Require: outbound\r\nSupported: outbound\r\n{timer}"
        if tags.requires("outbound") or tags.supports("outbound"):
            return f"Supported: outbound\r\nRequire: outbound\r\n{timer}"
        return "Supported: outbound\r\n"

    def contact_line(self, msg: Message, aor: str, host: str, contacts: Iterable[LocationContact], now: int) -> str:
        """Return the Contact line that tells what is registered, "" for nothing.

        Args:
            msg: the REGISTER.
            aor: address of record.
            host: of the URI that it was made of.
            contacts: as stored; those that have expired are left out.
            now: seconds since 1970.
        """
        elements = []
        gruu: bool | None = None
        for contact in contacts:
            if not contact.is_valid(now):
                continue
            parts = [f"<{contact.uri}>"]
            if contact.q >= 0:
                parts.append(f"q={preferences.written(contact.q)}")
            parts.append(f"expires={contact.expires - now if contact.expires else self._params.default_expires}")
            if contact.received and self._params.received_param:
                parts.append(f'{self._params.received_param}="{contact.received}"')
            if contact.instance:
                if gruu is None:
                    gruu = self._params.gruu_enabled and OptionTags(msg).supports("gruu")
                if gruu:
                    parts += self._gruus(aor, host, contact)
                parts.append(f'+sip.instance="{contact.instance}"')
            if contact.reg_id:
                parts.append(f"reg-id={contact.reg_id}")
            elements.append(";".join(parts))
        return f"Contact: {', '.join(elements)}\r\n" if elements else ""

    def _gruus(self, aor: str, host: str, contact: LocationContact) -> list[str]:
        """Return the parameters with the public and the temporary GRUU of a contact (RFC 5627 section 5)."""
        public = aor if "@" in aor else f"{aor}@{host}"
        instance = contact.instance
        if instance.startswith("<") and instance.endswith(">"):
            instance = instance[1:-1]
        temporary = f"{contact.ruid}-{hash_text(self._service.aor_hash(aor))}@{host}"
        return [f'pub-gruu="sip:{public};gr={instance}"', f'temp-gruu="sip:{temporary};gr"']


def hash_text(number: int) -> str:
    """Return the hash of an address of record as a temporary GRUU has it: hexadecimal, the lowest digit first."""
    return f"{number:x}"[::-1] if number else ""
