"""Reading an EXTF file back and booking it as DATEV would: written from the format, sharing no code with ours."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Extf:
    """The three parts of a file as text."""

    header: list[str]
    names: list[str]
    rows: list[list[str]]


def parse_extf(content: bytes) -> Extf:
    """Split into header, names and rows; every line must end in CR LF."""
    text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "cp1252")
    assert text.endswith("\r\n")
    lines = text.split("\r\n")[:-1]
    assert not any("\n" in line or "\r" in line for line in lines)
    return Extf(_cells(lines[0]), lines[1].split(";"), [_cells(line) for line in lines[2:]])


def _cells(line: str) -> list[str]:
    cells, at = [], 0
    while at <= len(line):
        if line[at : at + 1] == '"':
            cell, at = _quoted(line, at + 1)
        else:
            end = line.find(";", at)
            end = len(line) if end < 0 else end
            cell, at = line[at:end], end
            assert '"' not in cell
        cells.append(cell)
        assert at == len(line) or line[at] == ";"
        at += 1
    return cells


def _quoted(line: str, at: int) -> tuple[str, int]:
    cell = ""
    while True:
        end = line.index('"', at)
        cell += line[at:end]
        if line[end + 1 : end + 2] != '"':
            return cell, end + 1
        cell, at = cell + '"', end + 2


# The automatic accounts DATEV knows in both charts, with rate and tax account.
AUTOMATIC = {
    "8400": (19, "1776"), "8720": (19, "1776"), "8300": (7, "1771"), "8710": (7, "1771"),
    "4400": (19, "3806"), "4720": (19, "3806"), "4300": (7, "3801"), "4710": (7, "3801"),
}  # fmt: skip


def booked(file: Extf) -> dict[str, Decimal]:
    """Debit less credit per account after DATEV took the tax out of automatic accounts."""
    balances: dict[str, Decimal] = {}
    for cells in file.rows:
        amount = Decimal(cells[0].replace(",", "."))
        assert amount > 0
        signed = amount if cells[1] == "S" else -amount
        for account, value in ((cells[6], signed), (cells[7], -signed)):
            for name, part in _split(account, value, cells[8]):
                balances[name] = balances.get(name, Decimal(0)) + part
    return {account: value for account, value in balances.items() if value}


def _split(account: str, value: Decimal, key: str) -> list[tuple[str, Decimal]]:
    if account not in AUTOMATIC or key == "40":
        return [(account, value)]
    rate, tax_account = AUTOMATIC[account]
    net = (value * 100 / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return [(account, net), (tax_account, value - net)]
