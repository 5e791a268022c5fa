"""What the module ``xlog`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from kahea.api import (
    Access,
    Binder,
    CallSite,
    Core,
    Format,
    Kind,
    Level,
    Module,
    Params,
    PvHandle,
    PvSpec,
    Run,
    Value,
    function,
    pvar_syntax,
)
from msgspec import Meta, field

from kahea_xlog.lines import Evaluate, Lines
from kahea_xlog.names import color, facility, level_colors, log_level, method_bit


class LevelKind(Kind):
    """A log level: a word such as ``L_INFO``, or a pseudo-variable with the number of one."""

    label = "log level"

    def literal(self, value: str | int) -> int:
        """Return the level that a word stands for."""
        return log_level(str(value))

    def dynamic(self, value: Value) -> int:
        """Return a number as it is."""
        try:
            return int(value or "")
        except ValueError:
            raise ValueError(f'expected the number of a log level, got "{value}"') from None


class FacilityKind(Kind):
    """A syslog facility."""

    label = "syslog facility"

    def dynamic(self, value: Value) -> str:
        """Return its name."""
        return facility(str(value))


LogLevel = Annotated[int, LevelKind()]
Facility = Annotated[str, FacilityKind()]


class XlogParams(Params):
    """Parameters of the module ``xlog``."""

    prefix: Annotated[str, Meta(description="Text between the level and the text of each line.")] = "<script>: "
    prefix_mode: Annotated[
        int, Meta(description="With 1, the prefix is a format string that is evaluated for each line.", ge=0, le=1)
    ] = 0
    long_format: Annotated[
        int, Meta(description="With 1, xlogl and xdbgl tell the file too, not only the line.", ge=0, le=1)
    ] = 0
    buf_size: Annotated[int, Meta(description="Bytes from which on a text is too long to be logged.", ge=1)] = 4096
    log_facility: Annotated[
        str | None, Meta(description="Syslog facility of the lines, such as LOG_LOCAL3; the server's when not set.")
    ] = None
    force_color: Annotated[
        int, Meta(description="With 1, `$C(xy)` gives escape sequences even if the log is not on standard error.", ge=0)
    ] = 0
    log_colors: Annotated[
        list[str],
        Meta(
            description="Colours of a level's lines on standard error, with `log_color=yes`: `L_ERR=cr`, letters as in "
            "`$C(xy)`; several separated by `;`."
        ),
    ] = field(default_factory=list)
    methods_filter: Annotated[
        int,
        Meta(
            description="Sum of the numbers of the methods for which xlogm writes nothing: INVITE 1, CANCEL 2, ACK 4, "
            "BYE 8, INFO 16, REGISTER 32, SUBSCRIBE 64, NOTIFY 128, MESSAGE 256, OPTIONS 512, PRACK 1024, "
            "UPDATE 2048, REFER 4096, PUBLISH 8192; -1 stands for all."
        ),
    ] = -1
    auto_newline: Annotated[
        int, Meta(description="Accepted for Kamailio's sake: each text ends its line, whether or not it ends in `\\n`.")
    ] = 0


def _at_level(name: str, level: Level, word: str) -> Callable[[Xlog, Run, Evaluate], bool]:
    """Make a function that writes lines at one level, with its reference entry."""

    def write(self: Xlog, run: Run, text: Format) -> bool:
        return self.lines.log(run, level, text)

    write.__doc__ = rf"""Write a line at the level {word}.

        Args:
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            {name}("$rm from $si:$sp\n");
        """
    return write


def _prepared_at(level: Level) -> Callable[[Xlog, Evaluate], Callable[[Run], bool]]:
    """Make the variant of such a function for constant arguments."""
    return lambda self, text: self.lines.prepare(level, text)


class Xlog(Module[XlogParams]):
    r"""Writes log lines with pseudo-variables.

    Each text is a line of its own, whether or not it ends in `\n`. Nothing is evaluated for lines that are not
    written because their level is above `debug`.
    """

    def __init__(self, name: str, params: XlogParams, core: Core) -> None:
        super().__init__(name, params, core)
        own = None if params.log_facility is None else facility(params.log_facility)
        core.log.colours.update(level_colors(params.log_colors))
        self.lines = Lines(params.prefix, params.buf_size, own, bool(params.long_format))

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Compile the prefix, if it is a format string."""
        if self.params.prefix_mode:
            self.lines.evaluate_prefix = binder("prefix").format(self.params.prefix)

    @function("xlog")
    def xlog(self, run: Run, text: Format) -> bool:
        r"""Write a line at the level L_ERR.

        Args:
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlog("call from $fu to $ru\n");
        """
        return self.lines.log(run, Level.ERR, text)

    @xlog.when_constant
    def _xlog_prepared(self, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(Level.ERR, text)

    @function("xlog")
    def xlog_level(self, run: Run, level: LogLevel, text: Format) -> bool:
        r"""Write a line.

        Args:
            level: L_ALERT, L_BUG, L_CRIT, L_ERR, L_WARN, L_NOTICE, L_INFO or L_DBG (only the third letter counts),
                or a pseudo-variable with its number, -5 to 3.
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlog("L_INFO", "$rm from $si:$sp\n");
        """
        return self.lines.log(run, level, text)

    @xlog_level.when_constant
    def _xlog_level_prepared(self, level: Level, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(level, text)

    @function("xlog")
    def xlog_facility(self, run: Run, facility: Facility, level: LogLevel, text: Format) -> bool:
        r"""Write a line to a syslog facility.

        Args:
            facility: LOG_DAEMON, LOG_LOCAL0 to LOG_LOCAL7, LOG_USER and so on.
            level: as in xlog with two arguments.
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlog("LOG_LOCAL3", "L_INFO", "$rm from $si:$sp\n");
        """
        return self.lines.log(run, level, text, facility)

    @xlog_facility.when_constant
    def _xlog_facility_prepared(self, facility: str, level: Level, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(level, text, facility)

    @function("xlogl")
    def xlogl(self, run: Run, site: CallSite, text: Format) -> bool:
        r"""Write a line at the level L_ERR that tells the line of the file it stands in.

        Args:
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlogl("who calls here: $fu\n");
        """
        return self.lines.log(run, Level.ERR, text, place=self.lines.place(site))

    @xlogl.when_constant
    def _xlogl_prepared(self, site: CallSite, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(Level.ERR, text, place=self.lines.place(site))

    @function("xlogl")
    def xlogl_level(self, run: Run, site: CallSite, level: LogLevel, text: Format) -> bool:
        r"""Write a line that tells the line of the file it stands in.

        Args:
            level: as in xlog.
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlogl("L_INFO", "$rm from $si:$sp\n");
        """
        return self.lines.log(run, level, text, place=self.lines.place(site))

    @xlogl_level.when_constant
    def _xlogl_level_prepared(self, site: CallSite, level: Level, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(level, text, place=self.lines.place(site))

    @function("xlogl")
    def xlogl_facility(self, run: Run, site: CallSite, facility: Facility, level: LogLevel, text: Format) -> bool:
        r"""Write a line to a syslog facility that tells the line of the file it stands in.

        Args:
            facility: as in xlog with three arguments.
            level: as in xlog.
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlogl("LOG_LOCAL3", "L_INFO", "$rm from $si:$sp\n");
        """
        return self.lines.log(run, level, text, facility, self.lines.place(site))

    @xlogl_facility.when_constant
    def _xlogl_facility_prepared(
        self, site: CallSite, facility: str, level: Level, text: Evaluate
    ) -> Callable[[Run], bool]:
        return self.lines.prepare(level, text, facility, self.lines.place(site))

    @function()
    def xdbgl(self, run: Run, site: CallSite, text: Format) -> bool:
        r"""Write a line at the level L_DBG that tells the line of the file it stands in.

        Args:
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xdbgl("$rm from $si:$sp\n");
        """
        return self.lines.log(run, Level.DBG, text, place=self.lines.place(site))

    @xdbgl.when_constant
    def _xdbgl_prepared(self, site: CallSite, text: Evaluate) -> Callable[[Run], bool]:
        return self.lines.prepare(Level.DBG, text, place=self.lines.place(site))

    @function()
    def xlogm(self, run: Run, level: LogLevel, text: Format) -> bool:
        r"""Write a line, unless the message's method is among those of `methods_filter`; a reply's is that of CSeq.

        Args:
            level: as in xlog.
            text: a format string.

        Returns:
            true; false when the text is longer than `buf_size`.

        Example:
            xlogm("L_INFO", "$rm from $si:$sp\n");
        """
        ignored = self.params.methods_filter
        if ignored == -1 or ignored & method_bit(run.msg):
            return True
        return self.lines.log(run, level, text)

    xdbg = function("xdbg")(_at_level("xdbg", Level.DBG, "L_DBG"))
    xdbg.when_constant(_prepared_at(Level.DBG))
    xinfo = function("xinfo")(_at_level("xinfo", Level.INFO, "L_INFO"))
    xinfo.when_constant(_prepared_at(Level.INFO))
    xnotice = function("xnotice")(_at_level("xnotice", Level.NOTICE, "L_NOTICE"))
    xnotice.when_constant(_prepared_at(Level.NOTICE))
    xwarn = function("xwarn")(_at_level("xwarn", Level.WARN, "L_WARN"))
    xwarn.when_constant(_prepared_at(Level.WARN))
    xerr = function("xerr")(_at_level("xerr", Level.ERR, "L_ERR"))
    xerr.when_constant(_prepared_at(Level.ERR))
    xbug = function("xbug")(_at_level("xbug", Level.BUG, "L_BUG"))
    xbug.when_constant(_prepared_at(Level.BUG))
    xcrit = function("xcrit")(_at_level("xcrit", Level.CRIT2, "L_CRIT"))
    xcrit.when_constant(_prepared_at(Level.CRIT2))
    xalert = function("xalert")(_at_level("xalert", Level.ALERT, "L_ALERT"))
    xalert.when_constant(_prepared_at(Level.ALERT))

    @pvar_syntax("C")
    def color(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The escape sequence that sets the colours of a terminal; empty when the log is not on standard error.

        The first letter is the foreground (a capital makes it bold), the second the background: x default, s black,
        r red, g green, y yellow, b blue, p purple, c cyan, w white. `$C(xx)` sets the default again.
        """
        letters = color(spec.inner or "")
        text = letters if self.core.settings.log_stderror or self.params.force_color else ""
        return Access(f"$C({spec.inner})", lambda run: text, inline=repr(text))
