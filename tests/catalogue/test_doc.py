"""Documents: safe HTML and plain text, and no character lost."""

import re
from html import escape, unescape
from time import perf_counter

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.doc import IMAGE_NOTE, Text, label, plain
from pillnuts.catalogue.parse import ParseError

_TAGS = set("p h3 h4 ul ol li table caption thead tbody tr th td sub sup b i u br div".split())


def _sanitised(html: str) -> str:
    """Sanitise as another reader of the rules would: the allow-list of tags and attributes, nothing else."""
    spans = {"colspan", "rowspan"}
    return nh3.clean(
        html, tags=_TAGS, attributes={"td": spans, "th": spans}, allowed_classes={"div": {"table-wrap"}}
    )


def _doc(*paragraphs: str, tag: str = "p", section: str = "", article: str = "") -> str:
    inner = "\r\n".join(
        f'<PARAGRAPH tagName="{tag}" textIndent="0" marginLeft="2"><![CDATA[{paragraph}]]></PARAGRAPH>'
        for paragraph in paragraphs
    )
    titles = escape(section), escape(article)
    return (
        f'<DOC title="사용상의주의사항" type="NB">\r\n  <SECTION title="{titles[0]}">\r\n'
        f'    <ARTICLE title="{titles[1]}">\r\n{inner}\r\n</ARTICLE></SECTION></DOC>'
    )


def _label(*paragraphs: str, tag: str = "p", section: str = "", article: str = "") -> Text:
    text = label(_doc(*paragraphs, tag=tag, section=section, article=article))
    assert text is not None
    return text


@pytest.mark.parametrize(
    "sentence",
    [
        "크레아티닌 청소율 < 10mL/min",
        "A<B",
        "A<B 그리고 C>D",
        "A<B>C",
        "P<a 그리고 q",
        "혈압<이완기 & 수축기",
        "<내수용> 1정",
        "5 <6> 7",
        "끝이 < ",
        "a &lt b",
    ],
)
def test_nothing_is_lost_after_a_literal_less_than(sentence: str) -> None:
    words = " ".join(sentence.replace("&lt", "<").split())
    for written in (sentence, sentence.replace("&lt", "<").replace("&", "&amp;").replace("<", "&lt;")):
        text = _label(written)
        assert text.text == words
        assert text.html == f"<p>{escape(words, quote=False)}</p>"


def test_titles_are_headings_and_paragraphs_follow() -> None:
    text = _label("1) 가", "2) 나", section="(경구)", article="1.&nbsp;경고 <내수용>")
    assert text.html == "<h3>(경구)</h3>\n<h4>1. 경고 &lt;내수용&gt;</h4>\n<p>1) 가</p>\n<p>2) 나</p>"
    assert text.text == "(경구)\n1. 경고 <내수용>\n1) 가\n2) 나"


def test_an_article_without_a_section_title_is_the_upper_heading() -> None:
    assert _label("가", article="1. 경고").html == "<h3>1. 경고</h3>\n<p>가</p>"


def test_an_article_that_holds_nothing_is_text() -> None:
    xml = '<DOC title="효능효과" type="EE"><SECTION title=""><ARTICLE title="1. 두통" /></SECTION></DOC>'
    assert label(xml) == Text("<p>1. 두통</p>", "1. 두통")


@pytest.mark.parametrize(
    "xml",
    [
        "",
        " \r\n",
        '<DOC title="사용상의주의사항(전문가)" type="PN" />',
        "<EE_DOC_DATA/>",
        _doc("&nbsp;", " \u00a0 ", "<br>", "<p></p>"),
        _doc("<tbody> <tr> <td>&nbsp;</td> </tr> </tbody>", tag="table"),
        _doc("", tag="br"),
    ],
)
def test_a_document_without_text_is_none(xml: str) -> None:
    assert label(xml) is None


@pytest.mark.parametrize(
    ("html", "expected", "words"),
    [
        ("H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>", "H2O"),
        ("1×10<sup>9</sup>/L<sup>*</sup>", "<p>1×10<sup>9</sup>/L<sup>*</sup></p>", "1×10⁹/L*"),
        ("<B>굵게</B> <strong>강조</strong>", "<p><b>굵게</b> <b>강조</b></p>", "굵게 강조"),
        ('<span style="color:red">빨강</span>', "<p>빨강</p>", "빨강"),
        ("가<br/>나<div>다</div>", "<p>가<br>나<br>다<br></p>", "가\n나\n다"),
        ("<ul><li>가</li><li>나</li></ul>", "<ul><li>가</li><li>나</li></ul>", "가\n나"),
        ("&#x2022; 가 &#8226; 나 &gamma;", "<p>• 가 • 나 γ</p>", "• 가 • 나 γ"),
        ("<style>p{}</style><!-- x -->가<script>x</script>", "<p>가</p>", "가"),
        ('<a href="javascript:x()">링크</a>', "<p>링크</p>", "링크"),
    ],
)
def test_inline_html_is_kept_or_dropped_by_the_allow_list(html: str, expected: str, words: str) -> None:
    assert _label(html) == Text(expected, words)


