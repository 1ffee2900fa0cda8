"""Which tax case a line has: proposed from seller, buyer, product and place, with the reason said."""

from dataclasses import dataclass

from suite.model import Company, Party, Product
from suite.reference import is_eu_country

_DOMESTIC = {"standard": "DE_S19", "reduced": "DE_S7", "zero": "DE_S0_PV"}
# Cases this version posts; the others of the reference data follow with their own rules.
SALES_CASES = ("DE_S19", "DE_S7", "DE_S0_PV", "EU_IC_SUPPLY")


@dataclass(frozen=True)
class Proposal:
    """A tax case and the code of the sentence that explains it."""

    tax_case: str
    reason: str


def propose_tax_case(own: Company, party: Party, product: Product | None, *, country: str) -> Proposal:
    """The sales tax case for a delivery to `country` (§§ 1, 4 no. 1b, 12 UStG)."""
    tax_class = product.tax_class if product else "standard"
    goods = product is None or product.kind == "goods"
    if country != own.country and goods and is_eu_country(country) and foreign_vat_id(own, party):
        return Proposal("EU_IC_SUPPLY", "tax-intra-community")
    if country == own.country:
        return Proposal(_DOMESTIC[tax_class], "tax-domestic")
    return Proposal(_DOMESTIC[tax_class], "tax-check-abroad")


def foreign_vat_id(own: Company, party: Party) -> bool:
    """Whether the buyer has a VAT id of another member state (§ 6a (1) no. 2 UStG)."""
    return party.vat_id is not None and not party.vat_id.startswith(own.country)
