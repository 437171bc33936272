"""The plain text of our own HTML: what `doc` wrote, where every `<` begins a tag.

A table's cells stand on one line, ` | ` between them. The lines inside its cells often run in parallel
(`전신 / 발열 / 복통` beside `blank / 1.5 / 2.9`): they are written side by side, so that no figure
loses what it belongs to.
"""

import re
from html import unescape
from itertools import zip_longest
from typing import Final

from pillnuts.catalogue.codes import clean

# A raised number keeps its meaning in plain text: 10⁹, not 109.
_SUPERSCRIPT: Final = re.compile(r"<sup>([-+0-9n−–]+)</sup>", re.ASCII)
_RAISED: Final = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_TABLE: Final = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW: Final = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<t[dh][^<>]*>(.*?)</t[dh]>", re.DOTALL)
_CELL_LINE_END: Final = re.compile(r"</p>|</li>|<br>")
_LINE_END: Final = re.compile(r"</?(?:p|h3|h4|tr|caption|ul|ol|li|div)(?: [^<>]*)?>|<br>")
MARKUP: Final = re.compile(r"<[^<>]*>")


def text_of(html: str) -> str:
    text = _SUPERSCRIPT.sub(lambda match: match[1].translate(_RAISED), html)
    if "<table>" in text:
        text = _TABLE.sub(lambda table: _ROW.sub(lambda row: _row(row[1]), table[0]), text)
    return clean(unescape(MARKUP.sub("", _LINE_END.sub("\n", text)))) or ""


def _row(row: str) -> str:
    cells = [_lines(cell) for cell in _CELL.findall(row)]
    if len({len(cell) for cell in cells if len(cell) > 1}) == 1:
        rows = zip_longest(*cells, fillvalue="")
    else:
        rows = zip_longest(*([" ".join(filter(None, cell))] for cell in cells))
    return "".join(f"{' | '.join(line)}\n" for line in rows)


def _lines(cell: str) -> list[str]:
    lines = _CELL_LINE_END.split(cell)
    if len(lines) > 1 and not MARKUP.sub("", lines[-1]).strip():
        lines.pop()
    return [" ".join(MARKUP.sub("", line).replace("&nbsp;", " ").split()) for line in lines]
