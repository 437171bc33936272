"""Reads a name down to a known base: the rules of `salts`, held against the names that really occur. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from pillnuts.catalogue.salts import Form, forms
from pillnuts.catalogue.spelling import SAME, name_key

# Words that occur as names in broken lists and are no substance.
_NO_BASE = frozenset(
    {"과립", "가루", "분말", "캡슐", "색소", "용액", "정제", "분말형", "유상", "알파", "베타", "감마", "델타"}
)
# Medicines that are only ever listed as salts: two salts whose base never stands alone would stay apart.
# Not every such pair is one substance (글리세로인산나트륨, 글리세로인산칼슘), hence a table.
BASES = frozenset(
    (
        "티아민 클로르헥시딘 리소짐 베타히스틴 오자그렐 디엘메틸에페드린 디엘카르니틴 "
        "엘리신 리신 콜린 클라불란산"
    ).split()
)
_LATIN = re.compile("(?!type).*[a-z]")


class Reader:
    """Reads names down to bases, given which names are known."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = {key for name in names if len(key := name_key(name)) > 1} - _NO_BASE | BASES
        self.known |= {other for one, other in SAME.items() if one in self.known}
        self._salted = {(form.base, salt) for key in self.known for form in forms(key) for salt in form.salts}
        self._readings: dict[str, Form] = {}

    def read(self, name: str) -> Form:
        """The name read down to a known base; where none is known, its base and salts stay together."""
        if name not in self._readings:
            form = self._read(name)
            self._readings[name] = replace(form, base=SAME.get(form.base, form.base))
        return self._readings[name]

    def _read(self, name: str) -> Form:
        *stripped, whole = (self._salts_for_esters(form) for form in forms(name))
        for form in stripped:
            if form.base in self.known and not form.esters:
                below = self.read(form.base)
                return Form(
                    below.base,
                    tuple(sorted({*form.salts, *below.salts})),
                    below.esters,
                    form.water or below.water,
                    tuple(sorted({*form.grades, *below.grades})),
                )
        if not stripped:
            return whole
        # A grade in Latin letters is a maker's code: it says something only beside a known base.
        most = next((form for form in stripped if not any(map(_LATIN.match, form.grades))), whole)
        if most is whole:
            return whole
        return replace(
            most, base="+".join((most.base, *sorted(most.salts + most.esters))), salts=(), esters=()
        )

    def _salts_for_esters(self, form: Form) -> Form:
        """인산코데인 could be an ester, but 코데인인산염 is written somewhere: a salt."""
        salts = {acid for acid in form.esters if (form.base, acid) in self._salted}
        if not salts:
            return form
        esters = tuple(acid for acid in form.esters if acid not in salts)
        return replace(form, salts=tuple(sorted({*form.salts, *salts})), esters=esters)

    def known_base(self, word: str) -> str | None:
        base = self.read(word).base
        return base if base in self.known or name_key(word) in self.known else None