def test_an_image_leaves_a_note() -> None:
    text = _label('<img alt="" src="data:image/png;base64,iVBORw0KGgo=">')
    assert text == Text(f"<p>{IMAGE_NOTE}</p>", IMAGE_NOTE)
    assert _label('식 <img src="x" alt="a<b">').text == f"식 {IMAGE_NOTE} a<b"


_TABLE = """<caption>
 &nbsp;
</caption>
<tbody>
 <tr> <td style="width:1pt" colspan="2" onclick="x"> <p style="x">구분</p> </td> <td>&nbsp;</td> </tr>
 <tr> <td rowspan="2"> <p>&lt; 30</p> </td> <td> 5 mg </td> <td> <p>가</p> <p>나</p> </td> </tr>
</tbody>"""


def test_a_bare_table_body_becomes_a_table_that_can_scroll() -> None:
    text = _label(_TABLE, tag="table")
    assert text.html == (
        '<div class="table-wrap"><table><tbody><tr><td colspan="2">구분</td><td></td></tr>'
        '<tr><td rowspan="2">&lt; 30</td><td>5 mg</td><td><p>가</p><p>나</p></td></tr></tbody></table></div>'
    )
    assert text.text == "구분 |\n< 30 | 5 mg | 가\n| | 나"


def test_parallel_lines_of_two_cells_stay_side_by_side() -> None:
    cells = "<td> <p>전신</p> <p>발열</p> <p>복통</p> </td><td> <p>&nbsp;</p> <p>1.5</p> <p>2.9</p> </td>"
    text = _label(f"<tbody><tr>{cells}</tr></tbody>", tag="table")
    assert text.text == "전신 |\n발열 | 1.5\n복통 | 2.9"
    assert "<td><p>&nbsp;</p><p>1.5</p><p>2.9</p></td>" in text.html


def test_header_cells_stay_headers_only_where_marked() -> None:
    marked = _label("<thead><tr><th>용량</th></tr></thead><tbody><tr><td>5</td></tr></tbody>", tag="table")
    assert marked.html.count("<th>") == 1
    assert "<th>" not in _label("<tbody><tr><td>용량</td></tr></tbody>", tag="table").html


def test_a_table_with_its_own_tag_is_not_wrapped_twice() -> None:
    html = _label("앞<table border=1><tr><td>1</td></tr></table>뒤").html
    assert html.count("<table>") == html.count("table-wrap") == 1
    assert unescape(re.sub("<[^<>]*>", "", html)) == "앞1뒤"


def test_a_table_inside_a_cell_stays() -> None:
    inner = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    text = _label(f"<table><tbody><tr><td>{inner}</td><td><p>2</p></td></tr></tbody></table>", tag="table")
    assert text.html.count("<table>") == text.html.count('<div class="table-wrap">') == 2
    assert _squeezed(unescape(re.sub("<[^<>]*>", "", text.html))) == "12"


def test_tags_nested_against_the_rules_leave_their_words() -> None:
    assert _label("<li>가<table><li>나<tr><td>다 < 5</td></tr></table>").html == (
        "<p>가</p>\n<p>나</p>\n<p>다 &lt; 5</p>"
    )


def test_nested_elements_of_the_xml_mode_read_like_cdata() -> None:
    xml = (
        '<UD_DOC_DATA><DOC title="용법용량" type="UD"><SECTION title=""><ARTICLE title="">'
        '<PARAGRAPH tagName="table"><tbody><tr><td>a &lt; b</td></tr></tbody></PARAGRAPH>'
        "<PARAGRAPH>\n<![CDATA[ 1일 3회 ]]>\n</PARAGRAPH>꼬리</ARTICLE></SECTION></DOC></UD_DOC_DATA>"
    )
    text = label(xml)
    assert text is not None
    assert text.text == "a < b\n1일 3회\n꼬리"


@pytest.mark.parametrize(
    "xml",
    [
        "가나다",
        "<DOC><SECTION></DOC>",
        "<html><body>가</body></html>",
        '<!DOCTYPE DOC [<!ENTITY a "가">]><DOC title="&a;" type="EE"/>',
        '<DOC title="&없음;"/>',
        "\x00<",
    ],
)
def test_what_is_no_document_is_an_error(xml: str) -> None:
    with pytest.raises(ParseError) as error:
        label(xml)
    assert error.value.text == xml


