"""E-invoices: whatever is posted passes the official schema and rules; what would not is refused at its field."""

import random
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import select

from suite.base.errors import Refusal
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import cancel_invoice, post_credit_note, post_invoice
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import invoice_order
from suite.model import Record, RecordFile, RecordLink
from suite.shared.archive import read_archived
from suite.shared.lines import LineInput
from tests.exchange.oracle import assert_all_pass
from tests.world import World, line

AWKWARD = (
    "Schraube <M8> & Mutter \"1/2''\"",
    "Grüße 😀 aus Köln – „Anführung“",
    "Ω≈ç√∫ 漢字 ﬁ",
    "a" * 200,
    "]]> &amp; <!-- -->",
    "Ärger\u00a0mit\u00a0Leerzeichen",
)
LEITWEG = "04011000-1234512345-06"


def archived_files(world: World, folder: Path) -> list[Path]:
    """Every archived e-invoice written out as a file."""
    paths = []
    with world.database.reading() as reading:
        for file in reading.scalars(select(RecordFile).where(RecordFile.role == "xml")):
            path = folder / f"{file.profile}-{file.name}"
            path.write_bytes(b"".join(read_archived(file.sha256)))
            paths.append(path)
    return paths


def customers(world: World) -> list[int]:
    """One customer of each kind: paper, XRechnung, PEPPOL, and Austria."""
    return [
        world.customer(),
        world.customer(e_invoice="xrechnung", leitweg_id=LEITWEG),
        world.customer(e_invoice="peppol", vat_id="DE136695976", leitweg_id=LEITWEG),
        world.customer(
            "Alpen Handel GmbH", country="AT", vat_id="ATU73918219", e_invoice="peppol", leitweg_id=LEITWEG
        ),
    ]


def random_lines(chance: random.Random, *, abroad: bool) -> list[LineInput]:
    lines = []
    for _ in range(chance.randint(1, 7)):
        case = "EU_IC_SUPPLY" if abroad else chance.choice(["DE_S19", "DE_S19", "DE_S7", "DE_S0_PV"])
        lines.append(
            LineInput(
                name=chance.choice(AWKWARD),
                description=chance.choice(["", *AWKWARD]),
                quantity=D(chance.randint(1, 9999)).scaleb(-chance.randint(0, 3)),
                unit=chance.choice(["H87", "HUR", "KGM", "MTR"]),
                unit_price=D(chance.randint(0, 99999)).scaleb(-chance.randint(0, 4)),
                discount_percent=chance.choice([D(0), D(0), D("2.5"), D("33.3333"), D(100)]),
                tax_case=case,
            )
        )
        if chance.random() < 0.2:
            lines.append(LineInput(kind="text", name=chance.choice(AWKWARD) + "\nzweite Zeile"))
    return lines


def deliveries_of(world: World, order: int) -> list[int]:
    with world.database.reading() as reading:
        wanted = select(Record.id).join(RecordLink, RecordLink.target_id == Record.id)
        return list(reading.scalars(wanted.where(RecordLink.source_id == order, Record.kind == "delivery")))


def _lower_prices(world: World, invoice: int) -> None:
    """Correct every price by a quarter; less than a cent in all is nothing to credit."""
    reductions = {each.id: round(each.unit_price / 4, 4) for each in world.lines(invoice) if each.unit_price}
    try:
        post_credit_note(correct_invoice(invoice, reductions=reductions, by=world.anna), by=world.anna)
    except Refusal as refusal:
        assert refusal.code == "nothing-to-credit"


def test_two_hundred_random_invoices_and_corrections_pass_schema_and_rules(
    sqlite_world: World, tmp_path: Path
) -> None:
    world, chance = sqlite_world, random.Random(20260401)
    buyers = customers(world)
    for number in range(120):
        buyer = number % len(buyers)
        discount = chance.choice([D(0), D(0), D(5), D("12.5")])
        lines = random_lines(chance, abroad=buyer == 3)
        invoice = world.posted_invoice(*lines, customer=buyers[buyer], header_discount_percent=discount)
        if number % 3 == 0 and world.document(invoice).gross_total:
            cancel_invoice(invoice, by=world.anna)
        if number % 3 == 1:
            _lower_prices(world, invoice)
    for buyer in buyers * 3:
        orders = [world.delivered_order(line(price="33.33", quantity="3"), customer=buyer) for _ in range(2)]
        post_invoice(invoice_order(orders[0], more_orders=[orders[1]], by=world.anna), by=world.anna)
        delivery = deliveries_of(world, orders[0])[0]
        back = return_delivery(
            delivery, quantities={world.lines(delivery)[0].id: D(1)}, reason="defective", by=world.wanda
        )
        post_credit_note(credit_return(back, by=world.anna), by=world.anna)

    files = archived_files(world, tmp_path)

    assert len(files) >= 200
    assert {path.name.split("-")[0] for path in files} == {"en16931", "xrechnung", "peppol"}
    assert_all_pass(files)
    assert world.findings() == []


@pytest.mark.parametrize(
    ("profile", "values", "field", "rule"),
    [
        ("xrechnung", {"leitweg_id": ""}, "buyer_reference", "BR-DE-15"),
        ("peppol", {"vat_id": "", "leitweg_id": LEITWEG}, "party.endpoint_id", "PEPPOL-EN16931-CL008"),
        (
            "peppol",
            {"vat_id": "", "leitweg_id": LEITWEG, "email": ""},
            "party.endpoint_id",
            "PEPPOL-EN16931-R010",
        ),
    ],
)
def test_what_a_network_would_reject_is_refused_at_its_field(
    sqlite_world: World, profile: str, values: dict[str, str], field: str, rule: str
) -> None:
    given = {"endpoint_scheme": "EM", "endpoint_id": "a@kunde.example"} if rule.endswith("CL008") else {}
    customer = sqlite_world.customer(e_invoice=profile, **values, **given)
    invoice = sqlite_world.draft_invoice(customer=customer)

    with pytest.raises(Refusal) as refused:
        post_invoice(invoice, by=sqlite_world.anna)

    found = {(problem.field, problem.params["rule"]) for problem in refused.value.problems}
    assert (field, rule) in found
    assert sqlite_world.record(invoice).number is None


def test_an_intra_community_supply_needs_the_buyers_foreign_vat_id(sqlite_world: World) -> None:
    invoice = sqlite_world.draft_invoice(
        line(price="10", tax_case="EU_IC_SUPPLY"), customer=sqlite_world.customer(country="AT")
    )

    with pytest.raises(Refusal) as refused:
        post_invoice(invoice, by=sqlite_world.anna)

    assert [problem.code for problem in refused.value.problems] == ["buyer-vat-id-missing"]
