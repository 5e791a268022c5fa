"""What the module ``siputils`` offers."""

from __future__ import annotations

from kahea.api import Message, Module, NoParams, function


class Siputils(Module[NoParams]):
    """Checks and edits of URIs, numbers and headers."""

    @function()
    def is_request(self, msg: Message) -> bool:
        """Whether the message is a request."""
        return msg.is_request

    @function()
    def is_reply(self, msg: Message) -> bool:
        """Whether the message is a reply."""
        return not msg.is_request

    @function()
    def has_totag(self, msg: Message) -> bool:
        """Whether To has a tag: the message belongs to a dialog."""
        return msg.to is not None and bool(msg.to.tag)
