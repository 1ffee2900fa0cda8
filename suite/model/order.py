"""Orders: what a customer bought; deliveries and invoices are measured against it."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from suite.base.db import Model
from suite.base.flow import Flow
from suite.model.document import Document, side_of

OPEN = "confirmed part_delivered delivered part_invoiced"


class Order(Document):
    """A customer's order; it never freezes, each change is a verb that raises the revision."""

    __mapper_args__ = {"polymorphic_identity": "order"}
    flow = Flow(
        "draft confirmed part_delivered delivered part_invoiced invoiced closed cancelled discarded",
        ("order.confirm", "draft", "confirmed"),
        ("order.edit", "draft", None),
        ("order.discard", "draft", "discarded"),
        ("order.deliver_and_invoice", "confirmed part_delivered", None),
        ("order.deliver", "confirmed part_delivered", None),
        ("order.invoice", OPEN, None),
        ("order.change", OPEN, None),
        ("order.reserve", "confirmed part_delivered", None),
        ("order.close", "part_delivered delivered part_invoiced", "closed"),
        ("order.cancel", "confirmed", "cancelled"),
    )


class OrderSide(Model):
    """What only an order has."""

    __tablename__ = "order_side"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="order")
    promised_on: Mapped[date | None]
    # Who of the customer placed it in the portal.
    placed_by: Mapped[str | None]
    __table_args__ = side_of("order")
