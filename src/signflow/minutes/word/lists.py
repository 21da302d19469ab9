"""Paragraphs in order → blocks, those with numbers or bullets gathered into lists as deep as they are indented."""

from __future__ import annotations

from dataclasses import dataclass, field

from signflow.minutes.blocks import Entry, FigureBlock, ListBlock, NoteBlock, SourceBlock
from signflow.minutes.word.numbering import Number


@dataclass(slots=True)
class _OpenList:
    number: Number
    line: int
    entries: list[tuple[str, list[SourceBlock]]] = field(default_factory=list[tuple[str, list[SourceBlock]]])

    def block(self) -> ListBlock:
        entries = tuple(Entry(marker, tuple(blocks)) for marker, blocks in self.entries)
        return ListBlock(entries, not self.number.bullet, self.line)

    def takes(self, number: Number) -> bool:
        both_bullets = self.number.bullet and number.bullet
        return both_bullets or (self.number.bullet == number.bullet and self.number.list_id == number.list_id)


@dataclass(slots=True)
class Flow:
    """The blocks of one body, cell or text box. What hangs on a list's entries stands after the whole list."""

    blocks: list[SourceBlock] = field(default_factory=list[SourceBlock])
    _open: list[_OpenList] = field(default_factory=list[_OpenList])
    _waiting: list[SourceBlock] = field(default_factory=list[SourceBlock])

    def add(self, block: SourceBlock) -> None:
        """A block outside lists; images and notes leave an open list open."""
        if self._open and isinstance(block, FigureBlock | NoteBlock):
            self._waiting.append(block)
        else:
            self.close()
            self.blocks.append(block)

    def add_entry(self, blocks: list[SourceBlock], number: Number, line: int) -> None:
        """An entry of a list, at least one block."""
        while self._open and self._open[-1].number.level > number.level:
            self._close_innermost()
        if self._open and self._open[-1].number.level == number.level and not self._open[-1].takes(number):
            self._close_innermost()
        if not self._open and self._waiting:
            self.close()
        if not self._open or self._open[-1].number.level < number.level:
            self._open.append(_OpenList(number, line))
        self._open[-1].entries.append((number.text, blocks))

    def close(self) -> None:
        """End the open lists."""
        while self._open:
            self._close_innermost()
        self.blocks += self._waiting
        self._waiting = []

    def _close_innermost(self) -> None:
        closed = self._open.pop().block()
        (self._open[-1].entries[-1][1] if self._open else self.blocks).append(closed)
