"""Everything that the files of one import say, by product: kept on the disk, merged when it is read."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from pillnuts.catalogue.merge import Common, Origin, Told
from pillnuts.catalogue.scratch import Scratch, packed, unpacked
from pillnuts.catalogue.statements import (
    LeftOut,
    Misdated,
    Noted,
    OfProduct,
    Quantified,
    Recalled,
    Said,
    Statement,
    Unread,
)


class Gathered:
    """What was said so far; `take` adds to it."""

    def __init__(self) -> None:
        self.common = Common()
        self.merged = 0
        """Statements about a product that an earlier file had spoken of."""
        self._origins: dict[Origin, int] = {}
        self._said: set[str] = set()
        self._named: set[str] = set()
        self._quantified: set[str] = set()
        self._kept = Scratch()
        self._refused: set[str] = set()
        self.unread: dict[tuple[str, str], Origin] = {}
        """Item code and section of a label document that cannot be read → the newest file with such a one."""
        self.earlier_products: dict[str, bytes] = {}
        """JSON of the release before, of products whose rows cannot be read (see `earlier`)."""
        self.earlier_ingredients: dict[str, bytes] = {}
        """JSON of the substances in them."""

    def take(self, statement: Statement, origin: Origin) -> None:
        match statement:
            case Said() | LeftOut() | Quantified() | Noted() | Recalled():
                number = self._origins.setdefault(origin, len(self._origins))
                self._kept.add(statement.item_seq, packed((number, statement)))
                self._count(statement)
            case Unread(item_seq, section):
                one = item_seq, section
                self.unread[one] = max(
                    self.unread.get(one, origin), origin, key=lambda o: (o.weight, o.source)
                )
            case Misdated():
                pass  # only to be reported
            case _:
                self.common.take(statement, origin)

    def refuse(self, item_seq: str) -> None:
        """Note that a row of this product cannot be taken."""
        self._refused.add(item_seq)

    def lost(self) -> set[str]:
        """Give the products of which a row was refused, and no other one tells what they are called."""
        return self._refused - self._named

    def _count(self, statement: OfProduct) -> None:
        match statement:
            case Said(item_seq, fields):
                self.merged += item_seq in self._said
                self._said.add(item_seq)
                if "name" in fields:
                    self._named.add(item_seq)
                self.common.list_names(statement)
            case Quantified(item_seq):
                self._quantified.add(item_seq)
            case _:
                pass

    def __bool__(self) -> bool:
        """Whether any product was spoken of."""
        return bool(self._said)

    @property
    def nameless(self) -> int:
        """Products of which files tell something, and none tells what they are called."""
        return len((self._said | self._quantified) - self._named)

    def products(self) -> Iterator[Told]:
        """Give what is known of each product, by item code."""
        origins = list(self._origins)
        for item_seq, rows in groupby(self._kept, key=itemgetter(0)):
            told = Told(item_seq)
            for _, body in rows:
                number, statement = unpacked(body)
                told.take(statement, origins[number])
            yield told