def test_a_declaration_and_control_characters_do_not_matter() -> None:
    assert label("<?xml version='1.0' encoding='EUC-KR'?>" + _doc("가\x00\x0b나\ud800")) == Text(
        "<p>가나</p>", "가나"
    )


def test_a_doctype_named_in_the_text_is_text() -> None:
    assert _label("<!DOCTYPE x").text == "<!DOCTYPE x"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("가\n\n나\n다\n", Text("<p>가</p>\n<p>나</p>\n<p>다</p>", "가\n나\n다")),
        ("<p>가</p><p>나</p>", Text("<p>가</p><p>나</p>", "가\n나")),
        ("3세 <6세 &gamma;-글로불린&#39;", Text("<p>3세 &lt;6세 γ-글로불린'</p>", "3세 <6세 γ-글로불린'")),
        (" \n\u00a0\n", None),
        ("가\x9e나", Text("<p>가나</p>", "가나")),
    ],
)
def test_plain_language_texts_are_paragraphs(source: str, expected: Text | None) -> None:
    assert plain(source) == expected


_WORDS = st.text("가나다 aB1<>&\"'=/;.,()≤~–%\u00a0\n", max_size=30)
_DOCUMENT = st.lists(st.tuples(_WORDS, _WORDS, st.lists(_WORDS, max_size=3)), max_size=3)


def _squeezed(text: str) -> str:
    return "".join(text.split())


@given(_DOCUMENT)
def test_no_character_of_a_generated_document_is_lost(sections: list[tuple[str, str, list[str]]]) -> None:
    xml, words = "", []
    for section, article, paragraphs in sections:
        once = escape(section), escape(article)
        xml += f'<SECTION title="{escape(once[0])}"><ARTICLE title="{escape(once[1])}">'
        xml += "".join(f"<PARAGRAPH><![CDATA[{escape(words)}]]></PARAGRAPH>" for words in paragraphs)
        xml += "</ARTICLE></SECTION>"
        words += [section, article, *paragraphs]
    text = label(f'<DOC title="" type="NB">{xml}</DOC>')
    assert _squeezed(text.text if text else "") == _squeezed("".join(words))
    if text is not None:
        assert _squeezed(unescape(re.sub("<[^<>]*>", "", text.html))) == _squeezed("".join(words))


_CELLS = st.lists(st.lists(st.text("가나1<&. ", max_size=6), min_size=1, max_size=3), min_size=1, max_size=3)


@given(_CELLS)
def test_no_character_of_a_generated_table_is_lost(rows: list[list[str]]) -> None:
    cells = "".join(f"<tr>{''.join(f'<td><p>{escape(cell)}</p></td>' for cell in row)}</tr>" for row in rows)
    text = label(_doc(f"<tbody>{cells}</tbody>", tag="table"))
    words = "".join(_squeezed(cell) for row in rows for cell in row)
    assert _squeezed(text.text if text else "").replace("|", "") == words


_MARKUP = st.lists(
    st.sampled_from(
        (
            *("<p>", "</p>", "<b>", "</b>", "<br>", "<sup>", "</sup>", "<td>", "</td>", "<tr>", "<tbody>"),
            *("<table>", "</table>", '<td colspan="2">', "<caption>", "<ul>", "<li>", "</ul>", "<div>"),
            *("<script>", "</script>", "<style>", "<!--", "-->", "<img src=x onerror=y>", "<svg/onload=1>"),
            *("<a href='x'>", "<q>", "<textarea>", "<th>", "&lt;", "&amp;lt;b&gt;", "&nbsp;", *'가2 <>&"'),
        )
    )
).map("".join)


@given(_MARKUP | st.text())
def test_whatever_comes_in_the_html_is_safe_and_stays_as_it_is(source: str) -> None:
    for text in (
        plain(source),
        label(_doc(source.replace("]]>", ""))),
        label(_doc(source.replace("]]>", ""), tag="table")),
    ):
        if text is None:
            continue
        assert text.text.strip() == text.text != ""
        assert _sanitised(text.html) == text.html


@given(st.text(st.characters(exclude_categories=[])) | _MARKUP.map(lambda html: f"<DOC>{html}</DOC>"))
def test_no_text_raises_anything_but_a_parse_error(text: str) -> None:
    plain(text)
    try:
        label(text)
    except ParseError as error:
        assert error.text == text  # noqa: PT017  # every error names what it could not read


def test_a_long_document_is_read_in_time() -> None:
    xml = _doc(*(f"{number}) 이 약을 < {number}정 복용하지 말 것. " * 20 for number in range(2_000)))
    start = perf_counter()
    assert label(xml) is not None
    assert perf_counter() - start < 5
