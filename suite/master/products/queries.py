"""What lists show of products beside their row in the register."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select

from suite.base.db import session
from suite.base.types import Quantity
from suite.model import Location, Product, Record, StockLevel


def prices_and_stock(rows: Sequence[Record]) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Base price in euros net and free stock in its unit of some products; None where they have none."""
    free = func.sum(StockLevel.on_hand - StockLevel.reserved, type_=Quantity())
    of_stock = StockLevel.location_id.in_(select(Location.id).where(Location.use == "stock"))
    wanted = (
        select(Product.id, Product.base_price, free)
        .outerjoin(StockLevel, (StockLevel.product_id == Product.id) & of_stock)
        .where(Product.id.in_([row.id for row in rows]))
        .group_by(Product.id)
    )
    return {product: (price, stock) for product, price, stock in session().execute(wanted)}
