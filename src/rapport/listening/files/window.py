"""The lines of a file on their way to the csv reader, the latest still at hand."""

from collections import deque
from collections.abc import Iterator
from itertools import chain

from rapport.listening.files import limits
from rapport.listening.files.text import Block, Gap


class Window:
    """Hands out lines and keeps those of the row being read, to show or to read them again.

    `before` and `needed` say up to where rows are finished: blocks that lie wholly before the
    line after the last of `before` (the line before the latest finished row), or before
    `needed`, are let go.
    """

    def __init__(self, blocks: Iterator[Block | Gap]) -> None:
        self._blocks = blocks
        self._kept: deque[Block] = deque()
        self._kept_chars = 0
        self.before: list[int] = []
        self.needed = 1
        self.end = 0
        self.chars = 0
        self.unclean_to = 0
        self.share = 0.0
        self.gap: Gap | None = None

    def lines(self, first: int) -> Iterator[str]:
        """The lines from that one on; ends before a gap, or when a row grows beyond its limit."""
        self.needed = first
        return chain.from_iterable(self._lists(first))

    def _lists(self, first: int) -> Iterator[list[str]]:
        for kept in tuple(self._kept):
            if kept.end >= first:
                yield kept.lines[max(0, first - kept.first) :]
        while self.gap is None:
            self._let_go()
            if self._kept_chars > limits.ROW_CHARS_MAX + 2 * limits.LINE_BYTES_MAX:
                return
            block = self.next_block()
            if block is None:
                return
            self.keep(block)
            if block.end >= first:
                yield block.lines[max(0, first - block.first) :]

    def next_block(self) -> Block | None:
        """The next lines of the file, not kept yet; None before a gap and at the end."""
        if self.gap is not None:
            return None
        block_or_gap = next(self._blocks, None)
        if isinstance(block_or_gap, Gap):
            self.gap = block_or_gap
            return None
        if block_or_gap is not None:
            self.chars += len(block_or_gap.text)
            self.share = block_or_gap.share
            self.end = block_or_gap.end
        return block_or_gap

    def keep(self, block: Block) -> None:
        """Puts a block where lines are handed out."""
        self._kept.append(block)
        self._kept_chars += len(block.text)
        if not block.clean:
            self.unclean_to = block.end

    def let_all_go(self) -> None:
        """Forgets all lines so far: their rows are finished."""
        self._kept.clear()
        self._kept_chars = 0

    def _let_go(self) -> None:
        needed = max(self.needed, self.before[-1] + 1 if self.before else 0)
        while self._kept and self._kept[0].end < needed:
            self._kept_chars -= len(self._kept.popleft().text)

    def pass_gap(self) -> None:
        """Goes on behind the gap; the lines before it are not needed any more."""
        self.gap = None
        self.let_all_go()

    def text(self, first: int, last: int | None = None) -> str:
        """Lines as they stand in the file, without the last line break; "" when let go."""
        parts: list[str] = []
        chars = 0
        for line in self._between(first, first if last is None else last):
            parts.append(line)
            chars += len(line)
            if chars > limits.RAW_CHARS_MAX:
                break
        return "".join(parts).rstrip("\r\n")

    def length(self, first: int, last: int) -> int:
        """How many characters lines have together, breaks included."""
        return sum(len(line) for line in self._between(first, last))

    def _between(self, first: int, last: int) -> Iterator[str]:
        for block in self._kept:
            start, end = first - block.first, last - block.first + 1
            if end > 0 and start < block.count:
                yield from block.lines[max(0, start) : end]
