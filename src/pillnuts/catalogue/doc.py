"""The ministry's documents as clean sections: safe HTML and plain text (MFDS_API §2.7).

A DOC is XML whose paragraphs hold HTML. The HTML is read tag by tag: what is a tag HTML knows becomes an
allow-listed tag or goes, its text stays; every other `<` is the sign "less than" and stays as text. Only
then does nh3 balance and sanitise what is left. Nothing is stripped after decoding.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Final

import nh3
from lxml import etree

from pillnuts.catalogue.doc_text import MARKUP, text_of
from pillnuts.catalogue.parse_error import ParseError

IMAGE_NOTE: Final = "[그림: 원문 참조]"
"""Stands where the document holds an image: images are not shown, but never silently lost."""


@dataclass(frozen=True, slots=True)
class Text:
    """One section: allow-listed HTML (headings h3 and h4), and the same as plain text."""

    html: str
    text: str


_BLOCKS: Final = {
    *("p", "h3", "h4", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
_INLINE: Final = {"sub", "sup", "b", "i", "u", "br"}
_SAME_AS: Final = {"strong": "b", "em": "i", "tfoot": "tbody", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
# Tags HTML knows: they go, what they hold stays. The first are lines of their own.
_LINES: Final = {"div", "section", "article", "blockquote", "pre", "center", "dl", "dt", "dd", "hr"}
_DROPPED: Final = {
    *(
        "span",
        "font",
        "a",
        "small",
        "big",
        "strike",
        "s",
        "del",
        "ins",
        "mark",
        "label",
        "code",
        "col",
        "colgroup",
    ),
    *("o:p", "input", "wbr", "abbr", "cite", "q", "tt", "nobr", "html", "body", "head", "meta", "link"),
}
# An opening letter-tag is as likely a "less than" (`A<B>C`): it counts as a tag only where one closes it.
_AMBIGUOUS: Final = {"a", "b", "i", "p", "q", "s", "u"}
_CLEANER: Final = nh3.Cleaner(
    tags=_BLOCKS | _INLINE | {"div"},
    attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    allowed_classes={"div": {"table-wrap"}},
    clean_content_tags=set(),
    strip_comments=True,
)
_TAG: Final = re.compile(
    r"""<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*(?::[a-z]+)?)"""
    r"""(?P<attributes>(?:\s+[A-Za-z_:][-\w:.]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)|\s+nowrap)*)"""
    r"""\s*/?>""",
    re.ASCII,
)
_SPAN: Final = re.compile(r"""\b(colspan|rowspan)\s*=\s*["']?\s*(\d{1,3})(?!\d)""", re.ASCII | re.IGNORECASE)
_ALT: Final = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_NOT_TEXT: Final = re.compile(
    r"<!--.*?-->|<(style|script|xml)\b[^<>]*>.*?</\1\s*>|<\?xml[^<>]*>", re.DOTALL | re.IGNORECASE
)
_TABLE_PART: Final = re.compile(r"<(?:tbody|thead|tr|td|th|caption)\b", re.IGNORECASE)
_BLANK: Final = re.compile(r"\s+")
_EMPTY: Final = re.compile(r"<(p|caption|h3|h4|li)>(?:\s|<br>)*</\1>")
_CELL: Final = re.compile(r"(<(t[dh])(?: [^<>]*)?>)([^<]*<(?!/t[dh]).*?)(?=</\2>)", re.DOTALL)
_BLANK_LINE: Final = re.compile(r"<p>\s*</p>")
_ONLY_LINE: Final = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)
_BESIDE_BLOCK: Final = re.compile(
    r"\s*(</?(?:p|h3|h4|ul|ol|li|table|caption|thead|tbody|tr|th|td)(?: [^<>]*)?>|<br>)\s*"
)
_ILLEGAL: Final = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_CDATA: Final = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
)


def label(xml: str) -> Text | None:
    """Return a DOC (EE, UD, NB, PN) as one section; None where it holds no text.

    `xml` is the DOC as a string, alone or in its field's element; its HTML is CDATA or nested elements.
    Raises ParseError where it is no well-formed DOC.
    """
    root = _root(xml)
    return None if root is None else _joined(_blocks(root))


def plain(text: str) -> Text | None:
    """Return a plain-language text (e약은요) as one section, each line a paragraph; None where blank."""
    kept = _ILLEGAL.sub("", _NOT_TEXT.sub("", text).replace("\r", "\n"))
    return _joined(_paragraph(line, "p") for line in kept.split("\n"))


def _joined(blocks: Iterable[str]) -> Text | None:
    html = "\n".join(block for block in blocks if block)
    return Text(html, text_of(html)) if html else None


