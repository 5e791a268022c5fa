"""The pieces of RFC 3261's grammar (section 25.1) that are recognised with regular expressions, compiled once.

Two rules hold for every pattern here. Repetitions are possessive (``*+``), so that hostile input cannot make them
backtrack. Where Kamailio accepts more than the RFC (any character in a host name of a Via, say), so do they: what
the pattern must get right is where each part begins and ends.
"""

from __future__ import annotations

import re
from typing import Final

# token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
TOKEN: Final = r"[A-Za-z0-9\-.!%*_+`'~]"

# quoted-string = SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE
QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'

# LWS = [*WSP CRLF] 1*WSP. The text of one header field holds a line end only where it is folded, so any mixture of
# these characters is white space.
LWS: Final = r"[ \t\r\n]*+"

#: Request-Line = Method SP Request-URI SP SIP-Version CRLF; Kamailio allows more blanks around the version.
REQUEST_LINE: Final = re.compile(r"([^ \t\r\n]++) ([^ \t\r\n]++)[ \t]++([^ \t\r\n]++)[ \t]*+(?:\r.*+)?")

#: Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF; the reason may be empty, the blank before it not.
STATUS_LINE: Final = re.compile(r"(SIP/2\.0) ([0-9]{3})[ \t]++([^\r\n]*+)", re.IGNORECASE)

#: field-name HCOLON, where HCOLON = *( SP / HTAB ) ":" SWS
HEADER_NAME: Final = re.compile(rf"({TOKEN}++)[ \t]*+:")

#: A line end that continues the header field: what RFC 3261 7.3.1 calls folding.
FOLD: Final = re.compile(r"\r?\n(?=[ \t])")

#: via-parm in the form that nearly every client writes, matched on the whole header line:
#: sent-protocol LWS sent-by *( SEMI via-params ), without quoted values, extra blanks, comments or a second via-parm.
VIA_SIMPLE: Final = re.compile(
    r"[^:]*+:[ \t]*+"
    r"SIP/2\.0/(?P<protocol>[A-Za-z]++) ++"
    r"(?P<host>[A-Za-z0-9.\-]++|\[[0-9A-Fa-f:.]++\])(?::(?P<port>[0-9]{1,5}+))?"
    r"(?P<params>(?:;[A-Za-z0-9\-._]++(?:=[^;,\s\"()=\0]++)?)*+)\r?$"
)

#: via-parm = sent-protocol LWS sent-by *( SEMI via-params ), then an RFC 2543 comment, then the comma or the end.
#: sent-protocol = protocol-name SLASH protocol-version SLASH transport; SLASH = SWS "/" SWS.
VIA_PARM: Final = re.compile(
    rf"{LWS}SIP{LWS}/{LWS}2\.0{LWS}/{LWS}(?P<protocol>[^\s/;,:]++)[ \t\r\n]++"
    rf"(?P<host>\[[0-9A-Fa-f:.]++\]|[^\s:;,()\[\]]++){LWS}(?::{LWS}(?P<port>[0-9]{{1,5}}+){LWS})?"
    rf"(?P<params>(?:;{LWS}{TOKEN}++{LWS}(?:={LWS}(?:{QUOTED}|[^;,\"()\s]*+){LWS})?)*+)"
    rf"(?:\((?:[^()]|\([^()]*+\))*+\){LWS})?"
    r"(?P<more>,|$)",
    re.IGNORECASE | re.DOTALL,
)

#: One parameter: SEMI name [ EQUAL value ], value = token / host / quoted-string.
PARAM: Final = re.compile(
    rf";{LWS}(?P<name>[^\s;=,\"<>]++){LWS}(?:={LWS}(?:(?P<quoted>{QUOTED})|(?P<value>[^;\"<>\s]*+)){LWS})?", re.DOTALL
)

_PARAMS = rf"(?P<params>(?:;{LWS}[^\s;=\"<>]++{LWS}(?:={LWS}(?:{QUOTED}|[^;\"<>\s]*+){LWS})?)*+)"

#: name-addr = [ display-name ] LAQUOT addr-spec RAQUOT, followed by parameters.
#: display-name = *(token LWS) / quoted-string; like Kamailio, any text without ``<>";\`` counts as tokens.
NAME_ADDR: Final = re.compile(
    rf"{LWS}(?P<display>{QUOTED}|[^<>\";\\]*+){LWS}<{LWS}(?P<uri>[^<>\"\\\s]++){LWS}>{LWS}{_PARAMS}$", re.DOTALL
)

#: addr-spec alone; then every semicolon belongs to the header, not to the URI (RFC 3261 20.10).
ADDR_SPEC: Final = re.compile(rf"{LWS}(?P<uri>[^<>\"\\\s;]++){LWS}{_PARAMS}$", re.DOTALL)

#: A To line in the forms that nearly every client writes. What it matches is well formed; what it does not
#: match is left to `NAME_ADDR` and `ADDR_SPEC`.
ADDRESS_LINE: Final = re.compile(
    r"[^:]*+:[ \t]*+(?:(?:\"[^\"\\]*+\"|[^<>\";\\]*+)[ \t]*+<[^<>\"\\\s]++>|[^<>\"\\\s;]++)"
    r"(?:;[^\s;=\"<>]++(?:=[^;\"<>\s]*+)?)*+\r?$"
)

#: "CSeq" HCOLON 1*DIGIT LWS Method, on the whole line; like Kamailio, the number may be any text without blanks.
CSEQ: Final = re.compile(rf"[^:]*+:{LWS}([^ \t\r\n]++)[ \t\r\n]++([^ \t\r\n]++){LWS}$")

#: One element of a list separated by commas. A quote or bracket that nobody closes takes all that follows: no look
#: ahead is made twice, so splitting is linear whatever the text.
COMMA_PART: Final = re.compile(rf"(?:{QUOTED}|<[^>]*+>|[^,\"<])++(?:[\"<].*+)?|[\"<].*+", re.DOTALL)

#: hostname / IPv4address, as far as the set of characters goes.
HOST_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_]*+")

#: IPv6reference = "[" IPv6address "]", as far as the set of characters goes.
IPV6_REFERENCE: Final = re.compile(r"\[[^\[\]&@;?]++\]")
