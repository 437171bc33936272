"""Filters, and how many results each of their values would leave."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pillnuts.search.found import Counts, Query
from pillnuts.search.shapes import Otc
from pillnuts.search.store import Columns, Lists

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_OTC: Final = tuple(Otc)
_YES: Final = "true"


def chosen(columns: Columns, lists: Lists, query: Query, products: Numbers) -> dict[str, Flags]:
    """For each filter that is set, which of `products` pass it."""
    passed: dict[str, Flags] = {}
    if query.image:
        passed["image"] = columns.image[products]
    if query.otc is not None:
        passed["otc"] = columns.otc[products] == _OTC.index(query.otc)
    for name, value, codes, values in (
        ("class", query.class_, columns.class_, lists.classes),
        ("form", query.form, columns.form, lists.forms),
        ("maker", query.maker, columns.maker, lists.makers),
    ):
        if value is not None:
            code = values.index(value) if value in values else len(values)
            passed[name] = codes[products] == code
    return passed


def counts(columns: Columns, lists: Lists, passed: dict[str, Flags], products: Numbers) -> dict[str, Counts]:
    """For each filter its values and their counts, under all the other filters that are set."""
    coded: dict[str, tuple[NDArray[np.int8] | NDArray[np.int16], Sequence[str]]] = {
        "otc": (columns.otc, tuple(otc.value for otc in _OTC)),
        "class": (columns.class_, lists.classes),
        "form": (columns.form, lists.forms),
        "maker": (columns.maker, lists.makers),
    }
    result = {
        name: _counted(codes[_under_others(name, passed, products)], values)
        for name, (codes, values) in coded.items()
    }
    number = int(np.count_nonzero(columns.image[_under_others("image", passed, products)]))
    return result | {"image": flag(number)}


def flag(number: int) -> Counts:
    """Counts of a filter that is on or off."""
    return ((_YES, number),) if number else ()


def _under_others(name: str, passed: dict[str, Flags], products: Numbers) -> Numbers:
    others = [flags for other, flags in passed.items() if other != name]
    return products[np.logical_and.reduce(others)] if others else products


def _counted(codes: NDArray[np.int8] | NDArray[np.int16], values: Sequence[str]) -> Counts:
    number = np.bincount(codes[codes >= 0], minlength=len(values))
    most = np.argsort(-number, kind="stable")
    return tuple((values[n], int(number[n])) for n in most[: np.count_nonzero(number)].tolist())
