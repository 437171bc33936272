from hypothesis import given
from hypothesis import strategies as st

from pillnuts.search.slips import SHORTEST, Slips
from pillnuts.search.suffixes import Entry

names = st.text("가나다라마바사", min_size=SHORTEST, max_size=8)


def _slips(*names: str) -> Slips:
    return Slips.of(Entry(n, name) for n, name in enumerate(names))


@given(names, st.data())
def test_a_name_is_found_with_a_syllable_left_out_put_in_or_changed(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    other = data.draw(st.sampled_from("가나다라마바사"))
    slips = _slips("전혀다른이름", name)
    assert 1 in slips.near(name[:at] + other + name[at:])
    assert 1 in slips.near(name[:at] + other + name[at + 1 :])
    assert len(name) == SHORTEST or 1 in slips.near(name[:at] + name[at + 1 :])


def test_a_name_is_found_by_what_it_is_without_its_form_or_notes() -> None:
    slips = Slips.of([Entry(7, "타이레놀정500mg노트", ends=(4, 5, 10))])
    for typed in ("타이레롤", "타이놀정", "타이레놀정정500mg"):
        assert slips.near(typed).tolist() == [7]
    assert slips.near("타이레놀정500mg노트요").tolist() == []


def test_too_little_is_near_to_nothing() -> None:
    assert _slips("가나다").near("가나").tolist() == []
    assert _slips("가나").near("가나다").tolist() == []
    assert _slips().near("가나다").tolist() == []
