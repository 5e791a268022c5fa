"""The codes of the mistakes that reading a configuration can find."""

from __future__ import annotations

from kahea.diagnostics.codes import register

register(
    "already-defined",
    "a name is defined twice",
    meaning="#!define and -A set a name once. A second definition is an error in Kamailio too.",
    example="#!define DBGLEVEL 3\n#!define DBGLEVEL 2",
    fix="#!trydef keeps the first value, #!redef replaces it:\n\n#!define DBGLEVEL 3\n#!redef DBGLEVEL 2",
)
register(
    "assignment-in-condition",
    "`=` stands where a comparison is meant",
    meaning="`=` assigns. In a condition it would change the variable and not look at it.",
    example='if ($rU = "100") { exit; }',
    fix='if ($rU == "100") { exit; }',
)
register(
    "bad-assignment",
    "the left side of an assignment cannot be assigned to",
    meaning="Values are assigned to pseudo-variables. Words such as uri are for tests only.",
    example='uri = "sip:a@example.org";',
    fix='$ru = "sip:a@example.org";',
)
register(
    "bad-directive",
    "a preprocessor directive is malformed",
    meaning=(
        "A line that begins with #! is a directive if its first word is one. Its arguments must have the right form,\n"
        "and nothing may follow #!else and #!endif on their line: with text behind it, the line is a comment."
    ),
    example="#!ifdef WITH_TLS\n#!endif # WITH_TLS",
    fix="# WITH_TLS\n#!endif",
)
register(
    "bad-port",
    "a port number is too large",
    meaning="A port is a number from 1 to 65535.",
    example="listen=udp:192.0.2.1:506000",
    fix="listen=udp:192.0.2.1:50600",
)
register(
    "bad-route-name",
    "a route block has a name that cannot be",
    meaning=(
        "A route's name has letters, digits and `_`, with no digit first, or is a number or a quoted string.\n"
        "An event route is named after a module and its event. request_route and reply_route have no name."
    ),
    example="route[TO-PSTN] { exit; }",
    fix="route[TO_PSTN] { exit; }",
)
register(
    "bad-substitution",
    "a substitution expression is malformed",
    meaning=(
        "#!subst, #!substdef and --subst take /pattern/replacement/flags with any separator. Flags are i, g and s.\n"
        "In the replacement $env(X) and $def(X) have a value; other pseudo-variables do not, since no message is there."
    ),
    example='#!substdef "!LISTEN_IP!10.0.0.1"',
    fix='#!substdef "!LISTEN_IP!10.0.0.1!g"',
)
register(
    "comment-in-define",
    "a comment stands behind the value of a define",
    meaning=(
        "The value of a define is the rest of the line, comments included. Kamailio puts it in where the name\n"
        "is used, and it hides what follows there. Kahea leaves the comment out, but the file is not portable."
    ),
    example="#!define FLT_ACC 1 # accounting\nsetflag(FLT_ACC);",
    fix="# accounting\n#!define FLT_ACC 1\nsetflag(FLT_ACC);",
)
register(
    "commented-directive",
    "a directive behind a second `#` is obeyed in text that is switched off",
    meaning=(
        "`##!else` is a comment, except inside a condition that does not hold: there only directives are looked for,\n"
        "and the second `#` is not looked at."
    ),
    example="#!ifdef WITH_NAT\n##!else\n#!endif",
    fix="#!ifdef WITH_NAT\n# else\n#!endif",
)
register(
    "define-recursion",
    "a define stands for itself, or for too much",
    meaning="The text of a define may hold other defines, but not itself, also not through others.",
    example="#!define A B\n#!define B A\ndebug = A",
    fix="#!define A B\n#!define B 3\ndebug = A",
)
register(
    "duplicate-default",
    "a switch has two `default` labels",
    meaning="Only one label can be the one for all that is left.",
    example="switch ($rc) { default: exit; default: drop; }",
    fix="switch ($rc) { case 1: exit; default: drop; }",
)
register(
    "empty-block",
    "a block has no statement",
    meaning="The language wants at least one statement between braces.",
    example="if ($rc == 1) { }",
    fix="if ($rc == 1) { ; }",
)
register(
    "endif-without-newline",
    "`#!endif` is the very end of a file",
    meaning=(
        "Kamailio recognises #!endif only with a line end behind it, and so finds its condition open.\n"
        "Kahea takes it as it is meant."
    ),
    example="#!ifdef A\n#!endif<end of file>",
    fix="End the last line of the file.",
)
register(
    "file-not-found",
    "the configuration file cannot be read",
    meaning="The file does not exist, or the user that the server runs as may not read it.",
    example="kahea -f /etc/kamailio/kamalio.cfg",
    fix="kahea -f /etc/kamailio/kamailio.cfg",
)
register(
    "illegal-character",
    "a character that begins nothing in the language",
    meaning=(
        "Outside strings and comments only ASCII is used. Typographic quotes and non-breaking spaces come in when\n"
        "text is copied from a web page."
    ),
    example="xlog(“hello”);",
    fix='xlog("hello");',
)
register(
    "include-limit",
    "files include too many files",
    meaning="Files may include each other 10 deep. More usually means that a file includes itself.",
    example='include_file "kamailio.cfg"    in kamailio.cfg',
    fix="Remove the circle.",
)
register(
    "include-not-found",
    "an included file cannot be read",
    meaning="The file is looked for as the path says, then beside the file that includes it.",
    example='include_file "tls.cfg"',
    fix='import_file "tls.cfg"    if the file may be missing',
)
register(
    "not-defined",
    "#!undef of a name that is not defined",
    meaning="As in Kamailio, only what is defined can be undefined.",
    example="#!undef WITH_TLS",
    fix="#!tryundef WITH_TLS",
)
register(
    "reserved-define",
    "a define has the name of a word of the language",
    meaning="Words of the language are recognised before defines, so the name is never replaced by its value.",
    example="#!define NAME 1",
    fix="#!define MY_NAME 1",
)
register(
    "stray-else",
    "`#!else` without a condition, or a second one",
    meaning="Each #!else belongs to the #!ifdef before it. A second one switches the text over once more.",
    example="#!ifdef A\n#!else\n#!else\n#!endif",
    fix="#!ifdef A\n#!else\n#!endif",
)
register(
    "stray-endif",
    "`#!endif` without a condition",
    meaning="Each #!endif closes one #!ifdef, #!ifndef or #!ifexp.",
    example="#!ifdef A\n#!endif\n#!endif",
    fix="#!ifdef A\n#!endif",
)
register(
    "syntax-error",
    "the text does not follow the grammar",
    meaning="Something is missing, too much, or in the wrong place; the message says what was expected there.",
    example='xlog("hello")\nexit;',
    fix='xlog("hello");\nexit;',
)
register(
    "too-deep",
    "blocks, parentheses or operators are nested too deep",
    meaning="About sixty nested blocks or two hundred parentheses are the limit.",
    example="((((((((...))))))))",
    fix="Move inner blocks to routes of their own.",
)
register(
    "too-many-errors",
    "reading stops after a hundred syntax errors",
    meaning="So many errors are rather one mistake, such as a file that is no configuration.",
    example="kahea -f /etc/passwd",
    fix="Mend the first errors and try again.",
)
register(
    "unbalanced-brace",
    "a block is never closed, or a brace closes no block",
    meaning=(
        "Where a block is still open at the next route or at the end of the file, the message points at the block\n"
        "that, going by the indentation, lacks its brace."
    ),
    example="route[A] {\n    if ($rc == 1) {\n        exit;\n}\nroute[B] { exit; }",
    fix="route[A] {\n    if ($rc == 1) {\n        exit;\n    }\n}\nroute[B] { exit; }",
)
register(
    "unclosed-ifdef",
    "a condition of the preprocessor is never closed",
    meaning="Each #!ifdef, #!ifndef and #!ifexp needs its #!endif on a line of its own.",
    example="#!ifdef WITH_TLS\nenable_tls = yes",
    fix="#!ifdef WITH_TLS\nenable_tls = yes\n#!endif",
)
register(
    "undefined-environment",
    "an environment variable is not set",
    meaning="#!defenv and #!defenvs need the variable; their try forms go on without it.",
    example="#!defenv SIP_PORT",
    fix="#!trydefenv SIP_PORT",
)
register(
    "unknown-directive",
    "a line looks like a directive and is a comment",
    meaning="A line that begins with #! and an unknown word is a comment. This one is close to a directive's name.",
    example="#!esle",
    fix="#!else",
)
register(
    "unknown-statement",
    "a word begins no statement",
    meaning=(
        "Outside route blocks stand parameters, loadmodule, modparam and routes. Inside, a statement begins with a\n"
        "keyword, a pseudo-variable or the name of a function with its parentheses."
    ),
    example='loadmodul "tm.so"',
    fix='loadmodule "tm.so"',
)
register(
    "unterminated-comment",
    "a block comment is never closed",
    meaning="Block comments nest: each /* inside needs its own */.",
    example="/* one /* two */",
    fix="/* one /* two */ */",
)
register(
    "unterminated-pv",
    "a pseudo-variable's parenthesis is never closed",
    meaning="A pseudo-variable stands on one line with all its parentheses.",
    example="if ($(ru{uri.user} == 1) exit;",
    fix="if ($(ru{uri.user}) == 1) exit;",
)
register(
    "unterminated-string",
    "a string is never closed",
    meaning="The string has no closing quote, or the next quote in the file seems to open another string.",
    example='xlog("hello);\nxlog("world");',
    fix='xlog("hello");\nxlog("world");',
)