def _root(xml: str) -> etree._Element | None:
    """Parse; None for nothing at all. A DOCTYPE could define entities that grow without end: refused."""
    source = _DECLARATION.sub("", _ILLEGAL.sub("", xml), count=1)
    if not source.strip():
        return None
    if "<!DOCTYPE" in source and "<!DOCTYPE" in _CDATA.sub("", source):
        raise ParseError("문서", xml, "DOCTYPE이 있는 문서는 읽지 않습니다.")
    try:
        root = etree.fromstring(source.encode(), _PARSER)
    except etree.XMLSyntaxError:
        raise ParseError("문서", xml, "XML로 읽을 수 없습니다.") from None
    if root.tag == "DOC" or root.find(".//DOC") is not None:
        return root
    if not len(root) and not (root.text or "").strip():
        return None
    raise ParseError("문서", xml, "DOC 문서가 아닙니다.")


def _blocks(root: etree._Element) -> Iterator[str]:
    """Give the HTML of each title, paragraph and stray text, in the order of the document."""
    heading = "h3"
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield _paragraph(element.tail or "", "p")
            continue
        title = element.get("title") or ""
        if element.tag == "SECTION":
            heading = "h4" if title.strip() else "h3"
            yield _paragraph(title, "h3")
        elif element.tag == "ARTICLE":
            # An ARTICLE that holds nothing is no heading: its title is the text.
            yield _paragraph(title, heading if "".join(element.itertext()).strip() else "p")
        elif element.tag != "DOC" and element is not root:
            is_paragraph = element.tag == "PARAGRAPH"
            source = (
                _inner(element)
                if is_paragraph
                else etree.tostring(element, encoding="unicode", with_tail=False)
            )
            yield _paragraph(source, element.get("tagName") or "p")
            walk.skip_subtree()
            continue
        yield _paragraph(element.text or "", "p")


def _inner(element: etree._Element) -> str:
    """Return the HTML of a PARAGRAPH: its CDATA, or its nested elements written out again."""
    inner = [element.text or ""]
    for child in element:
        inner += [etree.tostring(child, encoding="unicode", with_tail=False), child.tail or ""]
    return "".join(inner)


def _paragraph(source: str, tag: str) -> str:
    """Return one paragraph, title or table as safe HTML; "" where it is blank."""
    wrapper = tag if tag in {"h3", "h4"} else "p"
    if "<" not in source:
        words = " ".join((unescape(source) if "&" in source else source).split())
        return f"<{wrapper}>{escape(words, quote=False)}</{wrapper}>" if words else ""
    source = _NOT_TEXT.sub("", source)
    if _TABLE_PART.search(source) and "<table" not in source.lower():
        wrapper = "table"
    html = _tidy(_CLEANER.clean(f"<{wrapper}>{_canonical(source)}</{wrapper}>"))
    if _CLEANER.clean(html) == html:
        return html
    # Tags nested against the rules (`<li>` in a bare table) move at each reading: only the words are safe.
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in text_of(html).split("\n"))


def _canonical(source: str) -> str:
    """Return HTML with only allow-listed tags, every other `<` escaped."""
    closed = {match["name"].lower() for match in _TAG.finditer(source) if match["close"]}
    out, start = [], 0
    for match in _TAG.finditer(source):
        tag = _tag(match, closed)
        if tag is not None:
            out += [_escaped(source[start : match.start()]), tag]
            start = match.end()
    return "".join([*out, _escaped(source[start:])])


def _escaped(source: str) -> str:
    return escape(_BLANK.sub(" ", unescape(source)), quote=False)


def _tag(match: re.Match[str], closed: set[str]) -> str | None:
    """Return what to write for a tag in the source; None where it is no tag but text."""
    written, attributes = match["name"].lower(), match["attributes"]
    if written in _AMBIGUOUS and written not in closed and not attributes:
        return None
    name = _SAME_AS.get(written, written)
    if name in _BLOCKS or name in _INLINE:
        spans = _SPAN.findall(attributes) if name in {"td", "th"} else []
        written_spans = "".join(f' {key.lower()}="{int(number)}"' for key, number in spans)
        return f"</{name}>" if match["close"] else f"<{name}{written_spans}>"
    if name == "img":
        alt = _ALT.search(attributes)
        return _escaped(f" {IMAGE_NOTE} {(alt[1] or alt[2] or '') if alt else ''}")
    if name in _LINES:
        return "<br>"
    return "" if name in _DROPPED else None


def _tidy(html: str) -> str:
    """Drop what is blank and wrap tables, so that a page can scroll them."""
    html = _BLANK.sub(" ", _BESIDE_BLOCK.sub(r"\1", html))
    if "<table>" in html:
        html = _CELL.sub(lambda match: match[1] + _cell(match[3]), html)
        html = html.replace("<table>", '<div class="table-wrap"><table>').replace(
            "</table>", "</table></div>"
        )
    html = _EMPTY.sub("", html)
    return html.strip() if MARKUP.sub("", html).strip() else ""


def _cell(inner: str) -> str:
    """Empty a blank cell, unwrap a single line; keep the blank lines that run beside a neighbour's lines."""
    if "<t" in inner:
        return inner
    if not MARKUP.sub("", inner).strip():
        return ""
    only = _ONLY_LINE.fullmatch(inner.strip())
    return only[1] if only is not None else _BLANK_LINE.sub("<p>&nbsp;</p>", inner)
