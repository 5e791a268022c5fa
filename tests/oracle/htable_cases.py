# ruff: noqa: E501
"""Hash tables beside the real server.

Not compared, since 5.6.3 does not have it: sht_inc, sht_dec, sht_is_null, the operators ew and in. sht_setxs and sht_setxi
hang there in a table with autoexpire.
"""

from __future__ import annotations

from typing import Any

from tests.oracle.rr_cases import show
from tests.oracle.scenarios import Group, Scenario

HEADERS = (("X-Key", "from header"), ("X-Empty", ""))


def run(*parts: str, **more: Any) -> Scenario:
    """Return a scenario that only logs."""
    return Scenario(
        "\n".join(('sht_reset("a"); sht_reset("i"); sht_reset("e"); sht_reset("k");', *parts)),
        headers=HEADERS,
        sends=0,
        **more,
    )


def say(*texts: str) -> str:
    """Return a script that logs each text as a format."""
    return " ".join(f'xlog("L_NOTICE", "[{text}]\\n");' for text in texts)


GOING = """
$var(n) = 0; $var(s) = 0;
sht_iterator_start("x", "a");
while (sht_iterator_next("x")) { $var(n) = $var(n) + 1; $var(s) = $var(s) + $shtitval(x); xdbg("$shtitkey(x)"); }
"""

