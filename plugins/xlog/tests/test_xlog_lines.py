"""The lines that xlog writes, the words it knows and what it refuses; lines as observed on Kamailio 5.6.3."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.api import Destination, Level, Logger, Run, Settings
from kahea.testing import Sent
from kahea_xlog import Xlog
from kahea_xlog.module import XlogParams
from kahea_xlog.names import color, facility, log_level

NAMES = ("xalert", "xbug", "xcrit", "xerr", "xwarn", "xnotice", "xinfo", "xdbg")


class Log:
    """A log sink that keeps what it gets."""

    def __init__(self) -> None:
        self.written: list[tuple[int, str, str | None]] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.written.append((level, line, facility))

    def flush(self) -> None:
        """Do nothing."""

    @property
    def lines(self) -> list[str]:
        """The lines."""
        return [line for _, line, _ in self.written]


class Script:
    """The module and a run of a script.

    Args:
        params: of the module.
    """

    def __init__(self, **params: Any) -> None:
        self.sink = Log()
        core: Any = type("Core", (), {})()
        core.log = Logger(self.sink, Level.DBG)
        core.settings = Settings(log_stderror=True)
        self.core = core
        self.xlog = Xlog("xlog", XlogParams(**params), core)
        self.run = Run(core)
        text = b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nCSeq: 1 OPTIONS\r\n\r\n"
        self.run.msg = Sent(text, Destination("udp", "127.0.0.1", 5060)).message

    def write(self, text: str, level: int = Level.ERR) -> bool:
        """Write a text by ``xlog``."""
        return self.xlog.xlog_level(self.run, level, lambda run: text)

    def function(self, name: str, arity: int = 1) -> Any:
        """Return what the module declares under a name."""
        [found] = [one for one in self.xlog.declarations.functions if one.name == name and arity in one.arities]
        return found

    def color(self, letters: str) -> Any:
        """Return the value of ``$C(letters)``."""
        [variable] = self.xlog.declarations.pseudo_variables
        spec: Any = type("Spec", (), {"name": "C", "inner": letters})()
        assert variable.bind is not None
        return variable.bind(spec, None)


@pytest.fixture
def script() -> Script:
    """The module with default parameters; all levels are written."""
    return Script()


class TestLines:
    """The shape of lines."""

    @pytest.mark.parametrize(
        ("level", "label"),
        [
            (-5, "ALERT"),
            (-4, "BUG"),
            (-3, "CRITICAL"),
            (-1, "ERROR"),
            (0, "WARNING"),
            (1, "NOTICE"),
            (2, "INFO"),
            (3, "DEBUG"),
        ],
    )
    def test_labels(self, script: Script, level: int, label: str) -> None:
        """A line begins with its level's name and the prefix."""
        assert script.write("text\n", level)
        assert script.sink.lines == [f"{label}: <script>: text"]

    def test_below_lowest(self, script: Script) -> None:
        """Numbers below the lowest level count as it."""
        script.write("text\n", -9)
        assert script.sink.written == [(-5, "ALERT: <script>: text", None)]

    def test_line_ends(self, script: Script) -> None:
        """A text is one line with or without a line end; only its last one is dropped."""
        for text in ("a", "a\n", "m1\nm2\n", "", "\n", "%s %d\n"):
            script.write(text)
        texts = [line.removeprefix("ERROR: <script>: ") for line in script.sink.lines]
        assert texts == ["a", "a", "m1\nm2", "", "", "%s %d"]

    def test_prefix(self) -> None:
        """The parameter prefix stands in the place of ``<script>: ``, behind log_prefix."""
        script = Script(prefix="-p: ")
        script.core.log.prefix = "{1 OPTIONS} "
        script.write("a\n")
        assert script.sink.lines == ["ERROR: {1 OPTIONS} -p: a"]

    def test_too_long(self) -> None:
        """A text of buf_size bytes is refused, one byte less is written."""
        script = Script(buf_size=50)
        assert not script.write("x" * 50)
        assert script.write("x" * 49)
        assert not script.write("é" * 25)
        assert script.write("é" * 24)
        assert [line[:16] for line in script.sink.lines].count("ERROR: xlog: text"[:16]) == 2

    def test_level_above_debug(self, script: Script) -> None:
        """A line above ``debug`` is true, is not written and not even evaluated."""
        script.core.log.level = Level.NOTICE
        never: Any = None
        assert script.xlog.xlog_level(script.run, Level.INFO, never)
        assert script.xlog.xinfo(script.run, never)
        prepare = script.function("xlog", 2).prepare
        assert prepare(Level.INFO, never)(script.run)
        assert script.sink.lines == []

    def test_facility(self) -> None:
        """The facility is that of the call, else that of log_facility, else the server's."""
        script = Script(log_facility="log_local1")
        script.xlog.xlog_facility(script.run, "LOG_LOCAL3", Level.INFO, lambda run: "a")
        script.write("b")
        assert [facility for _, _, facility in script.sink.written] == ["LOG_LOCAL3", "LOG_LOCAL1"]
        script = Script()
        script.write("c")
        assert script.sink.written[0][2] is None

    def test_bad_log_facility(self) -> None:
        """An unknown log_facility stops the start."""
        for name in ("LOG_LOCAL9", "local1"):
            with pytest.raises(ValueError, match=f'unknown syslog facility "{name}"'):
                Script(log_facility=name)


