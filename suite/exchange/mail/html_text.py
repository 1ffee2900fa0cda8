"""The words of an HTML mail: no markup, no script, no picture that tells the sender it was read."""

import re

from lxml import etree, html

_SILENT = {"script", "style", "head", "title", "template", "object", "svg", "noscript"}
_BREAKS = {"br", "hr"}
_BLOCKS = {
    "address",
    "article",
    "blockquote",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
}
_MANY = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
LARGEST = 2_000_000


def text_of_html(source: str) -> str:
    """Plain text of HTML of any quality; lists and paragraphs become lines. Nothing is fetched."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(_without_declaration(source[:LARGEST]), parser=parser)
    except (etree.ParserError, ValueError):
        return ""
    pieces: list[str] = []
    _walk(tree, pieces)
    lines = "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return _MANY.sub("\n\n", lines).strip()


def _walk(tree: html.HtmlElement, pieces: list[str]) -> None:
    """Without recursion: a mail may nest a thousand deep."""
    silent: set[object] = set()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if name in _SILENT or element.getparent() in silent:
                silent.add(element)
                continue
            if name in _BLOCKS or name in _BREAKS:
                pieces.append("\n")
            if name == "li":
                pieces.append("- ")
            pieces.append(_flat(element.text))
        else:
            if name in _BLOCKS and element not in silent:
                pieces.append("\n")
            if element.getparent() not in silent:
                pieces.append(_flat(element.tail))


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _without_declaration(source: str) -> str:
    """An XML declaration with an encoding is refused in text that is decoded already."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
