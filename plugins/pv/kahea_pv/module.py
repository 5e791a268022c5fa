"""The module ``pv``."""

from __future__ import annotations

from kahea_pv.declared.address_transformations import (
    AddressTransformations,
    ListTransformations,
    UriTransformations,
)
from kahea_pv.declared.branch_variables import BranchVariables
from kahea_pv.declared.codecs import CodecTransformations
from kahea_pv.declared.endpoints import EndpointVariables
from kahea_pv.declared.functions import VariableFunctions
from kahea_pv.declared.header_variables import HeaderVariables
from kahea_pv.declared.identities import IdentityVariables
from kahea_pv.declared.message import MessageVariables
from kahea_pv.declared.parties import PartyVariables
from kahea_pv.declared.request_uri import RequestUriVariables
from kahea_pv.declared.script_variables import ScriptVariables
from kahea_pv.declared.server_variables import ServerVariables
from kahea_pv.declared.shared_variables import SharedVariablesOfScript
from kahea_pv.declared.strings import StringTransformations
from kahea_pv.declared.time_variables import TimeVariables
from kahea_pv.declared.transport_variables import TransportVariables
from kahea_pv.declared.xavp_functions import XavpFunctions
from kahea_pv.declared.xavp_text_functions import XavpTextFunctions


class Pv(
    RequestUriVariables,
    PartyVariables,
    HeaderVariables,
    IdentityVariables,
    EndpointVariables,
    TransportVariables,
    BranchVariables,
    MessageVariables,
    TimeVariables,
    ServerVariables,
    ScriptVariables,
    SharedVariablesOfScript,
    VariableFunctions,
    XavpFunctions,
    XavpTextFunctions,
    StringTransformations,
    CodecTransformations,
    UriTransformations,
    AddressTransformations,
    ListTransformations,
):
    """Pseudo-variables of the message, variables of the script, and transformations."""
