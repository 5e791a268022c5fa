"""What the module ``siputils`` offers to the configuration."""

from __future__ import annotations

from kahea.api import Module

from kahea_siputils.contact_functions import ContactFunctions
from kahea_siputils.message_functions import MessageFunctions
from kahea_siputils.params import SiputilsParams
from kahea_siputils.uri_functions import UriFunctions


class Siputils(MessageFunctions, UriFunctions, ContactFunctions, Module[SiputilsParams]):
    """Checks and changes of messages and URIs."""
