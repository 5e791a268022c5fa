"""Functions and pseudo-variables of iterators."""

from __future__ import annotations

from kahea.api import Core, Message, Text, function, pvar

from kahea_textopsx import fields, iterators


class HeaderIteratorFunctions:
    """Walks over the header fields of a message as it was received."""

    core: Core

    @function()
    def hf_iterator_start(self, msg: Message, iterator: Text) -> bool:
        r"""Begin to walk over the header fields, in front of the first.

        Args:
            iterator: a name to use for this walk.

        Returns:
            true.

        Example:
            hf_iterator_start("walk");
            while (hf_iterator_next("walk")) { xlog("$hfitname(walk): $hfitbody(walk)\n"); }
            hf_iterator_end("walk");
        """
        return iterators.start_headers(msg, iterator)

    @function()
    def hf_iterator_next(self, msg: Message, iterator: Text) -> bool:
        r"""Go to the next header field.

        Args:
            iterator: the name given to `hf_iterator_start`.

        Returns:
            true; false behind the last one, or when the walk was not begun.

        Example:
            while (hf_iterator_next("walk")) { xlog("$hfitname(walk)\n"); }
        """
        found = iterators.headers(msg, iterator)
        return found.next() if found is not None else self._unknown(iterator)

    @function()
    def hf_iterator_prev(self, msg: Message, iterator: Text) -> bool:
        """Go back to the header field before; in front of the first there is none.

        Args:
            iterator: the name given to `hf_iterator_start`.

        Returns:
            true; false when the walk was not begun, or the last header field is behind.

        Example:
            hf_iterator_prev("walk");
        """
        found = iterators.headers(msg, iterator)
        return found.previous() if found is not None else self._unknown(iterator)

    @function()
    def hf_iterator_end(self, msg: Message, iterator: Text) -> bool:
        """End the walk; the next step would be to the first header field again.

        Args:
            iterator: the name given to `hf_iterator_start`.

        Returns:
            true; false when the walk was not begun.

        Example:
            hf_iterator_end("walk");
        """
        found = iterators.headers(msg, iterator)
        if found is None:
            return self._unknown(iterator)
        found.restart()
        return True

    @function()
    def hf_iterator_rm(self, msg: Message, iterator: Text) -> bool:
        """Remove the header field where the walk is; the walk goes on as if it were there.

        Args:
            iterator: the name given to `hf_iterator_start`.

        Returns:
            true; false when the walk is at no header field.

        Example:
            if ($hfitname(walk) =~ "^X-") { hf_iterator_rm("walk"); }
        """
        field = self._current(msg, iterator)
        if field is None:
            return False
        fields.remove(msg, field)
        return True

    @function()
    def hf_iterator_append(self, msg: Message, iterator: Text, text: Text) -> bool:
        r"""Add header fields behind the one where the walk is.

        Args:
            iterator: the name given to `hf_iterator_start`.
            text: one or more header fields, each with its line end.

        Returns:
            true; false when the walk is at no header field.

        Example:
            hf_iterator_append("walk", "X-After: 1\r\n");
        """
        field = self._current(msg, iterator)
        if field is None:
            return False
        msg.edits.insert_after(field.end, text)
        return True

    @function()
    def hf_iterator_insert(self, msg: Message, iterator: Text, text: Text) -> bool:
        r"""Add header fields in front of the one where the walk is.

        Args:
            iterator: the name given to `hf_iterator_start`.
            text: one or more header fields, each with its line end.

        Returns:
            true; false when the walk is at no header field.

        Example:
            hf_iterator_insert("walk", "X-Before: 1\r\n");
        """
        field = self._current(msg, iterator)
        if field is None:
            return False
        msg.edits.insert_after(field.start, text)
        return True

    @pvar("hfitname")
    def hfitname(self, msg: Message, iterator: str) -> str | None:
        """Name of the header field where a walk is, `$hfitname(walk)`; null when it is at none."""
        field = self._current(msg, iterator)
        return None if field is None else field.name

    @pvar("hfitbody")
    def hfitbody(self, msg: Message, iterator: str) -> str | None:
        """Value of the header field where a walk is, `$hfitbody(walk)`; null when it is at none."""
        field = self._current(msg, iterator)
        return None if field is None else field.value

    def _current(self, msg: Message, iterator: str) -> fields.Field | None:
        found = iterators.headers(msg, iterator)
        return None if found is None else found.current

    def _unknown(self, iterator: str) -> bool:
        self.core.log.error(f'there is no iterator "{iterator}": start it first', "textopsx")
        return False


