"""Paper: what the law wants on it, in the party's language, over page breaks, whatever a text says."""

import http.server
import io
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from pypdf import PdfReader

from suite.base.db import database, use_database
from suite.base.job import run_one
from suite.crm.quotes.commands import edit_quote, send_quote
from suite.erp.deliveries.commands import deliver_order
from suite.erp.invoices.commands import cancel_invoice
from suite.erp.orders.commands import change_order
from suite.erp.stock.commands import receive_product
from suite.master.company.commands import edit_company
from suite.master.parties.commands import AddressInput, PartyInput, create_party, edit_party
from suite.shared.archive import files_of, read_archived
from suite.shared.lots import LotInput
from suite.shared.paper import archive_paper, read_paper
from suite.shared.roles import system_actor
from suite.web import pdf as pdf_module
from suite.web.paper import paper_html
from suite.web.paper_job import archive_pdf
from suite.web.pdf import PdfUnavailable, make_pdf, missing_for_pdf, render_pdf
from tests.visitor import Visitor
from tests.world import World, line

D = Decimal

if missing_for_pdf():
    pytest.skip(f"no PDF here: {missing_for_pdf()}", allow_module_level=True)


def test_an_invoice_says_all_that_the_law_wants(sqlite_world: World) -> None:
    customer = sqlite_world.customer("Größer & Söhne GmbH", vat_id="DE136695976")
    screws = sqlite_world.product("Schraube M8 „verzinkt“ ≥ 5 µm", price="1.2345")
    invoice = sqlite_world.posted_invoice(
        line(screws, "100"),
        line(None, "2", "90", name="Montage vor Ort"),
        customer=customer,
        header_discount_percent=D(3),
    )

    text = _text(invoice)

    # § 14 (4) UStG in the order of its numbers
    for part in ("Kontor Testfirma GmbH", "Speicherstraße 12", "20457 Hamburg"):
        assert part in text
    for part in ("Größer & Söhne GmbH", "Weg 1", "20095 Hamburg"):
        assert part in text
    assert "DE136695976" in text and "27/123/45678" in text
    document = sqlite_world.document(invoice)
    assert f"Datum {document.dated_on:%d.%m.%Y}" in text
    assert document.number in text
    assert "100 Stk" in text and "Schraube M8 „verzinkt“ ≥ 5 µm" in text and "Montage vor Ort" in text
    assert f"Leistungsdatum {document.dated_on:%d.%m.%Y}" in text
    assert "Nettobetrag 294,35" in text and "USt 19 % auf 294,35 55,93" in text
    assert "Rabatt 3 % −9,10" in text
    assert "Rechnungsbetrag 350,28 €" in text
    assert f"Zahlbar ohne Abzug bis {document.due_on:%d.%m.%Y}" in text
    assert "DE89370400440532013000" in text
    assert "Seite 1 von 1" in text and "Übertrag" not in text and "ENTWURF" not in text


def test_an_intra_community_supply_names_both_vat_ids_and_its_reason(sqlite_world: World) -> None:
    customer = sqlite_world.customer("Bakker B.V.", country="NL", vat_id="NL004495445B01", language="en")
    invoice = sqlite_world.posted_invoice(line(sqlite_world.product("Pump", price="10")), customer=customer)

    text = _text(invoice)

    assert "Your VAT ID NL004495445B01" in text and "VAT ID DE136695976" in text
    assert "Tax-exempt intra-Community supply" in text
    assert "VAT 0% on 10.00 0.00" in text and "Amount due €10.00" in text
    assert "NETHERLANDS" in text and "Page 1 of 1" in text


def test_a_cancellation_names_the_invoice_it_cancels(sqlite_world: World) -> None:
    invoice = sqlite_world.posted_invoice()

    text = _text(cancel_invoice(invoice, reason="Doppelt berechnet", by=sqlite_world.owner))

    about = sqlite_world.document(invoice)
    assert "Stornorechnung" in text and "Gutschrift" not in text
    assert f"Zu Rechnung {about.number} vom {about.dated_on:%d.%m.%Y}. Grund: Doppelt berechnet" in text


