"""What happens when a function or an expression fails while a script runs."""

from __future__ import annotations

from typing import Any

from kahea.logs import Level
from kahea.modules.callsite import CallSite
from kahea.modules.context import Run


def function_failed(run: Run, error: Exception, site: CallSite) -> int:
    """Log and count the exception of a module's function; it is -1 to the script.

    A ``ValueError`` is an argument that does not fit, told in one line; anything else is the module's
    mistake, told with the place in the module that raised it.
    """
    origin = ""
    if not isinstance(error, ValueError):
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is not None:
            raised_in = traceback.tb_frame.f_code
            origin = f" (raised in {raised_in.co_filename}:{traceback.tb_lineno} {raised_in.co_name})"
    run.core.counters.add("script.function_failures")
    run.core.log_bounded(f"{site.span}: `{site.name}` failed: {type(error).__name__}: {error}{origin}", level=Level.ERR)
    return -1


def expression_failed(run: Run, error: Exception, site: CallSite) -> None:
    """Log an expression or assignment without a value; the script goes on."""
    run.core.log_bounded(f"{site.span}: {site.name}: {error}", level=Level.ERR)


def loop_ended(run: Run, site: CallSite) -> None:
    """Log a ``while`` that reached ``max_while_loops``."""
    limit = run.core.settings.max_while_loops
    run.core.log_bounded(f"{site.span}: the loop was ended after {limit} turns (max_while_loops)", level=Level.ERR)


def script_place(error: BaseException) -> str:
    """Return where an exception came from: the line of the configuration, then the line of Python that raised."""
    places: list[str] = []
    traceback: Any = error.__traceback__
    script = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno}")
        if not code.co_filename.endswith(".py"):
            script = places[-1]
        traceback = traceback.tb_next
    raised = places[-1] if places else "unknown place"
    return raised if not script or script == raised else f"{script}: raised in {raised}"
