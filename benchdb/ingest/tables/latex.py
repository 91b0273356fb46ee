"""Tables in LaTeX: which lines hold them, their cells as text, and what their captions say of the unit."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.tables.spans import Cell, SpannedRow, to_grid
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchdb.ingest.tables.pipes import Grid

ENVIRONMENTS = ("tabular", "tabular*", "tabularx", "tabulary", "longtable", "tabu", "longtabu", "array")
"""Environments that are tables."""
_BEGIN = re.compile(r"\\begin\s*\{(?P<name>[^{}]+)\}")
_RULE = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|hdashline|endhead|endfirsthead|endfoot|endlastfoot|addlinespace|morecmidrules|"
    r"(?:cmidrule|cline|cdashline|specialrule|arrayrulecolor|rowcolors?|rowcolor|noalign)\b)"
    r"(?:\s*\([^()]*\))?(?:\s*\[[^\[\]]*\])?(?:\s*\{[^{}]*\})*"
)
_HEAD_END = re.compile(r"\\(?:midrule|hline|endhead|endfirsthead)\b")
_NOTE = re.compile(
    r"\$\s*\^\s*(?:\{[^{}$]*\}|\\[A-Za-z]+|[^\s{}$])\s*\$|\^\s*\{?\s*(?:\\(?:dagger|ddagger|dag|ddag|ast|star|S|P|S)\b|\*)\s*\}?|"
    r"\\(?:textsuperscript|footnote|footnotemark|tnote|cite[a-z]*|label|cellcolor|vspace|hspace)\*?(?:\[[^\[\]]*\])*(?:\{[^{}]*\})?"
)
_MACRO = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?\s*\{(?P<text>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_CAPTION = re.compile(r"\\caption\*?\s*(?:\[[^\[\]]*\])?\s*\{")
_PERCENT = re.compile(r"0\s*(?:-{1,3}|–|to)\s*100\b|\\%|\bpercent(?:ages?)?\b", re.IGNORECASE)
_COUNT = re.compile(r"(?<!\s)\s*+\(\d++\)$")
_ARGUMENTS = {
    "multirow": "[{[{[{", "multicolumn": "{{{", "resizebox": "*{{{", "scalebox": "{[{", "rotatebox": "[{{", "adjustbox": "{{",
    "href": "{{", "textcolor": "[{{", "colorbox": "[{{", "makecell": "*[{", "shortstack": "[{", "num": "[{", "tablenum": "[{", "SI": "[{{",
}  # fmt: skip


def latex_grids(text: str, where: str) -> Iterator[tuple[Grid, ScoreUnit | None]]:
    """Yield the tables of a text, and the unit that a table's caption states.

    Args:
        text: LaTeX.
        where: The file, for messages.

    Raises:
        MalformedFileError: If it is not LaTeX, a table does not end, or the tables are too large.
    """
    from benchdb.ingest.tables.latex_library import MOST_STEPS, TooMuchError

    plain = _COMMENT.sub(lambda match: " " * len(match.group()), text)
    reader = _Reader({match["name"]: match["text"] for match in _MACRO.finditer(plain)}, where)
    for start, end, body in _bodies(plain, where):
        try:
            rows, n_headings = _rows(plain, body, end, reader)
        except RecursionError as error:
            raise MalformedFileError.at(where, "", "text that is nested too deeply", "LaTeX") from error
        except TooMuchError as error:
            line = text.count("\n", 0, start) + 1
            expected = f"tables of at most {MOST_STEPS:,} characters, commands and signs in all; divide the file"
            raise MalformedFileError.at(
                where, f"line {line}", "more than can be read, or arguments without end", expected
            ) from error
        grid = to_grid(rows, n_headings=n_headings, where=where) if rows else None
        if grid is not None:
            yield grid, _unit(_caption(plain, start, end))


def _bodies(text: str, where: str) -> Iterator[tuple[int, int, int]]:
    """Yield beginning, end and beginning of the contents of each outer table."""
    position = 0
    while (begin := _BEGIN.search(text, position)) is not None:
        position = begin.end()
        name = begin["name"].strip()
        if name not in ENVIRONMENTS:
            continue
        end = _end_of(text, begin.end(), name)
        if end is None:
            line = text.count("\n", 0, begin.start()) + 1
            raise MalformedFileError.at(where, f"line {line}", f"a {name} without an end", f"\\end{{{name}}}")
        body = _after_arguments(text, begin.end(), with_width=name in {"tabular*", "tabularx", "tabulary"})
        yield begin.start(), end, body
        position = end


def _end_of(text: str, position: int, name: str) -> int | None:
    depth = 1
    for each in re.finditer(rf"\\(?P<what>begin|end)\s*\{{{re.escape(name)}\}}", text[position:]):
        depth += 1 if each["what"] == "begin" else -1
        if depth == 0:
            return position + each.start()
    return None


def _after_arguments(text: str, position: int, *, with_width: bool) -> int:
    """Return where the contents begin: after the column specification, and the width before it."""
    wanted = 2 if with_width else 1
    while wanted and (match := re.compile(r"\s*\[[^\[\]]*\]|\s*\{").match(text, position)) is not None:
        position = match.end()
        if match.group().endswith("{"):
            position = _closing(text, position)
            wanted -= 1
    return position


def _closing(text: str, position: int) -> int:
    """Return the position after the brace that closes the one before a position."""
    depth = 1
    for each in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, position):
        depth += {"{": 1, "}": -1}.get(each.group(), 0)
        if depth == 0:
            return each.end()
    return len(text)


def _rows(text: str, start: int, end: int, reader: _Reader) -> tuple[list[SpannedRow], int]:
    """Return the rows of a table and how many of them stand above the rule below the headings."""
    body = text[start:end]
    blank = _RULE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), body)
    found: list[tuple[int, list[Cell]]] = []
    position = 0
    for row_end, cells in reader.split(blank):
        first = position + len(blank[position:]) - len(blank[position:].lstrip())
        if any(cell.text for cell in cells):
            found.append((min(first, len(blank)), cells))
        position = row_end
    rules = [rule.start() for rule in _HEAD_END.finditer(body)]
    n_above = (sum(first < rule for first, _ in found) for rule in rules)
    n_headings = next((n for n in n_above if n), 1)
    base = text.count("\n", 0, start) + 1
    spread = _filled([cells for _, cells in found])
    rows = [
        SpannedRow(line=base + blank.count("\n", 0, first), cells=tuple(cells))
        for (first, _), cells in zip(found, spread, strict=True)
    ]
    return rows, min(n_headings, max(len(rows) - 1, 1))


def _filled(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return rows with the text of a cell that covers several rows in the empty cells below it."""
    filled: list[list[Cell]] = []
    waiting: dict[int, tuple[int, str]] = {}
    for cells in rows:
        column, line = 0, []
        for cell in cells:
            left, text = waiting.pop(column, (0, ""))
            if left and not cell.text:
                line.append(Cell(text=text, n_columns=cell.n_columns))
                waiting[column] = (left - 1, text)
            else:
                line.append(Cell(text=cell.text, n_columns=cell.n_columns))
                if cell.n_rows > 1:
                    waiting[column] = (cell.n_rows - 1, cell.text)
            column += cell.n_columns
        filled.append(line)
    return filled


