from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from pillnuts.search.asked import SearchAsked
from pillnuts.search.index import Index
from pillnuts.search.shapes import Choice, Filter, ResultsView
from pillnuts.search.views import GONE, results_view
from tests.search.medicines import index_of, medicine


def view(index: Index, **asked: object) -> ResultsView:
    whole = SearchAsked.model_validate(asked)
    return results_view(whole, index.search(whole.query(facets=True)))


def _of(url: str | None) -> dict[str, str]:
    assert url is not None
    return dict(parse_qsl(urlsplit(url).query))


def _filter(shown: ResultsView, name: str) -> Filter:
    return next(one for one in shown.filters if one.name == name)


def _choice(choices: tuple[Choice, ...], value: str) -> Choice:
    return next(one for one in choices if one.value == value)


def test_rows_are_numbered_across_pages(index: Index) -> None:
    shown = view(index, size=4, page=2)
    assert (shown.first, shown.last, shown.total, shown.pages) == (5, 8, 15, 4)
    assert len(shown.rows) == 4
    assert shown.rows[0].url == f"/products/{shown.rows[0].item_seq}"


def test_a_page_beyond_the_end_shows_nothing_and_leads_back(index: Index) -> None:
    shown = view(index, size=10, page=99)
    assert (shown.rows, shown.first, shown.last) == ((), 0, 0)
    assert _of(shown.previous_url)["page"] == "2"
    assert shown.next_url is None


@pytest.mark.parametrize(
    ("page", "numbers", "gaps"),
    [
        (1, [1, 2, 3, 15], [15]),
        (8, [1, 6, 7, 8, 9, 10, 15], [6, 15]),
        (15, [1, 13, 14, 15], [13]),
        (4, [1, 2, 3, 4, 5, 6, 15], [15]),
    ],
)
def test_pages_around_this_one_are_linked(
    index: Index, page: int, numbers: list[int], gaps: list[int]
) -> None:
    links = view(index, size=1, page=page).links
    assert [link.number for link in links] == numbers
    assert [link.number for link in links if link.gap_before] == gaps
    assert [link.number for link in links if link.current] == [page]


def test_one_page_needs_no_links(index: Index) -> None:
    shown = view(index, q="타이레놀")
    assert (shown.links, shown.previous_url, shown.next_url) == ((), None, None)


def test_an_address_says_only_what_differs(index: Index) -> None:
    shown = view(index, q="타이레놀", form="나정", size=20, page=1)
    assert _of(shown.url) == {"q": "타이레놀", "form": "나정"}
    assert shown.hidden == (("form", "나정"),)
    assert view(index).url == "/search"


def test_choosing_a_value_leads_to_the_first_page_and_choosing_it_again_undoes_it(index: Index) -> None:
    shown = view(index, q="타이레놀", form="나정", page=2, size=1)
    form = _filter(shown, "form")
    assert form.active
    assert _of(_choice(form.choices, "산제").url) == {"q": "타이레놀", "form": "산제", "size": "1"}
    assert _choice(form.choices, "나정").chosen
    assert _of(_choice(form.choices, "나정").url) == {"q": "타이레놀", "size": "1"}
    assert shown.filtered
    assert _of(shown.clear_url) == {"q": "타이레놀", "size": "1"}


def test_a_chosen_value_stays_in_sight_when_nothing_has_it(index: Index) -> None:
    form = _filter(view(index, q="게보린", form="산제"), "form")
    assert [(one.value, one.count, one.chosen) for one in form.choices] == [
        ("산제", 0, True),
        ("나정", 1, False),
    ]


def test_a_long_list_of_values_is_cut(index: Index) -> None:
    asked = SearchAsked(q="")
    found = replace(index.search(asked.query()), facets={"maker": tuple((f"회사{n}", 1) for n in range(30))})
    maker = _filter(results_view(asked, found), "maker")
    assert (len(maker.choices), maker.more) == (12, 18)


def test_switches_say_what_they_do(index: Index) -> None:
    image = _filter(view(index, q="타이레놀"), "image")
    assert [(one.label, one.count) for one in image.choices] == [("사진 있는 약만", 1)]
    assert _of(image.choices[0].url)["image"] == "true"
    chosen = _filter(view(index, q="타이레놀", image="true"), "image").choices[0]
    assert chosen.chosen
    assert _of(chosen.url) == {"q": "타이레놀"}


def test_another_reading_is_told_in_a_sentence(index: Index) -> None:
    assert view(index, q="xkdlfpshf").sentence == "‘xkdlfpshf’ → ‘타이레놀’(으)로 찾았습니다"
    assert view(index, q="타이레놀").sentence is None
    assert view(index, q="옛사리돈").sentence == GONE


def test_a_query_is_shown_without_what_cannot_be_shown(index: Index) -> None:
    assert view(index, q="타이\x00  레놀\u202e").q == "타이 레놀"


def test_fields_orders_and_sizes_mark_the_chosen_one(index: Index) -> None:
    shown = view(index, q="타", by="name", sort="relevance", size=50)
    for choices, value in ((shown.bys, "name"), (shown.sorts, "relevance"), (shown.sizes, "50")):
        assert [one.value for one in choices if one.chosen] == [value]
    assert "by" not in _of(_choice(shown.bys, "all").url)


def test_the_filter_of_withdrawn_products_says_how_many_there_are(index: Index) -> None:
    choice = _choice(_filter(view(index, q="진통제"), "withdrawn").choices, "true")
    assert (choice.label, choice.count) == ("허가가 끝난 약 1개도 함께", None)
    assert view(index, q="진통제", withdrawn=True).total == view(index, q="진통제").total + 1


def test_a_row_says_that_its_product_was_recalled(tmp_path: Path) -> None:
    medicines = [medicine("200000001", "가정", recalled=True), medicine("200000002", "나정")]
    rows = view(index_of(tmp_path, medicines, [])).rows
    assert [row.recalled for row in rows] == [True, False]
