"""Assignments that change the Request-URI at once, and From and To when the message is sent."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Message, NameAddr, Request, Uri, Value, header_key


def set_request_uri(msg: Message, value: Value) -> None:
    """Replace the Request-URI.

    Raises:
        ValueError: for null, or in a reply.
    """
    if value is None:
        raise ValueError("the Request-URI cannot be removed")
    _request(msg).uri = str(value)


def set_request_part(msg: Message, change: Callable[[Uri, str], str], value: str) -> None:
    """Change a part of the Request-URI.

    Args:
        msg: the request.
        change: makes the new URI's text of the URI taken apart and *value*.
        value: the new part, empty for none.

    Raises:
        ValueError: when the URI is malformed or has no such part, or in a reply.
    """
    request = _request(msg)
    uri = request.parsed_uri
    if uri is None:
        raise ValueError(f'the Request-URI "{request.uri}" is malformed')
    request.uri = change(uri, value)


def _request(msg: Message) -> Request:
    if not isinstance(msg, Request):
        raise ValueError("a reply has no Request-URI")
    return msg


class HeaderAddress:
    """The address in a From or To header and where it stands.

    Args:
        msg: the message that is edited.
        key: ``from`` or ``to``.

    Raises:
        ValueError: when the header is absent or malformed.
    """

    def __init__(self, msg: Message, key: str) -> None:
        address = msg.from_ if key == "from" else msg.to
        if address is None:
            raise ValueError(f"there is no readable {key.capitalize()} header")
        self.address: NameAddr = address
        self.edits = msg.edits
        field = next(field for field in msg.header_fields if header_key(field.name) == key)
        self.start = msg.head.index(":", field.start) + 1
        while msg.head[self.start] in " \t\r\n":
            self.start += 1

    @property
    def uri_start(self) -> int:
        """Offset of the URI in the message."""
        return self.start + self.address.uri_start

    @property
    def enclosed(self) -> bool:
        """Whether the URI stands in angle brackets."""
        return self.address.text[: self.address.uri_start].endswith("<")

    def set_uri(self, value: Value) -> None:
        """Replace the URI; null changes nothing."""
        if value is None:
            return
        uri = str(value)
        if ";" in uri and not self.enclosed:
            # outside of brackets the parameters would be the header's
            uri = f"<{uri}>"
        self.edits.replace(self.uri_start, len(self.address.uri), uri)

    def set_user(self, value: Value) -> None:
        """Replace the user part and keep the password; null and "" remove both."""
        uri = self._parsed()
        scheme = self.address.uri.index(":") + 1
        start = self.uri_start + scheme
        name = "" if value is None else str(value)
        if uri.scheme == "tel":
            self.edits.replace(start, len(uri.user), name)
        elif not uri.user:
            self.edits.insert_after(start, f"{name}@" if name else "")
        elif name:
            self.edits.replace(start, len(uri.user), name)
        else:
            self.edits.delete(start, len(uri.userinfo) + 1)

    def set_host(self, value: Value) -> None:
        """Replace the host and keep the port; null changes nothing."""
        uri = self._parsed()
        if value is None or not uri.host:
            return
        offset = self.address.uri.index(":") + 1
        if uri.user:
            offset += len(uri.userinfo) + 1
        self.edits.replace(self.uri_start + offset, len(uri.host), str(value))

    def set_display(self, value: Value) -> None:
        """Replace the display name; null removes it."""
        text = self.address.text
        display = self.address.display
        if display:
            start = text.index(display)
            if value is not None:
                self.edits.replace(self.start + start, len(display), str(value))
            else:
                blank = text.startswith(" ", start + len(display))
                self.edits.delete(self.start + start, len(display) + blank)
        elif value is not None:
            if self.enclosed:
                self.edits.insert_after(self.uri_start - 1, f"{value} ")
            else:
                self.edits.insert_before(self.uri_start, f"{value} <")
                self.edits.insert_after(self.uri_start + len(self.address.uri), ">")

    def _parsed(self) -> Uri:
        uri = self.address.parsed_uri
        if uri is None:
            raise ValueError(f'the URI "{self.address.uri}" is malformed')
        return uri
