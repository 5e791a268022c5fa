"""Limits, user, group and root directory of the server's processes."""

from __future__ import annotations

import grp
import os
import pwd
import resource
from dataclasses import dataclass
from typing import Final

from kahea.modules.settings import Settings
from kahea.server.application import StartError
from kahea.server.files import Owner

SPARE_DESCRIPTORS: Final = 256
"""Descriptors kept besides those for connections and listening sockets."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group to run as; ``None`` leaves them as they are.

    Attributes:
        uid, gid: numbers.
        name: the user's name, by which his supplementary groups are found.
    """

    uid: int | None = None
    gid: int | None = None
    name: str | None = None

    @property
    def owner(self) -> Owner:
        """The owner of files made at run time."""
        return Owner(-1 if self.uid is None else self.uid, -1 if self.gid is None else self.gid)


def look_up_identity(settings: Settings) -> Identity:
    """Return who ``user`` and ``group`` are; a user alone brings his own group.

    Raises:
        StartError: no such user or group.
    """
    uid = gid = name = None
    if settings.user:
        try:
            entry = pwd.getpwuid(int(settings.user)) if settings.user.isdecimal() else pwd.getpwnam(settings.user)
            uid, gid, name = entry.pw_uid, entry.pw_gid, entry.pw_name
        except KeyError:
            if not settings.user.isdecimal():
                raise StartError(f"no such user: {settings.user}") from None
            uid = int(settings.user)
    if settings.group:
        if settings.group.isdecimal():
            gid = int(settings.group)
        else:
            try:
                gid = grp.getgrnam(settings.group).gr_gid
            except KeyError:
                raise StartError(f"no such group: {settings.group}") from None
    return Identity(uid, gid, name)


def drop_privileges(identity: Identity) -> None:
    """Become the user and group: group first, then supplementary groups, then user.

    Raises:
        StartError: not permitted.
    """
    try:
        if identity.gid is not None and identity.gid != os.getgid():
            os.setgid(identity.gid)
        if identity.uid is not None and identity.uid != os.getuid():
            if identity.name is not None:
                os.initgroups(identity.name, identity.gid if identity.gid is not None else os.getgid())
            else:
                os.setgroups([])
            os.setuid(identity.uid)
    except OSError as error:
        raise StartError(f"cannot change user or group: {error.strerror}; start as root") from None


def enter_root(settings: Settings) -> None:
    """Change root (``chroot``) and working directory (``workdir``, default ``/``).

    Raises:
        StartError: not permitted, or no such directory.
    """
    if settings.chroot:
        try:
            os.chroot(settings.chroot)
        except OSError as error:
            raise StartError(f"cannot chroot to {settings.chroot}: {error.strerror}") from None
    folder = settings.workdir or "/"
    try:
        os.chdir(folder)
    except OSError as error:
        raise StartError(f"cannot change to the working directory {folder}: {error.strerror}") from None


def raise_descriptor_limit(settings: Settings, listening: int) -> None:
    """Allow as many open files as ``open_files_limit`` says; without it, as connections and sockets need, if we may.

    Args:
        settings: the parameters.
        listening: sockets that the server opens itself.

    Raises:
        StartError: ``open_files_limit`` is more than we may have.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.open_files_limit
    if wanted > 0:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard) if hard >= 0 else hard))
        except (OSError, ValueError):
            raise StartError(f"cannot allow {wanted} open files; the limit is {hard} (open_files_limit)") from None
        return
    needed = settings.tcp_max_connections + listening + SPARE_DESCRIPTORS
    if soft >= 0 and needed > soft:
        limit = needed if hard < 0 else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