def test_a_delivery_note_names_lots_and_serial_numbers(sqlite_world: World) -> None:
    product = sqlite_world.product("Pumpe", stock="0", tracking="serial")
    lots = [LotInput("P1-001"), LotInput("P1-002")]
    receive_product(product, quantity=D(2), lots=lots, by=sqlite_world.owner)
    delivery = deliver_order(sqlite_world.order(line(product, "2")), by=sqlite_world.owner)

    assert "Charge/Seriennummer P1-001, P1-002" in _text(delivery)


def test_a_delivery_note_has_no_prices_and_goes_to_the_delivery_address(sqlite_world: World) -> None:
    addresses = [
        AddressInput("main", street="Am Markt 1", postcode="28195", city="Bremen"),
        AddressInput("invoice", street="Postfach 9", postcode="28199", city="Bremen"),
        AddressInput("delivery", addition="Tor 3", street="Hafen 7", postcode="27568", city="Bremerhaven"),
    ]
    customer = create_party(PartyInput("Werft AG"), addresses=addresses, by=sqlite_world.owner)
    order = sqlite_world.order(line(sqlite_world.product(price="77.70"), "3"), customer=customer)
    delivery = deliver_order(order, by=sqlite_world.owner)

    note, confirmation = _text(delivery), _text(order)

    assert "Lieferschein" in note and "Hafen 7" in note and "Tor 3" in note and "Postfach" not in note
    assert "77,70" not in note and "€" not in note and "Nettobetrag" not in note
    assert sqlite_world.document(order).number in note
    assert "Postfach 9" in confirmation and "Lieferanschrift: Werft AG, Tor 3, Hafen 7" in confirmation
    assert "Auftragsbestätigung" in confirmation and "77,70" in confirmation


def test_two_hundred_lines_carry_over_and_keep_the_totals_with_the_last(sqlite_world: World) -> None:
    nail = sqlite_world.product("Nagel", price="0.01")
    invoice = sqlite_world.posted_invoice(*[line(nail, str(n)) for n in range(1, 201)])

    pages = [_flat(page.extract_text()) for page in _reader(invoice).pages]

    assert len(pages) > 8
    for at, page in enumerate(pages, start=1):
        assert f"Seite {at} von {len(pages)}" in page
        assert ("Pos. Bezeichnung" in page) or "200 Stk" not in page
    out = [re.search(r"Übertrag\s+([\d.,]+)", page) for page in pages]
    assert all(out[:-1])
    first_lines = [int(found) for found in re.findall(r"(\d+) Stk", pages[0])]
    assert out[0] is not None
    assert out[0].group(1) == f"{sum(first_lines) / 100:.2f}".replace(".", ",")
    assert "200 Stk" in pages[-1] and "Nettobetrag 201,00" in pages[-1]
    assert pages[-1].count("Übertrag") == 1, "carried in, not out"


def test_a_draft_wears_its_mark_and_a_long_name_breaks(sqlite_world: World) -> None:
    name = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsgesellschaft" * 2
    draft = sqlite_world.draft_invoice(customer=sqlite_world.customer(name))

    text = _text(draft)

    assert "ENTWURF" in text and "Entwurf ohne Nummer" in text
    assert name in text.replace(" ", "").replace("-", "")


def test_a_hostile_text_neither_fetches_nor_breaks(sqlite_world: World) -> None:
    with _listening() as (port, asked):
        hostile = (
            f'<img src="http://127.0.0.1:{port}/a.png"><link rel=attachment href="file:///etc/passwd">'
            f"<style>@import url(http://127.0.0.1:{port}/b.css)</style>{{{{ 7 * 7 }}}}</td></table>"
        )
        customer = sqlite_world.customer(hostile[:100])
        quote = sqlite_world.quote(
            line(None, "1", "5", name=hostile[:190], description=hostile), customer=customer, intro=hostile
        )
        reader = _reader(quote)
    text = _flat("".join(page.extract_text() for page in reader.pages))

    assert asked == []
    assert "root:" not in text and reader.attachments == {}
    assert "<img" in text and "{{ 7 * 7 }}" in text
    assert "Angebotssumme 5,95 €" in text


