"""Keep a test's traffic on this machine, whatever addresses the test makes up."""

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_CLONE_NEWNET = 0x40000000  # <linux/sched.h>
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1  # netdevice(7)

_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def loopback_only() -> Iterator[bool]:
    """Give this thread, and the processes that it starts meanwhile, a network of their own with only loopback in it.

    Yields:
        Whether that was possible; it takes root's rights (CAP_SYS_ADMIN). If not, nothing has changed.
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.unshare(_CLONE_NEWNET) != 0:
            yield False
            return
        try:
            _bring_up("lo")
            yield True
        finally:
            if _libc.setns(home, _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "cannot return to the network namespace")
    finally:
        os.close(home)


def _bring_up(interface: str) -> None:
    """Set a network interface up, as ``ip link set INTERFACE up`` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = interface.encode()
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH14x", name, 0))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", name, flags | _IFF_UP))
