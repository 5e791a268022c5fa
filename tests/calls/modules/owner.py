"""A module for tests: keeps calls in one worker, and says which."""

from kahea.api import Destination, Message, Module, NoParams, Reply, Request, Text, function


class Owner(Module[NoParams]):
    """Tells in the log which worker handles what."""

    def mod_init(self) -> None:
        """Ask for the hand-over."""
        self.core.workers.own_transactions()
        self.core.add_reply_callback(self._take_reply)
        self.core.workers.register("name", lambda sender, payload: b"%d" % self.core.workers.index)

    @function()
    def where(self, msg: Message) -> bool:
        """Log the worker, the method and the Call-ID."""
        self.core.log.info(f"at {self.core.workers.index}: {msg.method} {msg.call_id}", "owner")
        return True

    @function()
    def ask_all(self, msg: Message) -> bool:
        """Log what each worker answers."""
        workers = self.core.workers
        for index in range(workers.count):
            workers.ask(index, "name", b"").add_done_callback(  # type: ignore[attr-defined]
                lambda future, index=index: self.core.log.info(f"{index} answered {future.result()!r}", "owner")
            )
        return True

    @function()
    def send_on(self, msg: Request, protocol: Text, port: Text) -> bool:
        """Send a request of our own to a port of 127.0.0.1, with this worker's mark.

        Args:
            protocol: udp or tcp.
            port: where to.
        """
        own = self.core.transport.choose(protocol, "127.0.0.1")
        assert own is not None
        text = (
            f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/{protocol.upper()} {own.sent_by};branch=z9hG4bK{self.core.workers.mark}{msg.id}\r\n"
            f"From: <sip:a@127.0.0.1>;tag={self.core.workers.index}\r\nTo: <sip:b@127.0.0.1>\r\n"
            f"Call-ID: {msg.call_id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        )
        destination = Destination(
            protocol, "127.0.0.1", int(port), own, on_error=lambda: self.core.log.info(f"failed {msg.call_id}", "owner")
        )
        if self.core.transport.send(text.encode(), destination):
            return True
        self.core.log.info(f"refused {msg.call_id}", "owner")
        return False

    def _take_reply(self, reply: Reply) -> bool:
        sender = reply.header("From").rpartition("=")[2]  # type: ignore[union-attr]
        self.core.log.info(f"reply for {sender} at {self.core.workers.index}", "owner")
        return False