def test_the_renderer_refuses_every_address() -> None:
    with _listening() as (port, asked):
        page = (
            f'<img src="http://127.0.0.1:{port}/a"><img src="file:///etc/hostname">'
            f'<link rel="attachment" href="file:///etc/passwd"><link rel=stylesheet href="http://127.0.0.1:{port}/c">'
        )
        made = render_pdf(
            page,
            f"@import url(http://127.0.0.1:{port}/d); @font-face {{font-family: x; "
            f"src: url(http://127.0.0.1:{port}/e)}} p {{font-family: x}}",
        )

    assert asked == []
    assert PdfReader(io.BytesIO(made)).attachments == {}


def test_the_renderer_is_bounded_in_time_and_its_breakdown_is_a_refusal() -> None:
    before = time.monotonic()
    with pytest.raises(PdfUnavailable) as slow:
        render_pdf("<table>" + "<tr><td>x</td></tr>" * 30_000 + "</table>", "", seconds=1.5)
    with pytest.raises(PdfUnavailable) as broken:
        render_pdf("<div>" * 5000, "")

    assert (slow.value.code, broken.value.code) == ("pdf-too-slow", "pdf-failed")
    assert time.monotonic() - before < 60


def test_a_reprint_is_the_same_bytes_whatever_changed_since(world: World) -> None:
    customer = world.customer("Alte Firma GmbH")
    invoice = world.posted_invoice(customer=customer)
    _work(world)
    first = _archived(invoice)

    edit_party(customer, PartyInput("Neue Firma GmbH"), by=world.owner)
    edit_company(details={"name": "Umbenannt GmbH"}, by=world.owner)
    archive_pdf(invoice)

    assert first[0].startswith(b"%PDF") and len(first) == 1
    assert _archived(invoice) == first
    assert world.findings() == []


