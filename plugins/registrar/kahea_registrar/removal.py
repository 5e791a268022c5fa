"""Removes contacts for scripts."""

from __future__ import annotations

from typing import Final

from kahea.api import Core, LocationDomain, LocationFullError, LocationRecord

from kahea_registrar.aor import AddressReader
from kahea_registrar.errors import RegistrationError

DONE: Final = 1
BAD_URI: Final = -1
FAILED: Final = -2
NOT_FOUND: Final = -3


class Removals:
    """Removes contacts.

    Args:
        core: the server.
        addresses: makes addresses of record.
    """

    def __init__(self, core: Core, addresses: AddressReader) -> None:
        self._core = core
        self._addresses = addresses

    def remove(self, domain: LocationDomain, uri: str, ruid: str) -> int:
        """Remove an address of record with its contacts, or one contact.

        Args:
            domain: the location table.
            uri: of the user; may be "" when *ruid* is given.
            ruid: identifier of the contact; all of them when "".

        Returns:
            `DONE` and the like.
        """
        try:
            if uri:
                aor = self._addresses.read(uri)[0]
            elif ruid:
                found = domain.find_instance(ruid)
                if found is None:
                    return NOT_FOUND
                aor = found[0]
            else:
                self._core.log_bounded("unregister: the URI is empty", "registrar")
                return BAD_URI
            if ruid:
                return self._remove_contact(domain, aor, ruid)
            domain.delete(aor)
        except RegistrationError as error:
            self._core.log_bounded(f"unregister: {error}", "registrar")
            return BAD_URI
        except LocationFullError as error:
            self._core.log_bounded(f"unregister: {error}", "registrar")
            return FAILED
        return DONE

    @staticmethod
    def _remove_contact(domain: LocationDomain, aor: str, ruid: str) -> int:
        def work(record: LocationRecord) -> int:
            for contact in record.contacts:
                if contact.ruid == ruid:
                    record.delete(contact)
                    return DONE
            return NOT_FOUND

        return domain.change(aor, work)
