"""To-tags of replies that we make: the same again for a repeated request, and recognised in its ACK."""

from __future__ import annotations

from hashlib import blake2s

from kahea.sip.message import Message


class TagMaker:
    """Makes To-tags from a secret.

    A tag is ``prefix.suffix``, or ``prefix-suffix`` within a transaction: the prefix stands for this start of the
    server, the eight hexadecimal digits of the suffix for the request. They depend on what a repeated
    request and the ACK to a negative final reply have in common (RFC 3261 17.1.1.3): sent-by and branch of the top
    Via, and the Call-ID. They are Python's hash of that, SipHash with a key of this start that the workers share, so
    that who has seen one tag cannot tell another one's 32 bits (RFC 3261 19.3); it costs an eighth of a keyed BLAKE2.

    Args:
        seed: secret of this server's start.
        mark: between prefix and suffix.
    """

    def __init__(self, seed: bytes, mark: str = ".") -> None:
        self._secret = blake2s(seed, person=b"sl-key").hexdigest()
        self.prefix = blake2s(seed, digest_size=16, person=b"sl-tag").hexdigest() + mark

    def tag(self, msg: Message) -> str:
        """Return the To-tag for the replies to a request.

        Args:
            msg: the request; in a reply, the values of its own top Via and Call-ID count.
        """
        via = msg.via
        if via is None:
            return f"{self.prefix}{hash(self._secret) & 0xFFFFFFFF:08x}"
        number = hash(f"{self._secret}{via.host}:{via.port};{via.branch} {msg.call_id}")
        return f"{self.prefix}{number & 0xFFFFFFFF:08x}"

    def matches(self, msg: Message) -> bool:
        """Whether the To-tag of a message is the one that `tag` makes for it."""
        to = msg.to
        return to is not None and to.tag.startswith(self.prefix) and to.tag == self.tag(msg)
