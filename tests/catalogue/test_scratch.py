"""What does not fit into memory comes back from the disk as it was, in the order of its keys."""

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.scratch import Scratch, packed, unpacked

PAIRS = st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=3), st.binary(max_size=9)))


@given(PAIRS)
def test_pairs_come_back_by_key_and_those_of_one_key_as_they_came(pairs: list[tuple[str, bytes]]) -> None:
    scratch = Scratch(pairs)
    assert list(scratch) == sorted(pairs, key=lambda pair: pair[0].encode())
    assert list(scratch) == list(scratch), "as often as wanted"
    assert list(scratch.keys()) == [key for key, _ in scratch]
    assert len(scratch) == len(pairs)
    assert all(scratch.one(key) == next(b for k, b in pairs if k == key) for key, _ in pairs)


@given(PAIRS, st.integers(1, 5))
def test_batches_hold_every_pair_once(pairs: list[tuple[str, bytes]], size: int) -> None:
    scratch = Scratch(pairs)
    batches = list(scratch.batches(size))
    assert [pair for batch in batches for pair in batch] == list(scratch)
    assert all(len(batch) == size for batch in batches[:-1])


def test_what_is_added_after_reading_is_there_the_next_time() -> None:
    scratch = Scratch([("나", b"2")])
    assert list(scratch) == [("나", b"2")]
    scratch.add("가", b"1")
    assert list(scratch) == [("가", b"1"), ("나", b"2")]


@pytest.mark.parametrize("thing", ["", "긴 글" * 10_000, {"이름": ("가", None)}, (3, {"가"})])
def test_an_object_comes_back_equal(thing: object) -> None:
    assert unpacked(packed(thing)) == thing


def test_a_long_text_takes_less_room_than_it_is_long() -> None:
    assert len(packed("이 약을 복용하지 마십시오. " * 1000)) < 2000


def test_the_file_is_closed_with_the_object() -> None:
    def opened() -> int:
        return sum(
            "etilqs" in str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()
        )

    scratch = Scratch((str(n), bytes(10_000)) for n in range(1_000))
    there = opened()
    assert there
    del scratch
    gc.collect()
    assert opened() < there