class TestFunctions:
    """The functions of one level, and calls prepared at load."""

    def test_levels(self, script: Script) -> None:
        """Each function writes at its level; xlog with one argument at L_ERR, xcrit at -3."""
        for name in ("xlog", *NAMES):
            assert script.function(name).call(script.run, lambda run: "text")
        assert [level for level, _, _ in script.sink.written] == [-1, -5, -4, -3, -1, 0, 1, 2, 3]

    def test_prepared(self, script: Script) -> None:
        """A call prepared at load writes the same as one that is evaluated."""
        for name in ("xlog", *NAMES):
            function = script.function(name)
            assert function.call(script.run, lambda run: "text\n")
            assert function.prepare(lambda run: "text\n")(script.run)
        two, three = script.function("xlog", 2), script.function("xlog", 3)
        assert two.call(script.run, 2, lambda run: "text")
        assert two.prepare(Level.INFO, lambda run: "text")(script.run)
        assert three.call(script.run, "LOG_USER", 2, lambda run: "text")
        assert three.prepare("LOG_USER", Level.INFO, lambda run: "text")(script.run)
        assert script.sink.written[::2] == script.sink.written[1::2]

    def test_documented(self, script: Script) -> None:
        """Every function has a reference entry with an example."""
        for function in script.xlog.declarations.functions:
            assert function.doc.startswith("Write a line")
            assert f"{function.name}(" in function.doc

    def test_xlogm(self) -> None:
        """xlogm writes nothing for the methods of methods_filter, which are all by default."""
        for methods_filter, lines in [(-1, 0), (0, 1), (1, 1), (64, 1), (512, 0), (513, 0)]:
            script = Script(methods_filter=methods_filter)
            assert script.xlog.xlogm(script.run, Level.ERR, lambda run: "x")
            assert len(script.sink.lines) == lines, methods_filter


class TestWords:
    """Levels, facilities and colours as written."""

    def test_third_letter(self) -> None:
        """Only the third letter of a level counts."""
        words = ("L_ALERT", "L_BUG", "L_CRIT", "L_CRIT2", "L_ERR", "L_WARN", "L_NOTICE", "L_INFO", "L_DBG", "xxI")
        assert [int(log_level(word)) for word in words] == [-5, -4, -3, -3, -1, 0, 1, 2, 3, 2]

    @pytest.mark.parametrize("word", ["INFO", "L", "L_", "L_e", "3", ""])
    def test_unknown_level(self, word: str) -> None:
        """Other words are refused, also those that look right."""
        with pytest.raises(ValueError, match="unknown log level"):
            log_level(word)

    def test_level_argument(self, script: Script) -> None:
        """A level that is evaluated must be a number."""
        kind = script.function("xlog", 2).arguments[0].kind
        assert kind.literal("L_INFO") == 2
        assert kind.dynamic(9) == 9
        assert kind.dynamic("-1") == -1
        for value in ("", None, "L_INFO"):
            with pytest.raises(ValueError, match="expected the number of a log level"):
                kind.dynamic(value)

    def test_facility(self) -> None:
        """Facilities are those of syslog, in any case."""
        assert facility("log_authpriv") == "LOG_AUTHPRIV"
        with pytest.raises(ValueError, match='unknown syslog facility "local3"'):
            facility("local3")

    def test_colors(self) -> None:
        """The escape sequences are Kamailio's."""
        assert color("rx") == "\033[0;31;49m"
        assert color("xx") == "\033[0;39;49m"
        assert color("Wb") == "\033[1;37;44m"
        for letters in ("", "r", "rR", "rxx", "qx", "_x"):
            with pytest.raises(ValueError, match="is no colour"):
                color(letters)

    def test_color_variable(self) -> None:
        """$C(xy) is empty when the log is not on standard error, unless force_color is set."""
        script = Script()
        assert script.color("rx").get(script.run) == "\033[0;31;49m"
        assert eval(script.color("rx").inline) == "\033[0;31;49m"
        script.core.settings.log_stderror = False
        assert script.color("rx").get(script.run) == ""
        forced = Script(force_color=1)
        forced.core.settings.log_stderror = False
        assert forced.color("rx").get(forced.run) == "\033[0;31;49m"
