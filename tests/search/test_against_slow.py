"""The index against the obvious way: looking at every name of every product."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.search.found import Hit, Query
from pillnuts.search.hangul import choseong, is_choseong, jamo, normalise
from pillnuts.search.index import Index
from pillnuts.search.shapes import By
from tests.search.medicines import index_of, medicine

SYLLABLES: Final = "가각나난다달라마말바사산아이정제캡슐"
names = st.text(SYLLABLES, min_size=2, max_size=7)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, list[str]]:
    """Three hundred names from few syllables, so that much begins and continues alike."""
    made = [
        "".join(SYLLABLES[(n * 7919 + k * (n % 13 + 3)) % len(SYLLABLES)] for k in range(2 + n % 5)) + "정"
        for n in range(300)
    ]
    folder = tmp_path_factory.mktemp("slow")
    return index_of(folder, [medicine(f"2{n:08}", name) for n, name in enumerate(made)], []), made


def _slowly(names: list[str], typed: str) -> set[str]:
    """Codes of the names that hold what was typed.

    It may begin at any syllable, and end inside one that is still being typed.
    """
    keys = choseong if is_choseong(typed) else jamo
    return {
        f"2{n:08}"
        for n, name in enumerate(names)
        if any(keys(name[start:]).startswith(keys(typed)) for start in range(len(name)))
    }


def _quickly(index: Index, typed: str) -> list[Hit]:
    query = Query(q=typed, by=By.NAME, size=100)
    return [hit for page in range(1, 5) for hit in index.search(replace(query, page=page)).hits]


@given(st.text(SYLLABLES + "ㄱㄴㄷㅅㅇㅈ", min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_names_are_found_exactly_when_looking_at_each_finds_them(
    named: tuple[Index, list[str]], typed: str
) -> None:
    index, made = named
    expected = _slowly(made, normalise(typed))
    hits = _quickly(index, typed)
    exact = {hit.item_seq for hit in hits if hit.match.field == "name"}
    # Where nothing holds it, other readings and corrected spellings answer.
    assert exact == expected if expected else not exact or index.search(Query(q=typed)).interpreted


@given(names)
@settings(deadline=None)
def test_what_begins_with_it_comes_before_what_holds_it(named: tuple[Index, list[str]], typed: str) -> None:
    index, made = named
    begins = {f"2{n:08}" for n, name in enumerate(made) if name.startswith(typed)}
    assert {hit.item_seq for hit in _quickly(index, typed)[: len(begins)]} == begins