def test_of_two_who_archive_one_paper_at_once_one_is_kept(world: World) -> None:
    order = world.order()
    by = system_actor("pdf")
    start = threading.Barrier(4)

    def keep(content: bytes) -> None:
        with use_database(world.database):
            start.wait()
            archive_paper(order, content=content, name="AB.pdf", revision=1, by=by)

    threads = [threading.Thread(target=keep, args=(b"%%PDF %d" % n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(_archived(order)) == 1
    assert world.findings() == []


def test_each_sent_quote_and_each_changed_order_is_kept(sqlite_world: World) -> None:
    world = sqlite_world
    quote, order = world.quote(), world.order(line(None, "5", "10"))
    send_quote(quote, by=world.owner)
    _work(world)
    on = world.document(quote).dated_on
    edit_quote(quote, lines=[line(None, "7", "10")], dated_on=on, by=world.owner)
    _work(world)
    send_quote(quote, by=world.owner)
    change_order(order, quantities={world.lines(order)[0].id: D(2)}, by=world.owner)
    _work(world)

    with database().reading():
        names = [[file.name for file in files_of(of)] for of in (quote, order)]
    assert names == [["AN-2026-0001.pdf", "AN-2026-0001-2.pdf"], ["AB-2026-0001.pdf", "AB-2026-0001-2.pdf"]]


def test_a_draft_again_leaves_nothing_to_archive(sqlite_world: World) -> None:
    world = sqlite_world
    quote = world.quote()
    send_quote(quote, by=world.owner)
    edit_quote(quote, lines=[line()], dated_on=world.document(quote).dated_on, by=world.owner)

    _work(world)

    assert _archived(quote) == []


def test_the_page_shows_progress_then_the_stored_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = world.posted_invoice()
    url = f"/invoices/{world.record(invoice).public_id}"
    anna = Visitor(world, "accounting", monkeypatch=monkeypatch)

    waiting = anna.get(f"{url}/pdf")
    _work(world)
    served, again = anna.get(f"{url}/pdf"), anna.get(f"{url}/pdf")

    assert waiting.status_code == 202 and waiting.headers["Refresh"] == "2"
    assert served.data == again.data == _archived(invoice)[0]
    assert served.headers["Content-Disposition"] == f"inline; filename={world.document(invoice).number}.pdf"
    assert served.mimetype == "application/pdf"
    file = re.search(r'href="(/records/[^"]+/files/[^"]+)"[^>]*>[^<]*pdf', anna.get(url).text)
    assert file is not None and anna.get(file.group(1)).data == served.data


def test_the_page_can_make_it_at_once_and_shows_drafts_without_keeping_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted, draft = world.posted_invoice(), world.draft_invoice()
    anna = Visitor(world, "accounting", monkeypatch=monkeypatch)
    url = f"/invoices/{world.record(posted).public_id}/pdf"

    made = anna.post(url)
    preview = anna.get(f"/invoices/{world.record(draft).public_id}/pdf")
    printed = anna.get(f"/invoices/{world.record(draft).public_id}/print")

    assert (made.status_code, made.location) == (303, url)
    assert anna.get(url).data == _archived(posted)[0]
    assert "ENTWURF" in _flat(PdfReader(io.BytesIO(preview.data)).pages[0].extract_text())
    assert _archived(draft) == []
    assert printed.status_code == 200 and "ENTWURF" in printed.text and "style=" not in printed.text


def test_without_the_libraries_the_page_says_what_is_missing(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    draft, posted = world.draft_invoice(), world.posted_invoice()
    anna = Visitor(world, "accounting", monkeypatch=monkeypatch)
    monkeypatch.setattr(pdf_module, "CHILD", pdf_module.CHILD.with_name("no_such_child.py"))
    monkeypatch.setattr(
        pdf_module.subprocess,
        "run",
        lambda *_a, **_k: subprocess.CompletedProcess([], 1, b"", b"OSError: cannot load library 'pango'"),
    )

    answers = [
        anna.get(f"/invoices/{world.record(draft).public_id}/pdf"),
        anna.post(f"/invoices/{world.record(posted).public_id}/pdf"),
    ]

    for answer in answers:
        assert answer.status_code == 503
        assert "Pango" in answer.text and "/print" in answer.text


def test_strangers_see_neither_paper_nor_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice, order = world.posted_invoice(), world.order()
    _work(world)
    anna = Visitor(world, "warehouse", monkeypatch=monkeypatch)
    url = f"/invoices/{world.record(invoice).public_id}"
    with database().reading():
        sha256 = files_of(invoice)[-1].sha256

    of_order = f"/records/{world.record(order).public_id}/files/{sha256}"
    refused = [
        f"{url}/pdf",
        f"{url}/print",
        f"/records/{world.record(invoice).public_id}/files/{sha256}",
        of_order,
    ]

    assert [anna.get(each).status_code for each in refused] == [404] * 4
    assert anna.post(f"{url}/pdf").status_code == 404
    assert anna.get(f"/orders/{world.record(order).public_id}/pdf").status_code == 200


def test_the_paper_keeps_din_5008_form_b(sqlite_world: World) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    invoice = sqlite_world.posted_invoice(customer=sqlite_world.customer("Fensterprobe GmbH"))
    with database().reading():
        made = make_pdf(read_paper(invoice))

    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()

    at = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">Fensterprobe<', boxes)
    assert at is not None
    left, top, bottom = (float(value) * 25.4 / 72 for value in at.groups())
    assert 24.5 <= left <= 25.5, "the text begins 25 mm from the left"
    assert top >= 45 + 17.7 - 1 and bottom <= 90, "inside the address zone of the window"


def test_the_page_is_escaped_and_in_the_language_of_the_party(sqlite_world: World) -> None:
    customer = sqlite_world.customer("<b>Bold</b>", language="en")
    quote = sqlite_world.quote(customer=customer)
    with database().reading():
        page = paper_html(read_paper(quote))

    assert "&lt;b&gt;Bold&lt;/b&gt;" in page and "<b>Bold" not in page
    assert '<html lang="en">' in page and "Quote" in page and "Angebot" not in page


def _reader(record_id: int) -> PdfReader:
    with database().reading():
        paper = read_paper(record_id)
    return PdfReader(io.BytesIO(make_pdf(paper)))


def _text(record_id: int) -> str:
    return _flat(" ".join(page.extract_text() for page in _reader(record_id).pages))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _work(world: World) -> None:
    while run_one(world.database):
        pass


def _archived(record_id: int) -> list[bytes]:
    with database().reading():
        kept = [file.sha256 for file in files_of(record_id) if file.role == "pdf"]
        return [b"".join(read_archived(sha256)) for sha256 in kept]


@contextmanager
def _listening() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
