"""Calls over UDP with plain sockets."""

from concurrent.futures import ThreadPoolExecutor

from bench import load
from bench.clients import Client
from bench.servers import Server


def test_options_gets_200_with_what_identifies_the_request(server: Server, host: str, port: int) -> None:
    """The reply repeats From, Call-ID and CSeq, adds a tag to To, and has no body (RFC 3261 section 8.2.6.2)."""
    with Client("udp", host, port) as client:
        reply = client.ask("OPTIONS")

    local = client.local
    shown = f"[{local[0]}]:{local[1]}" if ":" in host else f"{local[0]}:{local[1]}"
    assert (reply.status, reply.reason) == (200, "OK")
    assert reply["Via"].startswith(f"SIP/2.0/UDP {shown};branch=z9hG4bK")
    assert f"<sip:client@{shown}>;tag=" in reply["From"]
    assert ";tag=" in reply["To"]
    assert reply["CSeq"] == "1 OPTIONS"
    assert reply.body == b""


def test_another_method_gets_501(server: Server, host: str, port: int) -> None:
    """What the route does not handle is answered with 501 Not Implemented."""
    with Client("udp", host, port) as client:
        statuses = [client.ask(method).status for method in ("INVITE", "REGISTER", "MESSAGE", "PUBLISH", "X-NEW")]

    assert statuses == [501] * 5


def test_an_ack_gets_no_reply(server: Server, host: str, port: int) -> None:
    """An ACK is never answered (RFC 3261 section 17.1.1.3)."""
    with Client("udp", host, port) as client:
        client.send(client.request("ACK"))
        reply = client.ask("OPTIONS")
        client.socket.settimeout(0.3)
        try:
            more = client.socket.recv(65536)
        except TimeoutError:
            more = b""

    assert reply.status == 200
    assert more == b""


def test_many_source_ports_lose_nothing(server: Server, host: str, port: int) -> None:
    """Five thousand requests from 64 source ports, 16 at a time, get 5,000 replies of status 200."""
    result = load.closed_loop(host, port, 5000, window=16)

    assert (result.lost, result.unexpected) == (0, 0)
    assert dict(result.statuses) == {200: 5000}


def test_clients_at_the_same_time_get_their_own_replies(server: Server, host: str, port: int) -> None:
    """Twenty clients, each with a socket of its own and a hundred requests, never see another one's reply."""

    def talk(number: int) -> list[str | None]:
        with Client("udp", host, port) as client:
            tokens = [f"c{number}m{index}" for index in range(100)]
            seen = []
            for token in tokens:
                client.send(client.request(token=token))
                seen.append(client.receive()["Call-ID"])
        return [call for token, call in zip(tokens, seen, strict=True) if call != f"{token}@{client.local[0]}"]

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(talk, range(20))) == [[]] * 20


def test_keep_alives_and_noise_are_not_answered(server: Server, host: str, port: int) -> None:
    """CRLFs, NUL bytes and a STUN-like datagram on the SIP port do no harm, and the next request is answered."""
    with Client("udp", host, port) as client:
        for noise in (b"\r\n\r\n", b"\r\n", b"\0\0\0\0", b"\0\1\0\0!\x12\xa4B" + bytes(12), b"", b"x"):
            client.send(noise)
        reply = client.ask("OPTIONS")

    assert reply.status == 200
