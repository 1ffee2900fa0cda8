"""The prices of a product, a customer or a price list."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.model import Price, Product, Record

MOST = 500


@dataclass(frozen=True)
class PriceRow:
    """A price with its product and whoever it is for; `state` is "now", "later" or "over"."""

    price: Price
    product: Product
    article: Record
    holder: Record
    state: str


def prices_of(record: Record, by: Actor) -> list[PriceRow]:
    """What holds or will hold for a product, party or price list; then what was over within a year."""
    if not by.may("price.read"):
        return []
    article, holder = aliased(Record), aliased(Record)
    of = {"product": Price.product_id, "party": Price.party_id, "price_list": Price.price_list_id}
    recent = clock.today().replace(year=clock.today().year - 1, day=1)
    wanted = (
        select(Price, Product, article, holder)
        .join(Product, Product.id == Price.product_id)
        .join(article, article.id == Price.product_id)
        .join(holder, (holder.id == Price.party_id) | (holder.id == Price.price_list_id))
        .where(of[record.kind] == record.id, or_(Price.valid_until.is_(None), Price.valid_until >= recent))
        .order_by(article.number, holder.title, Price.from_quantity, Price.valid_from)
        .limit(MOST)
    )
    rows = [PriceRow(p, product, a, h, _state(p)) for p, product, a, h in session().execute(wanted)]
    return sorted(rows, key=lambda row: row.state == "over")


def _state(price: Price) -> str:
    today = clock.today()
    if price.valid_from > today:
        return "later"
    return "over" if price.valid_until is not None and price.valid_until < today else "now"