class LineIteratorFunctions:
    """Walks over the lines of the body of a message as it was received."""

    core: Core

    @function()
    def bl_iterator_start(self, msg: Message, iterator: Text) -> bool:
        """Begin to walk over the lines of the body, in front of the first.

        Args:
            iterator: a name to use for this walk.

        Returns:
            true.

        Example:
            bl_iterator_start("walk");
            while (bl_iterator_next("walk")) { xlog("$blitval(walk)"); }
            bl_iterator_end("walk");
        """
        return iterators.start_lines(msg, iterator)

    @function()
    def bl_iterator_next(self, msg: Message, iterator: Text) -> bool:
        """Go to the next line.

        Args:
            iterator: the name given to `bl_iterator_start`.

        Returns:
            true; false behind the last one, or when the walk was not begun.

        Example:
            while (bl_iterator_next("walk")) { xlog("$blitval(walk)"); }
        """
        found = iterators.lines(msg, iterator)
        return found.next() if found is not None else self._not_started(iterator)

    @function()
    def bl_iterator_end(self, msg: Message, iterator: Text) -> bool:
        """End the walk; there is no next line until it is started again.

        Args:
            iterator: the name given to `bl_iterator_start`.

        Returns:
            true; false when the walk was not begun.

        Example:
            bl_iterator_end("walk");
        """
        found = iterators.lines(msg, iterator)
        if found is None:
            return self._not_started(iterator)
        found.close()
        return True

    @function()
    def bl_iterator_rm(self, msg: Message, iterator: Text) -> bool:
        """Remove the line where the walk is; the walk goes on as if it were there.

        Args:
            iterator: the name given to `bl_iterator_start`.

        Returns:
            true; false when the walk is at no line.

        Example:
            if ($blitval(walk) =~ "^a=rtcp") { bl_iterator_rm("walk"); }
        """
        line = self._line(msg, iterator)
        if line is None:
            return False
        iterators.edit_line(msg, line.start, len(line.text), "")
        return True

    @function()
    def bl_iterator_append(self, msg: Message, iterator: Text, text: Text) -> bool:
        r"""Add text behind the line where the walk is.

        Args:
            iterator: the name given to `bl_iterator_start`.
            text: one or more lines, each with its line end.

        Returns:
            true; false when the walk is at no line.

        Example:
            bl_iterator_append("walk", "a=sendrecv\r\n");
        """
        line = self._line(msg, iterator)
        if line is None:
            return False
        iterators.edit_line(msg, line.start + len(line.text), 0, text)
        return True

    @function()
    def bl_iterator_insert(self, msg: Message, iterator: Text, text: Text) -> bool:
        r"""Add text in front of the line where the walk is.

        Args:
            iterator: the name given to `bl_iterator_start`.
            text: one or more lines, each with its line end.

        Returns:
            true; false when the walk is at no line.

        Example:
            bl_iterator_insert("walk", "a=sendrecv\r\n");
        """
        line = self._line(msg, iterator)
        if line is None:
            return False
        iterators.edit_line(msg, line.start, 0, text)
        return True

    @pvar("blitval")
    def blitval(self, msg: Message, iterator: str) -> str | None:
        """The line of the body where a walk is, with its line end, `$blitval(walk)`; null when it is at none."""
        line = self._line(msg, iterator)
        return None if line is None else line.text

    def _line(self, msg: Message, iterator: str) -> iterators.Line | None:
        found = iterators.lines(msg, iterator)
        return None if found is None else found.current

    def _not_started(self, iterator: str) -> bool:
        self.core.log.error(f'there is no iterator "{iterator}": start it first', "textopsx")
        return False
