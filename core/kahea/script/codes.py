"""The codes of the mistakes that compiling a configuration can find."""

from __future__ import annotations

from kahea.diagnostics.codes import register

register(
    "bad-argument",
    "an argument does not fit the function",
    meaning=(
        "The function wants another kind of value here: a number in a range, a pattern that compiles, a "
        "pseudo-variable to write to."
    ),
    example='sl_send_reply("99999", "OK");',
    fix='sl_send_reply("200", "OK");',
)
register(
    "bad-case",
    "a case is neither number, string nor pattern",
    meaning="A switch compares with what is written in the file; it evaluates nothing in a case.",
    example="switch ($rU) { case $var(x): exit; }",
    fix="if ($rU == $var(x)) { exit; }",
)
register(
    "bad-flag",
    "the declaration of a flag cannot be",
    meaning="A flag has one name and a number from 0 to 31; a name without a number gets one that is free.",
    example="flags FLT_ACC:77",
    fix="flags FLT_ACC:7",
)
register(
    "bad-operand",
    "an operand cannot be compared like this",
    meaning="The old tests of the core (method, uri, src_ip, proto, ...) compare with certain things only.",
    example="if (proto == UPD) { exit; }",
    fix="if (proto == UDP) { exit; }",
)
register(
    "bad-pseudo-variable",
    "a pseudo-variable is malformed",
    meaning=(
        "A pseudo-variable is $name, $name(inner) or $(name(inner)[index]{class.transformation}). Some "
        "need an inner name,\n"
        "some take none; a dollar by itself is written $$."
    ),
    example='xlog("$hdr is missing\\n");',
    fix='xlog("$hdr(Subject) is missing\\n");',
)
register(
    "bad-regex",
    "a regular expression does not compile",
    meaning=(
        "Patterns are POSIX extended regular expressions, as in Kamailio; the message says what is wrong with this one."
    ),
    example='if ($rU =~ "[0-9") { exit; }',
    fix='if ($rU =~ "[0-9]") { exit; }',
)
register(
    "bad-value",
    "a global parameter has a value of the wrong type or out of range",
    meaning="Each global parameter takes a number, a string or a word, and some have bounds.",
    example='children="four"',
    fix="children=4",
)
register(
    "duplicate-route",
    "a route block is defined twice",
    meaning=(
        "Kamailio would append the second block to the first, or refuse it; neither is what is meant. "
        "One of them is left over."
    ),
    example="request_route { exit; }\nrequest_route { drop; }",
    fix="request_route { exit; }",
)
register(
    "never-equal",
    "a comparison can never hold",
    meaning=(
        "Kamailio takes it, but it compares a number with a text, or an address with something that is none, so that\n"
        "it is always false."
    ),
    example='if (proto == "udp") { exit; }',
    fix="if (proto == UDP) { exit; }",
)
register(
    "no-request-route",
    "the file has no request_route",
    meaning="Requests that arrive are dropped without an answer.",
    example='loadmodule "sl.so"',
    fix='request_route {\n    sl_send_reply("200", "OK");\n}',
)
register(
    "not-supported-yet",
    "Kahea cannot do this yet",
    meaning=("What is written is correct, but nothing would obey it. The file is refused rather than half obeyed."),
    example='cfgengine "python"\nrequest_route { exit; }',
    fix='cfgengine "native"\nrequest_route { exit; }',
)
register(
    "read-only",
    "a pseudo-variable cannot be assigned to",
    meaning="It shows something that a script cannot change, such as where a message came from.",
    example='$si = "10.0.0.1";',
    fix='$du = "sip:10.0.0.1";',
)
register(
    "silent-request",
    "a request may get neither answer nor relay",
    meaning=(
        "On some way through request_route nothing is called that answers or sends: the caller retransmits and gets\n"
        "nothing, until it gives up. Where silence is meant, `exit` says so."
    ),
    example='request_route {\n    if (is_method("OPTIONS")) sl_send_reply("200", "OK");\n    xlog("done\\n");\n}',
    fix='request_route {\n    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }\n'
    '    sl_send_reply("405", "Method Not Allowed");\n}',
)
register(
    "type-mismatch",
    "a string stands where a number is needed, or the other way round",
    meaning=(
        "Kamailio checks the types of constants when it reads the file: arithmetic, order and logic work on numbers."
    ),
    example='if ("9" < "10") { exit; }',
    fix="if (9 < 10) { exit; }",
)
register(
    "undefined-name",
    "a bare word has no meaning",
    meaning=(
        "It is no word of the language here, and no #!define gives it one. Often the define is misspelt "
        "or in a file that is not\n"
        "included; a string wants quotes."
    ),
    example="setflag(FLT_ACC);",
    fix="#!define FLT_ACC 1\n\nsetflag(FLT_ACC);",
)
register(
    "unknown-event-route",
    "nothing triggers an event route",
    meaning="No loaded module says that it runs an event route of this name. The block would never run.",
    example="event_route[sl:filtred-ack] { exit; }",
    fix="event_route[sl:filtered-ack] { exit; }",
)
register(
    "unknown-function",
    "no loaded module has a function of this name",
    meaning="The name is misspelt, or the module that has it is not loaded.",
    example='sl_send_replay("200", "OK");',
    fix='loadmodule "sl.so"\n\nsl_send_reply("200", "OK");',
)
register(
    "unknown-parameter",
    "there is no global parameter of this name",
    meaning="The name is misspelt, or it is a parameter that Kamailio no longer has.",
    example="childern=4",
    fix="children=4",
)
register(
    "unknown-pseudo-variable",
    "no loaded module has a pseudo-variable of this name",
    meaning=(
        "The name is misspelt, or the module that has it is not loaded; most come from the module pv. A "
        "dot belongs to a name:\n"
        "in a text write $(fu). for $fu and a full stop."
    ),
    example='xlog("$rmm\\n");',
    fix='loadmodule "pv.so"\n\nxlog("$rm\\n");',
)
register(
    "unknown-route",
    "a route that is called does not exist",
    meaning=(
        "Kamailio finds this only when it starts. The name is misspelt, or the block is in a file that is not included."
    ),
    example="route(RELY);",
    fix="route(RELAY);",
)
register(
    "unknown-select",
    "there is no select of this name",
    meaning=(
        "A select is a path such as @from.uri.user or @cfg_get.group.name. A step of it is misspelt, or the custom\n"
        "parameter that it names is not set in the file."
    ),
    example='if (@from.uri.usr == "alice") { exit; }',
    fix='if (@from.uri.user == "alice") { exit; }',
)
register(
    "unknown-transformation",
    "no loaded module has a transformation of this name",
    meaning="The name is misspelt, or the module that has it is not loaded; most come from the module pv.",
    example="$var(n) = $(rU{s.length});",
    fix="$var(n) = $(rU{s.len});",
)
register(
    "unreachable-code",
    "a statement can never run",
    meaning="The block ends before it: after exit, drop, return or break nothing more runs.",
    example='exit;\nxlog("never\\n");',
    fix='xlog("first\\n");\nexit;',
)
register(
    "unset-variable",
    "a script variable is read and nothing sets it",
    meaning="A $var that was never set is 0. The name is misspelt here or where it is set.",
    example='$var(count) = 1;\nxlog("$var(cuont)\\n");',
    fix='$var(count) = 1;\nxlog("$var(count)\\n");',
)
register(
    "unused-parameter",
    "a custom parameter is set and nothing reads it",
    meaning="Nothing in the file reads group.name with @cfg_get or $sel(cfg_get...). It is left over or misspelt.",
    example='pstn.gw_ip = "10.0.0.1"\nrequest_route { exit; }',
    fix='pstn.gw_ip = "10.0.0.1"\nrequest_route { $du = "sip:" + @cfg_get.pstn.gw_ip; exit; }',
)
register(
    "unused-route",
    "a named route is never called",
    meaning="Nothing calls the block with route(NAME). It is left over, or a call of it is missing.",
    example="route[RELAY] { exit; }\nrequest_route { exit; }",
    fix="request_route { route(RELAY); }",
)
register(
    "wrong-arity",
    "a call has the wrong number of arguments",
    meaning="The function exists with other numbers of arguments; the message shows how it is written.",
    example='sl_send_reply("200");',
    fix='sl_send_reply("200", "OK");',
)
register(
    "wrong-route",
    "a function is called in a block where it may not be",
    meaning=("Each function says in which kinds of route blocks it works: a reply cannot be answered, for instance."),
    example='reply_route { sl_send_reply("200", "OK"); }',
    fix='request_route { sl_send_reply("200", "OK"); }',
)
register(
    "cannot-wait",
    "a block that cannot wait calls something that does",
    meaning=(
        "Some blocks run in the middle of something that cannot be held up, and the functions that they call, also\n"
        "through other routes, must answer at once."
    ),
    example='event_route[sl:local-response] { http_client_query("http://127.0.0.1/", "$var(body)"); }',
    fix="call the function in request_route, before the reply",
)
