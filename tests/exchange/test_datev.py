"""The DATEV file itself: header, columns, quoting, characters, amounts and the proof of the tax."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.exchange.datev.booking import Row, automatic_tax, tax_difference, with_cent_rows
from suite.exchange.datev.characters import Replacements
from suite.exchange.datev.write import Header, batch_lines
from tests.exchange.extf import parse_extf

HEADER = Header(
    consultant=29098,
    client=55003,
    year_start=date(2026, 1, 1),
    from_date=date(2026, 1, 1),
    until_date=date(2026, 1, 31),
    label="Kontor Stapel 7",
    made_at=datetime(2026, 2, 3, 8, 15, 30, 123000, tzinfo=UTC),
    made_by="anna.acker",
    chart="SKR03",
)


def row(**values: object) -> Row:
    given = {
        "amount": D("119.00"),
        "side": "S",
        "account": "10000",
        "contra_account": "8400",
        "document_date": date(2026, 1, 5),
        "document_no": "RE-2026-0001",
        "text": "Hotel Deichgraf GmbH",
        "service_date": date(2026, 1, 4),
        "eu_vat_id": "",
        "is_reversal": False,
        "rate": D(19),
        "tax": D("19.00"),
        "tax_account": "1776",
    }
    return Row(**(given | values))  # type: ignore[arg-type]


def written(*rows: Row, version: int = 13, encoding: str = "cp1252") -> tuple[bytes, Replacements]:
    replaced = Replacements()
    return b"".join(
        batch_lines(HEADER, rows, version=version, encoding=encoding, replaced=replaced)
    ), replaced


def test_the_first_line_has_the_31_fields_of_version_700() -> None:
    content, _ = written(row())

    assert content.split(b"\r\n")[0] == (
        b'"EXTF";700;21;"Buchungsstapel";13;20260203081530123;;"KO";"annaacker";"";29098;55003;20260101;4;'
        b'20260101;20260131;"Kontor Stapel 7";"";1;0;0;"EUR";;"";;;"03";;;"";""'
    )


@pytest.mark.parametrize(("version", "columns"), [(13, 125), (12, 124)])
def test_names_and_rows_have_as_many_columns_as_the_version(version: int, columns: int) -> None:
    file = parse_extf(written(row(), version=version)[0])

    assert file.header[4] == str(version)
    assert len(file.header) == 31
    assert len(file.names) == columns
    assert [len(cells) for cells in file.rows] == [columns]
    assert file.names[0] == "Umsatz (ohne Soll/Haben-Kz)"
    assert file.names[-1] == ("Abw. Skontokonto" if version == 13 else "EU-Steuersatz (Ursprung)")


def test_a_row_says_what_was_booked() -> None:
    content, _ = written(row(eu_vat_id="ATU12345678", is_reversal=True))
    cells = parse_extf(content).rows[0]

    assert content.endswith(b"\r\n")
    assert content.split(b"\r\n")[2].startswith(
        b'119,00;"S";"";;;"";10000;8400;"";0501;"RE-2026-0001";"";;"Hotel Deichgraf GmbH";;"";'
    )
    assert (cells[39], cells[113], cells[114], cells[117]) == ("ATU12345678", "0", "04012026", "1")


def test_quotes_are_doubled_and_line_breaks_become_blanks() -> None:
    content, _ = written(row(text='Gasthof "Linde"; Kiel\nund mehr'))

    assert b'"Gasthof ""Linde""; Kiel und mehr"' in content
    assert parse_extf(content).rows[0][13] == 'Gasthof "Linde"; Kiel und mehr'


def test_what_cp1252_lacks_is_spelt_and_named() -> None:
    content, replaced = written(row(text="Łódź, Müller – 5 €, 東"))

    assert parse_extf(content).rows[0][13] == "Lódz, Müller – 5 €, ?"
    assert replaced.found == {
        ("Ł", "L"): ["RE-2026-0001"],
        ("ź", "z"): ["RE-2026-0001"],
        ("東", "?"): ["RE-2026-0001"],
    }


def test_utf_8_begins_with_its_mark_and_replaces_nothing() -> None:
    content, replaced = written(row(text="Łódź 東"), encoding="utf-8")

    assert content.startswith(b'\xef\xbb\xbf"EXTF"')
    assert parse_extf(content).rows[0][13] == "Łódź 東"
    assert replaced.found == {}


def test_a_document_number_has_no_blanks_dots_or_umlauts() -> None:
    content, replaced = written(row(document_no="Ä 1.2/26"))

    assert parse_extf(content).rows[0][10] == "Ae-1-2/26"
    assert set(replaced.found) == {("Ä", "Ae"), (" ", "-"), (".", "-")}


def test_long_texts_are_cut_to_what_datev_takes() -> None:
    cells = parse_extf(written(row(text="x" * 61, document_no="R" * 40))[0]).rows[0]

    assert (len(cells[13]), len(cells[10])) == (60, 36)


def test_leading_zeros_of_ledger_accounts_are_dropped() -> None:
    assert parse_extf(written(row(contra_account="0980"))[0]).rows[0][7] == "980"


@pytest.mark.parametrize(
    ("tax", "side", "cent"),
    [
        ("19.00", "S", None),
        ("19.01", "S", ("0.01", "S")),
        ("18.99", "S", ("0.01", "H")),
        ("19.02", "H", ("0.02", "H")),
    ],
)
def test_a_cent_of_tax_that_differs_gets_a_row_of_its_own(
    tax: str, side: str, cent: tuple[str, str] | None
) -> None:
    rows = list(with_cent_rows([row(tax=D(tax), side=side)]))

    assert rows[0].amount == D("119.00")
    found = [(r.amount, r.side, r.account, r.contra_account, r.tax_key) for r in rows[1:]]
    assert found == ([] if cent is None else [(D(cent[0]), cent[1], "8400", "1776", "40")])


@given(net=st.integers(1, 10_000_000), rate=st.sampled_from([D(19), D(7), D(16), D(5)]))
def test_a_net_price_never_needs_a_cent_row(net: int, rate: D) -> None:
    base = D(net) / 100
    tax = automatic_tax(base + (base * rate / 100).quantize(D("0.01"), "ROUND_HALF_UP"), rate)

    assert tax == (base * rate / 100).quantize(D("0.01"), "ROUND_HALF_UP")
    assert tax_difference(row(amount=base + tax, tax=tax, rate=rate)) == 0


@given(text=st.text(max_size=80), number=st.text(min_size=1, max_size=40))
def test_any_text_makes_a_readable_file(text: str, number: str) -> None:
    content, _ = written(row(text=text, document_no=number), row())

    assert [len(cells) for cells in parse_extf(content).rows] == [125, 125]
