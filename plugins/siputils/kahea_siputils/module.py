"""What the module ``siputils`` offers to the configuration."""

from __future__ import annotations

from kahea_siputils.charging_functions import ChargingFunctions
from kahea_siputils.contact_functions import ContactFunctions
from kahea_siputils.message_functions import MessageFunctions
from kahea_siputils.options_functions import OptionsFunctions
from kahea_siputils.uri_functions import UriFunctions


class Siputils(MessageFunctions, OptionsFunctions, UriFunctions, ContactFunctions, ChargingFunctions):
    """Checks and changes of messages and URIs."""
