"""What a product's name says: the plain name, the notes in brackets, the export name, the strengths."""

import re
import unicodedata
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from pillnuts.catalogue import units
from pillnuts.catalogue.codes import clean
from pillnuts.catalogue.names import bracketed


class Strength(NamedTuple):
    value: Decimal
    unit: str


_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT: Final = (
    "(?:킬로|밀리|미리|마이크로|나노)?그[램람]|(?:밀리|미리|마이크로)?리터|(?:메가|기가|킬로)베크렐|밀리퀴리"
    "|밀리몰|밀리당량|퍼센트|%|(?:십만|백만|천만|만|억|천)?(?:아이\\.?유|국제단위|단위|유니트|유닛|IU|iu)"
    "|(?:mg|MG|mcg|[μu]g|kg|ng|m[lL]|ML|I\\.U|mEq|mmol|[MG]Bq|mCi)(?![A-Za-z])|[gLlU](?![A-Za-z-])"
)
_STRENGTH: Final = re.compile(
    rf"(?P<per>/)?\s*(?<![\d.,])(?P<numbers>(?:{_NUMBER})(?:\s*/\s*(?:{_NUMBER}))*)\s*(?P<unit>{_UNIT})",
    re.ASCII,
)
_DECIMAL_DOT: Final = re.compile(r"(?<=\d)[ㆍ·](?=\d)", re.ASCII)
_VOLUMES: Final = frozenset({"L", "mL", "µL"})
_EXPORT: Final = re.compile(r"\s*수출(?:명|제품명)\s*\d*\s*[:;,]?\s*(.+)", re.DOTALL)
_BARE_EXPORT: Final = re.compile(r"수출(?:명|제품명)\s*\d*\s*[:;](.*)", re.DOTALL)
_UNOPENED: Final = re.compile(r"(?<![([{（［].)[)\]}]+\s*$")
# Words in brackets that speak of the pack or the market, not of an ingredient.
_NO_INGREDIENT: Final = re.compile(
    r"\s*(?:주|유|\d*회용|일회용|무균|멸균|수출용?|내수용?|군납용?|군납명.*|수입|원료|프리필드(?:시린지)?|카트리지|바이알|앰플|.*수출용.*)\s*",
    re.DOTALL | re.ASCII,
)


def _parts(name: str) -> tuple[str, list[str]]:
    """Split a name into what stands outside its brackets and the contents of the outermost brackets."""
    inside = bracketed(name)
    outside, notes = "", []
    start = 0
    for within, run in groupby(inside):
        end = start + sum(1 for _ in run)
        if not within:
            outside += name[start:end]
        elif outside.strip() == "" and end < len(name):
            outside += name[start:end]  # `(주)…의료용산소`: a bracket that opens the name belongs to it
        else:
            notes += _groups(name[start:end])
            outside += " " if name[end : end + 1].isdigit() else ""
        start = end
    for opened, closed in ("()", "[]"):
        head, bracket, rest = outside.partition(opened)
        if bracket and closed not in rest and head.strip():
            return head, [*notes, rest]  # a bracket that never closes: the name was cut at the source
    return outside, notes


def _groups(run: str) -> list[str]:
    """Return the contents of brackets standing side by side: `(a)(b(c))` → `a`, `b(c)`."""
    groups, depth, start = [], 0, 0
    for at, char in enumerate(run):
        if char in "([{（［":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif char in ")]}）］":
            depth -= 1
            if depth == 0:
                groups.append(run[start:at])
    return groups


def base_name(product_name: str) -> tuple[str, tuple[str, ...], str | None]:
    """Return (the plain name, the notes in brackets that can name ingredients, the export name).

    >>> base_name("알티린정(세티리진염산염)(수출명:Vilex, Cetirin)")
    ('알티린정', ('세티리진염산염',), 'Vilex, Cetirin')
    """
    name = " ".join((clean(product_name) or "").split("\n"))
    exports: list[str] = []
    notes: dict[str, None] = {}
    bare = _BARE_EXPORT.search(name)
    if bare is not None and bare.start() and not bracketed(name)[bare.start()]:
        name, exports = name[: bare.start()], [bare[1]]
    outside, groups = _parts(name)
    for group in groups:
        export = _EXPORT.fullmatch(group)
        if export is not None:
            exports.append(export[1])
        elif _NO_INGREDIENT.fullmatch(group) is None and (note := clean(group)) is not None:
            notes[note] = None
    plain = clean(_UNOPENED.sub("", outside)) or name
    return plain, tuple(notes), clean(", ".join(exports))


def strengths(product_name: str) -> tuple[Strength, ...]:
    """Return the strengths that a product's name states, in order; the volume they are in is left out.

    `5/160밀리그램` is two strengths. Only a number with a unit counts: `비타민B12`, `#4500` have none.
    """
    plain, notes, _ = base_name(product_name)
    found = _strengths_in(plain)
    if not found:
        found = [strength for note in notes if _is_strength(note) for strength in _strengths_in(note)]
    return tuple(dict.fromkeys(found))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", _DECIMAL_DOT.sub(".", text))


def _is_strength(note: str) -> bool:
    return _STRENGTH.sub("", _normal(note)).strip(" ,/") == ""


def _strengths_in(text: str) -> list[Strength]:
    found: list[Strength] = []
    text = _normal(text)
    end = -1
    for match in _STRENGTH.finditer(text):
        factor, unit = units.scaled(match["unit"])
        solvent = match["per"] is not None and match.start() == end and unit in _VOLUMES
        end = match.end()
        values = [Decimal(number.strip().replace(",", "")) * factor for number in match["numbers"].split("/")]
        if not solvent:
            found += [Strength(value, unit) for value in values if value]
    return found