class _Reader:
    """Turns the tables of a file into cells of text."""

    def __init__(self, macros: dict[str, str], where: str) -> None:
        from pylatexenc import latex2text, latexwalker, macrospec

        from benchdb.ingest.tables.latex_library import Steps, ToText, Walker

        specs = [macrospec.MacroSpec(name, arguments) for name, arguments in _ARGUMENTS.items()]
        self.where = where
        self.macros = macros
        self.context = latexwalker.get_default_latex_context_db()
        self.context.add_context_category("tables", macros=specs, prepend=True)
        texts = latex2text.get_default_latex_context_db()
        last = [
            latex2text.MacroTextSpec(name, simplify_repl=self._last)
            for name in (*_ARGUMENTS, "underline", "mathbf", "mathit")
        ]
        texts.add_context_category("tables", macros=last, prepend=True)
        texts.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=self._unknown))
        self.to_text = ToText(latex_context=texts, math_mode="text", strict_latex_spaces=False)
        self.walker = latexwalker
        self.walk = partial(Walker, context=self.context, steps=Steps())

    def split(self, body: str) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the end of each row and its cells.

        Args:
            body: Contents of a table without rules and comments.
        """
        cells: list[list[Any]] = [[]]
        for node in self._nodes(body):
            if node.isNodeType(self.walker.LatexMacroNode) and node.macroname in {"\\", "tabularnewline", "cr"}:
                yield node.pos + node.len, [self._cell(each) for each in cells]
                cells = [[]]
            elif node.isNodeType(self.walker.LatexSpecialsNode) and node.specials_chars == "&":
                cells.append([])
            else:
                cells[-1].append(node)
        yield len(body), [self._cell(each) for each in cells]

    def _nodes(self, text: str) -> Any:
        cleaned = _NOTE.sub(lambda match: " " * len(match.group()), text)
        try:
            nodes, _, _ = self.walk(cleaned).get_latex_nodes()
        except (self.walker.LatexWalkerError, RecursionError, IndexError) as error:
            # The last is what the library says of a \verb that ends the text.
            raise MalformedFileError.at(self.where, "", f"text that is not ({error})", "LaTeX") from error
        return nodes

    def _cell(self, nodes: list[Any]) -> Cell:
        n_columns, n_rows = 1, 1
        for node in nodes:
            if node.isNodeType(self.walker.LatexMacroNode) and node.macroname in {"multicolumn", "multirow"}:
                arguments = [each for each in node.nodeargd.argnlist if each is not None] if node.nodeargd else []
                number = re.search(r"\d+", arguments[0].latex_verbatim()) if arguments else None
                covered = max(1, (whole_number(number[0]) if number else None) or 1)
                n_columns, n_rows = (covered, n_rows) if node.macroname == "multicolumn" else (n_columns, covered)
        text = " ".join(self._text(nodes).replace("~", " ").split())
        text = text.strip()
        return Cell(
            text=_COUNT.sub("", text) if not re.match(r"[\d.+−-]", text) else text, n_columns=n_columns, n_rows=n_rows
        )

    def _text(self, nodes: list[Any]) -> str:
        return str(self.to_text.nodelist_to_text(nodes))

    def _last(self, node: Any) -> str:
        arguments = [each for each in (node.nodeargd.argnlist if node.nodeargd else []) if each is not None]
        return self._text([arguments[-1]]) if arguments else ""

    def _unknown(self, node: Any) -> str:
        """Return what the file defines a macro to be, else the text of its arguments or its name."""
        if node.macroname in self.macros:
            text = self.macros.pop(node.macroname)
            try:
                return self._text(self._nodes(text))
            finally:
                self.macros[node.macroname] = text
        arguments = [each for each in (node.nodeargd.argnlist if node.nodeargd else []) if each is not None]
        return self._text(arguments) if arguments else ""


def _caption(text: str, start: int, end: int) -> str:
    """Return the caption in the float around a table, or nothing."""
    opened = max(text.rfind("\\begin{table", 0, start), text.rfind("\\begin{longtable", 0, start + 1))
    closed = text.find("\\end{table", end)
    if opened < 0 or text.find("\\end{table", opened, start) >= 0:
        return ""
    match = _CAPTION.search(text, opened, len(text) if closed < 0 else closed)
    return "" if match is None else text[match.end() : _closing(text, match.end()) - 1]


def _unit(caption: str) -> ScoreUnit | None:
    return ScoreUnit.PERCENT if _PERCENT.search(caption) else None