HTABLE: dict[str, Group] = {
    "tables": Group(
        ("htable",),
        """
modparam("htable", "htable", "a=>size=4;")
modparam("htable", "htable", "i=>size=3;initval=10")
modparam("htable", "htable", "e=>size=3;autoexpire=100")
modparam("htable", "htable", "k=>size=3;autoexpire=100;updateexpire=0;initval=-1;")
""",
        {
            "values": run('$sht(a=>x) = 1; $sht(a=>y) = "two"; $sht(a=>$hdr(X-Key)) = $rm;', say("$sht(a=>x)", "$sht(a=>y)", "$sht(a=>from header)", "$sht(a=>none)", "$sht(i=>none)", "$sht(k=>none)")),
            "types": run('$sht(a=>x) = 1; $sht(a=>y) = "2"; $var(r) = $sht(a=>x) + 1; $var(q) = $sht(a=>y) + 1;', say("$var(r)", "$var(q)")),
            "negative": run("$sht(a=>x) = -5; $sht(a=>y) = $sht(a=>x) - 1;", say("$sht(a=>x)", "$sht(a=>y)")),
            "removal": run("$sht(a=>x) = 1; $sht(a=>x) = $null;", 'if ($sht(a=>x) == $null) xlog("L_NOTICE", "null\\n");', "$sht(i=>x) = 1; $sht(i=>x) = $null;", say("$sht(i=>x)")),
            "overwriting": run('$sht(a=>x) = 1; $sht(a=>x) = "text"; ', say("$sht(a=>x)"), '$sht(a=>x) = "a longer text";', say("$sht(a=>x)"), "$sht(a=>x) = 3;", say("$sht(a=>x)")),
            "keys": run('$var(k) = "k"; $sht(a=>$var(k)) = 1; $sht(a=>x::$var(k)) = 2; $sht(a=>x y) = 3; $sht(a=>$hdr(X-Empty)) = 4; $sht(a=>X) = 5; $sht(a=>x) = 6;', say("$sht(a=>k)", "$sht(a=>x::k)", "$sht(a=>x y)", "$sht(a=>$hdr(X-Empty))", "$sht(a=>X)", "$sht(a=>x)")),
            "conditions": run('$sht(a=>x) = 3; if ($sht(a=>x) == 3) xlog("L_NOTICE", "three\\n"); if ($sht(a=>x) > 2) xlog("L_NOTICE", "more\\n"); if ($sht(a=>none) == 0) xlog("L_NOTICE", "nothing is zero\\n"); if ($sht(a=>none) == "") xlog("L_NOTICE", "nothing is empty\\n");'),
            "increment": run("$sht(a=>x) = 1;", say("$shtinc(a=>x)", "$shtinc(a=>x)", "$shtdec(a=>x)", "$shtinc(a=>none)", "$sht(a=>none)", "$shtinc(i=>none)", "$shtdec(i=>other)", "$sht(i=>other)"), '$sht(a=>t) = "5";', say("$shtinc(a=>t)", "$sht(a=>t)")),
            "expiry": run("$sht(e=>x) = 1;", say("$shtex(e=>x)", "$shtex(e=>none)", "$shtex(a=>x)"), "$shtex(e=>x) = 50;", say("$shtex(e=>x)"), "$sht(e=>x) = 2;", say("$shtex(e=>x)"), "$shtex(e=>none) = 5;", say("$shtex(e=>none)")),
            "expiry_kept": run("$sht(k=>x) = 1; $shtex(k=>x) = 50; $sht(k=>x) = 2;", say("$shtex(k=>x)", "$shtinc(k=>x)", "$shtex(k=>x)"), '$sht(k=>x) = "text";', say("$shtex(k=>x)")),
            "expiry_over": run("$sht(e=>x) = 1; $shtex(e=>x) = -5;", say("$sht(e=>x)")),
            "counts": run(
                '$sht(a=>one) = "alpha"; $sht(a=>two) = "beta"; $sht(a=>three) = 3; $sht(a=>ONE) = "3";',
                say("$shtcn(a=>one)", "$shtcn(a=>~~^t)", "$shtcn(a=>~%e)", "$shtcn(a=>%~t)", "$shtcn(a=>==one)", "$shtcn(a=>**)", "$shtcn(a=>eq3)", "$shtcn(a=>~~)", "$shtcn(a=>x)"),
                say("$shtcv(a=>a)", "$shtcv(a=>~~^b)", "$shtcv(a=>~%a)", "$shtcv(a=>%~a)", "$shtcv(a=>==3)", "$shtcv(a=>eq3)", "$shtcv(a=>**)", "$shtcv(a=>$hdr(X-Key))"),
            ),
            "remove_names": run(
                "$sht(a=>one) = 1; $sht(a=>two) = 2; $sht(a=>three) = 3; $sht(a=>four) = 4; $sht(a=>five) = 5; $sht(a=>six) = 6;",
                show('sht_rm_name_re("a=>^T")', 'sht_rm_name("a", "sw", "f")', 'sht_rm_name("a", "xx", "x")', 'sht_rm_name("a", "re", "(")', 'sht_rm_name("z", "re", "x")'), say("$shtcn(a=>**)", "$sht(a=>one)"),
            ),
            "remove_values": run(
                '$sht(a=>one) = "alpha"; $sht(a=>two) = "beta"; $sht(a=>three) = 3; $sht(a=>four) = "gamma"; $sht(a=>five) = "delta";',
                show('sht_rm_value_re("a=>^B")', 'sht_rm_value("a", "sw", "gam")', 'sht_rm_value("a", "re", "3")'), say("$shtcn(a=>**)", "$sht(a=>one)"),
            ),
            "remove_one": run("$sht(a=>one) = 1;", show('sht_rm("a", "one")', 'sht_rm("a", "one")', 'sht_rm("z", "one")', 'sht_rm("a", "$hdr(X-Empty)")'), say("$sht(a=>one)")),
            "has": run(
                '$sht(a=>one) = "alpha"; $sht(a=>two) = 2;',
                show(
                    'sht_match_name("a", "eq", "one")', 'sht_match_name("a", "eq", "on")', 'sht_has_name("a", "sw", "t")', 'sht_has_name("a", "re", "^O")', 'sht_has_name("a", "ne", "one")', 'sht_has_name("a", "xx", "one")', 'sht_has_name("z", "eq", "one")',
                    'sht_match_str_value("a", "eq", "alpha")', 'sht_has_str_value("a", "sw", "al")', 'sht_has_str_value("a", "re", "2")', 'sht_has_str_value("a", "eq", "2")', 'sht_has_str_value("a", "ne", "alpha")',
                ),
            ),
            "reset": run("$sht(a=>x) = 1;", show('sht_reset("a")', 'sht_reset("z")', '$var(t) = "a"; sht_reset("$var(t)")'), say("$shtcn(a=>**)")),
            "iterator": run("$sht(a=>x) = 1; $sht(a=>y) = 2; $sht(a=>z) = 3;", GOING, say("$var(n) $var(s)", "$shtitkey(x)", "$shtitval(x)"), show('sht_iterator_end("x")', 'sht_iterator_end("x")', 'sht_iterator_next("x")', 'sht_iterator_start("x", "none")')),
            "iterator_one": run('$sht(a=>x) = "text";', show('sht_iterator_start("x", "a")', 'sht_iterator_next("x")'), say("$shtitkey(x)=$shtitval(x)"), show('sht_iterator_next("x")', 'sht_iterator_next("x")'), say("$shtitkey(x)=$shtitval(x)"), show('sht_iterator_end("x")')),
            "iterator_removal": run("$sht(a=>x) = 1; $sht(a=>y) = 2; $sht(a=>z) = 3;", show('sht_iterator_start("x", "a")', 'sht_iterator_rm("x")', 'sht_iterator_next("x")', 'sht_iterator_rm("x")', 'sht_iterator_rm("x")', 'sht_iterator_rm("x")', 'sht_iterator_rm("x")', 'sht_iterator_end("x")'), say("$shtcn(a=>**)")),
            "iterator_changes": run(
                '$sht(e=>x) = "t";',
                show('sht_iterator_start("x", "e")', 'sht_iterator_sets("x", "a")', 'sht_iterator_next("x")', 'sht_iterator_sets("x", "a new text $rm")'), say("$shtitval(x)"),
                show('sht_iterator_seti("x", "20")'), say("$shtitval(x)"), show('sht_iterator_setex("x", "55")', 'sht_iterator_end("x")'), say("$sht(e=>x) $shtex(e=>x)"),
            ),
            "iterators": run("$sht(a=>x) = 1;", show(*(f'sht_iterator_start("i{number}", "a")' for number in range(5)), *(f'sht_iterator_end("i{number}")' for number in range(5)))),
            "locks": run(show('sht_lock("a=>x")', 'sht_lock("a=>x")', 'sht_unlock("a=>x")', 'sht_unlock("a=>x")', 'sht_lock("z=>x")', 'sht_unlock("z=>x")'), "$sht(a=>x) = 1;", say("$sht(a=>x)")),
            "unknown": run('$sht(z=>x) = 1; xlog("L_NOTICE", "$rc\\n");', say("$sht(z=>x)")),
            "start": run(say("$shv(start)")),
        },
        'event_route[htable:mod-init] { $sht(a=>start) = "begun"; $shv(start) = $sht(a=>start); }\n',
    ),
}  # fmt: skip
