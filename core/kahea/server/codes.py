"""The codes of the mistakes that loading modules can find."""

from __future__ import annotations

from kahea.diagnostics.codes import register

register(
    "bad-param",
    "a module parameter has a value of the wrong type or out of range",
    meaning="The parameter takes another kind of value, as the module declares it; see kahea modules NAME.",
    example='modparam("sl", "default_code", "many")',
    fix='modparam("sl", "default_code", 500)',
)
register(
    "hidden-function",
    "a module hides a function of another",
    meaning=(
        "Two loaded modules have a function of the same name. The one that was loaded last is called, as in Kamailio."
    ),
    example='loadmodule "sl.so"\nloadmodule "mysl.so"',
    fix="load the module whose function is meant last",
)
register(
    "loaded-twice",
    "a module is loaded twice",
    meaning="The second loadmodule changes nothing.",
    example='loadmodule "sl.so"\nloadmodule "sl.so"',
    fix='loadmodule "sl.so"',
)
register(
    "module-broken",
    "a module is installed but cannot be used",
    meaning=(
        "Its package raised an exception when it was imported, or what it declares is wrong. The message "
        "shows the reason;\n"
        "updating or reinstalling the package usually mends it."
    ),
    example='loadmodule "mine.so"',
    fix="kahea modules mine",
)
register(
    "module-not-installed",
    "no installed package offers the module",
    meaning=(
        "Each loadmodule is a Python package. Install the one that is named, into the environment that Kahea runs in."
    ),
    example='loadmodule "xlog.so"',
    fix="pip install kahea-xlog",
)
register(
    "module-not-loaded",
    "a parameter is set before its module is loaded",
    meaning="As in Kamailio, modparam follows the loadmodule of its module.",
    example='modparam("sl", "default_code", 500)\nloadmodule "sl.so"',
    fix='loadmodule "sl.so"\nmodparam("sl", "default_code", 500)',
)
register(
    "module-removed",
    "Kamailio no longer has the module",
    meaning="Old files still load it. What it did is done by another module now.",
    example='loadmodule "mi_fifo.so"',
    fix='loadmodule "jsonrpcs.so"',
)
register(
    "unknown-param",
    "a module has no parameter of this name",
    meaning="The name is misspelt, or the parameter was removed.",
    example='modparam("sl", "default_cod", 500)',
    fix='modparam("sl", "default_code", 500)',
)
