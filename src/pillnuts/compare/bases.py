"""In what an amount is counted (`1정 (260 mg) 중`, `100 mL 중`), and when two amounts share a ground."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.units import decimal_text
from pillnuts.compare.amounts import decimal

Kind = Literal["dose", "volume", "mass", "ratio", "unknown"]

_MILLILITRES = {
    "밀리리터": Fraction(1),
    "미리리터": Fraction(1),
    "ml": Fraction(1),
    "cc": Fraction(1),
    "마이크로리터": Fraction(1, 1000),
    "리터": Fraction(1000),
    "l": Fraction(1000),
}
_GRAMS = {
    "밀리그램": Fraction(1, 1000),
    "밀리그람": Fraction(1, 1000),
    "mg": Fraction(1, 1000),
    "킬로그램": Fraction(1000),
    "kg": Fraction(1000),
    "그램": Fraction(1),
    "그람": Fraction(1),
    "g": Fraction(1),
}
_PIECES = (
    "캡슐|바이알|앰플|앰풀|시린지|카트리지|블리스터|스틱|튜브|키트|용기|"
    "정|포|매|개|환|알|관|병|펜|팩|백|회|좌|장"
)
_NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
_VOLUME = re.compile(_NUMBER + rf"(?P<unit>{'|'.join(_MILLILITRES)})(?![a-z])", re.IGNORECASE)
_LAYER = re.compile(r"\d\s*층")
_COUNTED = re.compile(
    _NUMBER
    + rf"(?:(?P<piece>{_PIECES})"
    + rf"|(?P<volume>{'|'.join(_MILLILITRES)})(?![a-z])|(?P<mass>{'|'.join(_GRAMS)})(?![a-z]))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Basis:
    kind: Kind
    quantity: Fraction = Fraction(1)
    """Pieces (dose), mL (volume) or g (mass)."""
    word: str | None = None
    """The piece: 정, 포, 병. None: not said."""
    millilitres: Fraction | None = None
    """What is in the pieces, where the ministry says so: `1병 (30 mL) 중`."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """That of a fraction takes long, and every amount that was read before is looked up by its basis."""
        return hash((self.kind, self.word, self.quantity.numerator))

    @cached_property
    def words(self) -> str | None:
        """In short: `1정`, `1병`, `100 mL`; None where nothing says it."""
        unit = {"dose": self.word, "volume": " mL", "mass": " g"}.get(self.kind)
        return f"{decimal_text(decimal(self.quantity))}{unit}" if unit else None


UNKNOWN, RATIO = Basis("unknown"), Basis("ratio")


@dataclass(frozen=True)
class Ground:
    """On what amounts can be held against each other: each divided by its divisor."""

    kind: Kind
    divisors: tuple[Fraction, ...]


def basis(text: str | None, product: Brief) -> Basis:
    """Read a basis; without one, a product in pieces is counted by the piece, as the ministry does."""
    if text is None:
        return UNKNOWN if product.piece is None else _by_the_piece(product.piece or None)
    found = _read(text)
    # A bottle of drops is not a dose: what counts is what a drop holds.
    if found.kind == "dose" and found.millilitres and not product.swallowed:
        return Basis("volume", found.millilitres)
    return found


@lru_cache(maxsize=64)
def _by_the_piece(word: str | None) -> Basis:
    return Basis("dose", word=word)


@lru_cache(maxsize=4096)
def _read(text: str) -> Basis:
    plain = unicodedata.normalize("NFKC", text)
    if _LAYER.search(plain):
        return Basis("dose", word="정")
    found = _COUNTED.search(plain)
    quantity = _fraction(found["number"]) if found else None
    if not found or not quantity:
        return UNKNOWN
    if found["piece"]:
        inside = _VOLUME.search(plain, found.end())
        millilitres = _fraction(inside["number"]) * _MILLILITRES[inside["unit"].lower()] if inside else None
        return Basis("dose", quantity, found["piece"], millilitres or None)
    if found["volume"]:
        return Basis("volume", quantity * _MILLILITRES[found["volume"].lower()])
    return Basis("mass", quantity * _GRAMS[found["mass"].lower()])


def ground(bases: Sequence[Basis]) -> Ground | None:
    """The one ground all stand on, or None: a tablet and 100 mL have none."""
    kinds = {each.kind for each in bases}
    if len(kinds) == 1 and "unknown" not in kinds:
        kind = bases[0].kind
        return Ground(kind, tuple(each.quantity for each in bases))
    volumes = tuple(each.quantity if each.kind == "volume" else each.millilitres for each in bases)
    known = tuple(volume for volume in volumes if volume)
    return Ground("volume", known) if bases and len(known) == len(bases) else None


def differ(bases: Sequence[Basis]) -> bool:
    """Whether a reader must be told that the amounts are not counted in the same thing."""
    said = {(each.kind, each.quantity, each.word) for each in bases if each.word or each.kind != "dose"}
    return len(said) > 1


def _fraction(number: str) -> Fraction:
    return Fraction(number.replace(",", ""))
