"""A company driven at random: every step is done by a real command and by a plain model of dicts beside it.

The model knows nothing of the code: it says what must be refused and what quantities and open amounts
must be afterwards. `verify` says the rest.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal as D
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

from suite.base.db import Database, use_database
from suite.base.errors import Refusal
from suite.crm.quotes.commands import create_quote
from suite.erp.deliveries.commands import deliver_order, discard_delivery, ship_delivery
from suite.erp.deliveries.returns import return_delivery
from suite.erp.invoices.commands import (
    cancel_and_copy_invoice,
    cancel_invoice,
    post_credit_note,
    post_invoice,
)
from suite.erp.invoices.corrections import correct_invoice, credit_return
from suite.erp.invoices.drafts import (
    create_invoice,
    discard_invoice,
    edit_invoice,
    invoice_delivery,
    invoice_order,
)
from suite.erp.orders.commands import cancel_order, change_order, close_order, order_quote
from suite.erp.payments.commands import allocate_payment, pay_invoice, post_payment, reverse_payment
from suite.erp.stock.commands import correct_stock, receive_product
from suite.model import ChainLink, CreditNoteSide, LineProgress, OpenItem, Record, Reservation, StockLevel
from tests.world import World, line

ZERO = D(0)
PICK = st.integers(0, 10_000)
QUANTITY = st.sampled_from([D(1), D(2), D(3), D("0.5"), D(7), D("1.333333")])
SHARE = st.sampled_from([D(0), D("0.5"), D(1), D(1), D(1)])
PRICES = ("9.99", "0.333333", "120", "2.675")


@dataclass
class Line:
    """What a line of an order or delivery should say."""

    basis: str
    quantity: D
    delivered: D = ZERO
    returned: D = ZERO
    invoiced: D = ZERO
    credited: D = ZERO
    product: int | None = None

    @property
    def due(self) -> D:
        """The most that may be billed."""
        return self.quantity if self.basis == "ordered" else self.delivered

    @property
    def to_invoice(self) -> D:
        """Basis − returned − (invoiced − credited)."""
        return self.due - self.returned - (self.invoiced - self.credited)


@dataclass
class Order:
    """An order by its lines; `ended` is closed or cancelled."""

    customer: int
    lines: dict[int, Line]
    ended: str = ""

    @property
    def state(self) -> str:
        """Delivery until delivered, then invoicing."""
        goods = [each for each in self.lines.values() if each.basis == "delivered"]
        billed = any(each.invoiced for each in self.lines.values())
        is_delivered = all(each.delivered >= each.quantity for each in goods)
        if self.ended:
            return self.ended
        if is_delivered and all(each.to_invoice <= 0 for each in self.lines.values()):
            return "invoiced" if billed else "delivered"
        if is_delivered and (goods or billed):
            return "part_invoiced" if billed else "delivered"
        return "part_delivered" if any(each.delivered for each in goods) else "confirmed"


@dataclass
class Delivery:
    """A delivery: its lines, and the order line of each."""

    order: int
    lines: dict[int, Line]
    behind: dict[int, int]
    shipped: bool = False


@dataclass
class Back:
    """Goods that came back: return line → (delivery line, quantity, credited)."""

    delivery: int
    lines: dict[int, list[Any]]


@dataclass
class Invoice:
    """An invoice: its lines with quantity and credited, where they came from, and its money."""

    customer: int
    gross: D
    lines: dict[int, list[D]]
    sources: list[tuple[int, int, D]]
    posted: bool = False
    cancelled: bool = False
    credited: D = ZERO


@dataclass
class Credit:
    """A draft correction: kind, invoice, gross, and for returns (invoice line, return line, quantity)."""

    kind: str
    invoice: int
    gross: D
    parts: list[tuple[int, int, D]] = field(default_factory=list)


@dataclass
class Item:
    """Money owed or held: by customer, which side, how much, how much open."""

    customer: int
    side: str
    amount: D
    open: D


class Company(RuleBasedStateMachine):
    """The rules of the game."""

    template: ClassVar[Path]
    verify_every: ClassVar[int] = 8

    def __init__(self) -> None:
        """A fresh copy of the founded company."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kontor-machine-"))
        shutil.copy(self.template, self.folder / "company.db")
        self.stack = ExitStack()
        database = Database(f"sqlite:///{self.folder / 'company.db'}")
        event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.stack.enter_context(use_database(database))
        self.world = World(database)
        self.by = self.world.owner
        with database.reading() as reading:
            of_kind = select(Record.id).order_by(Record.id)
            self.customers = list(reading.scalars(of_kind.where(Record.kind == "party")))
            self.products = list(reading.scalars(of_kind.where(Record.kind == "product")))
        self.stock = dict.fromkeys(self.products, ZERO)
        self.orders: dict[int, Order] = {}
        self.deliveries: dict[int, Delivery] = {}
        self.backs: dict[int, Back] = {}
        self.invoices: dict[int, Invoice] = {}
        self.credits: dict[int, Credit] = {}
        self.items: dict[int, Item] = {}
        self.payments: dict[int, bool] = {}
        self.allocations: list[tuple[int, int, D]] = []
        self.posted = self.steps = 0
        for product in self.products:
            receive_product(product, quantity=D(40), by=self.by)
            self.stock[product] = D(40)

    def teardown(self) -> None:
        """The last look, then the copy goes."""
        try:
            self.look_closely()
        finally:
            self.world.database.dispose()
            self.stack.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(pick=PICK, quantity=QUANTITY)
    def begin(self, pick: int, quantity: D) -> None:
        """Something to begin with: an order delivered and billed, another one open."""
        self.order(pick, [quantity, D(3)], D(1))
        self.deliver(10, D(1), True, ZERO)
        self.invoice_one_delivery(11)
        self.order(pick + 1, [quantity, D(2)], D(1))

    # Stock

    @rule(pick=PICK, quantity=QUANTITY)
    def receive(self, pick: int, quantity: D) -> None:
        """Goods come in."""
        product = chosen(self.products, pick)
        receive_product(product, quantity=quantity * 10, by=self.by)
        self.stock[product] += quantity * 10

    @rule(pick=PICK, counted=QUANTITY)
    def count(self, pick: int, counted: D) -> None:
        """Somebody counted; fewer than promised releases promises."""
        product = chosen(self.products, pick)
        correct_stock(product, counted=counted, reason="gezählt", by=self.by)
        self.stock[product] = counted

    # Orders

    @rule(pick=PICK, quantities=st.lists(QUANTITY, min_size=1, max_size=3), share=SHARE)
    def order(self, pick: int, quantities: list[D], share: D) -> None:
        """A quote, ordered in whole or in part; ordering it again is refused."""
        customer = chosen(self.customers, pick)
        lines = [self.some_line(pick + place, quantity) for place, quantity in enumerate(quantities)]
        quote = create_quote(party_id=customer, lines=lines, by=self.by)
        first = self.world.lines(quote)[0]
        rest = {each.id: each.quantity for each in self.world.lines(quote)} | {
            first.id: cut(first.quantity * share)
        }
        if not any(rest.values()):
            self.refused(lambda: order_quote(quote, quantities=rest, by=self.by), "lines-missing")
            return
        order = order_quote(quote, quantities=rest, by=self.by)
        self.refused(lambda: order_quote(quote, by=self.by), "step-not-open")
        self.orders[order] = Order(
            customer,
            {
                each.id: Line(
                    each.billing_basis, each.quantity, product=each.product_id if each.stock_kept else None
                )
                for each in self.world.lines(order)
            },
        )

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, quantity=QUANTITY)
    def change(self, pick: int, quantity: D) -> None:
        """Another quantity of the first line; never below what was delivered or invoiced."""
        order_id, order = likely(self.orders, pick, lambda each: each.state in OPEN)
        line_id, of_line = next(iter(order.lines.items()))
        code = None if order.state in OPEN else "step-not-open"
        if code is None and quantity < max(of_line.delivered, of_line.invoiced):
            code = "below-progress"
        if self.done(lambda: change_order(order_id, quantities={line_id: quantity}, by=self.by), code):
            of_line.quantity = quantity

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def close(self, pick: int) -> None:
        """What is not delivered lapses."""
        order_id, order = likely(
            self.orders, pick, lambda each: each.state in ("part_delivered", "part_invoiced")
        )
        is_open = order.state in ("part_delivered", "delivered", "part_invoiced")
        if self.done(lambda: close_order(order_id, by=self.by), None if is_open else "step-not-open"):
            order.ended = "closed"

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def cancel_an_order(self, pick: int) -> None:
        """Only while nothing was delivered or billed."""
        order_id, order = chosen_of(self.orders, pick)
        code = None if order.state == "confirmed" else "step-not-open"
        if code is None and any(each.delivered or each.invoiced for each in order.lines.values()):
            code = "order-has-progress"
        if self.done(lambda: cancel_order(order_id, by=self.by), code):
            order.ended = "cancelled"

    # Deliveries

    @precondition(lambda self: self.orders)
    @rule(
        pick=PICK,
        share=SHARE,
        ship=st.sampled_from([True, True, False]),
        beyond=st.sampled_from([ZERO, ZERO, ZERO, D("0.000001"), D(1)]),
    )
    def deliver(self, pick: int, share: D, ship: bool, beyond: D) -> None:
        """A share of what is open; more than is open is refused."""
        order_id, order = likely(
            self.orders, pick, lambda each: each.state in ("confirmed", "part_delivered")
        )
        goods = {k: each for k, each in order.lines.items() if each.basis == "delivered"}
        wanted = {k: cut((each.quantity - each.delivered) * share) + beyond for k, each in goods.items()}
        code = None
        if order.state not in ("confirmed", "part_delivered"):
            code = "step-not-open"
        elif any(q > goods[k].quantity - goods[k].delivered for k, q in wanted.items()):
            code = "more-than-open"
        elif not any(wanted.values()):
            code = "nothing-to-deliver"
        made: list[int] = []

        def act() -> None:
            made.append(deliver_order(order_id, quantities=wanted, ship=False, by=self.by))

        if self.done(act, code):
            self.deliveries[made[0]] = self.drafted_delivery(order_id, made[0])
            if ship:
                self.ship_it(made[0])

    @precondition(lambda self: self.deliveries)
    @rule(pick=PICK)
    def ship(self, pick: int) -> None:
        """Ship a delivery, also one that was shipped."""
        self.ship_it(likely(self.deliveries, pick, lambda each: not each.shipped)[0])

    def ship_it(self, delivery_id: int) -> None:
        """Goods leave: never more than is open, never more than lies there."""
        delivery = self.deliveries[delivery_id]
        order = self.orders[delivery.order]
        code = None
        if delivery.shipped or order.ended:
            code = "step-not-open"
        elif any(
            each.quantity
            > order.lines[delivery.behind[k]].quantity - order.lines[delivery.behind[k]].delivered
            for k, each in delivery.lines.items()
        ):
            code = "more-than-open"
        try:
            ship_delivery(delivery_id, by=self.by)
        except Refusal as refusal:
            short = refusal.code == "not-enough-stock" and code is None and self.is_short(delivery)
            assert short or refusal.code == code, (refusal.code, code)
            return
        assert code is None, f"shipped, though {code}"
        delivery.shipped = True
        for line_id, each in delivery.lines.items():
            each.delivered = each.quantity
            order.lines[delivery.behind[line_id]].delivered += each.quantity
            if each.product is not None:
                self.stock[each.product] -= each.quantity

    @precondition(lambda self: self.deliveries)
    @rule(pick=PICK, quantity=QUANTITY)
    def take_back(self, pick: int, quantity: D) -> None:
        """Goods come back, never more than left."""
        delivery_id, delivery = likely(self.deliveries, pick, lambda each: each.shipped)
        line_id, of_line = max(delivery.lines.items(), key=lambda each: each[1].delivered - each[1].returned)
        quantity = (
            min(quantity, of_line.delivered - of_line.returned)
            if pick % 3 and of_line.delivered > of_line.returned
            else quantity
        )
        code = None if delivery.shipped else "step-not-open"
        if code is None and quantity > of_line.delivered - of_line.returned:
            code = "more-than-open"
        made: list[int] = []

        def act() -> None:
            made.append(
                return_delivery(delivery_id, quantities={line_id: quantity}, reason="other", by=self.by)
            )

        if self.done(act, code):
            of_line.returned += quantity
            self.orders[delivery.order].lines[delivery.behind[line_id]].returned += quantity
            self.backs[made[0]] = Back(
                delivery_id, {self.world.lines(made[0])[0].id: [line_id, quantity, ZERO]}
            )
            if of_line.product is not None:
                self.stock[of_line.product] += quantity

    # Invoices

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, other=PICK, gather=st.booleans())
    def invoice(self, pick: int, other: int, gather: bool) -> None:
        """Draft what is open of one order or two; the draft bills exactly that."""
        order_id, order = likely(
            self.orders,
            pick,
            lambda each: each.state in OPEN and any(of.to_invoice > 0 for of in each.lines.values()),
        )
        more = sorted({chosen(list(self.orders), other)} - {order_id}) if gather else []
        orders = [order, *(self.orders[each] for each in more)]
        code = None
        if any(each.state not in OPEN for each in orders):
            code = "step-not-open"
        elif any(each.customer != order.customer for each in orders):
            code = "orders-differ"
        elif not any(self.billable(line_id, None) for each in orders for line_id in each.lines):
            code = "nothing-to-invoice"
        made: list[int] = []

        def act() -> None:
            made.append(invoice_order(order_id, more_orders=more, by=self.by))

        if self.done(act, code):
            expected = {k: self.billable(k, None) for each in orders for k in each.lines}
            self.drafted_invoice(made[0], order.customer, expected)
            if pick % 2:
                self.post_it(made[0])

    @precondition(lambda self: self.deliveries)
    @rule(pick=PICK)
    def invoice_one_delivery(self, pick: int) -> None:
        """Draft what one delivery brought."""
        delivery_id, delivery = likely(
            self.deliveries,
            pick,
            lambda each: each.shipped and any(of.to_invoice > 0 for of in each.lines.values()),
        )
        order = self.orders[delivery.order]
        expected = {line_id: self.billable(line_id, delivery_id) for line_id in order.lines}
        code = None if delivery.shipped else "step-not-open"
        if code is None and not any(expected.values()):
            code = "nothing-to-invoice"
        made: list[int] = []

        def act() -> None:
            made.append(invoice_delivery(delivery_id, by=self.by))

        if self.done(act, code):
            self.drafted_invoice(made[0], order.customer, expected)
            if pick % 2:
                self.post_it(made[0])

    @rule(pick=PICK, quantity=QUANTITY)
    def invoice_directly(self, pick: int, quantity: D) -> None:
        """An invoice without an order."""
        customer = chosen(self.customers, pick)
        draft = create_invoice(party_id=customer, lines=[self.some_line(pick, quantity)], by=self.by)
        self.drafted_invoice(draft, customer, {})
        if pick % 2:
            self.post_it(draft)

    @precondition(lambda self: self.invoices)
    @rule(pick=PICK)
    def post(self, pick: int) -> None:
        """Post an invoice, also one that is posted; never more than was delivered or ordered."""
        self.post_it(likely(self.invoices, pick, lambda each: not each.posted)[0])

    def post_it(self, invoice_id: int) -> None:
        """The step itself."""
        invoice = self.invoices[invoice_id]
        code = "step-not-open" if invoice.posted else None
        if code is None and any(
            of_line.invoiced + quantity > of_line.due for of_line, quantity in self.upstream(invoice)
        ):
            code = "more-than-open"
        if not self.done(lambda: post_invoice(invoice_id, by=self.by), code):
            return
        invoice.posted = True
        self.posted += 1
        assert self.world.record(invoice_id).number.endswith(f"-{self.posted:04}")
        for of_line, quantity in self.upstream(invoice):
            of_line.invoiced += quantity
        if invoice.gross:
            self.items[invoice_id] = Item(invoice.customer, "debit", invoice.gross, invoice.gross)

    @precondition(lambda self: any(each.posted for each in self.invoices.values()))
    @rule(pick=PICK, copies=st.booleans())
    def cancel(self, pick: int, copies: bool) -> None:
        """A Stornorechnung over all of it, once; the deliveries are open again."""
        invoice_id, invoice = likely(self.invoices, pick, lambda each: each.posted and not each.cancelled)
        code = None if invoice.posted and not invoice.cancelled else "step-not-open"
        if code is None and invoice.credited:
            code = "invoice-has-credits"
        made: list[int] = []

        def act() -> None:
            made.append((cancel_and_copy_invoice if copies else cancel_invoice)(invoice_id, by=self.by))

        if not self.done(act, code):
            return
        invoice.cancelled = True
        invoice.credited = invoice.gross
        for of_line, quantity in self.upstream(invoice):
            of_line.invoiced -= quantity
        self.posted += 1
        credit = self.cancellation_of(invoice_id)
        assert self.world.document(credit).gross_total == invoice.gross
        self.credit_settles(credit, invoice_id, invoice.gross)
        if copies:
            self.copied_draft(made[0], invoice)

    @precondition(lambda self: any(each.posted for each in self.invoices.values()))
    @rule(pick=PICK, cut_by=st.sampled_from([D("0.01"), D("0.3"), D(1), D(500)]))
    def correct(self, pick: int, cut_by: D) -> None:
        """Draft a price correction of the first line, at most its price."""
        invoice_id, invoice = likely(self.invoices, pick, lambda each: each.posted and not each.cancelled)
        first = self.world.lines(invoice_id)[0]
        code = None if invoice.posted and not invoice.cancelled else "step-not-open"
        if code is None and cut_by > first.unit_price:
            code = "reduction-range"
        made: list[int] = []

        def act() -> None:
            try:
                made.append(correct_invoice(invoice_id, reductions={first.id: cut_by}, by=self.by))
            except Refusal as refusal:
                # Less than a cent in all.
                if refusal.code != "nothing-to-credit" or first.quantity * cut_by >= D("0.02"):
                    raise

        if self.done(act, code) and made:
            self.credits[made[0]] = Credit("price", invoice_id, self.world.document(made[0]).gross_total)
            if pick % 2:
                self.post_credit_of(made[0])

    @precondition(lambda self: self.backs)
    @rule(pick=PICK)
    def credit(self, pick: int) -> None:
        """Draft the credit of what came back, as far as it was billed and not credited."""
        back_id, _ = likely(self.backs, pick, lambda each: any(of[1] > of[2] for of in each.lines.values()))
        try:
            draft = credit_return(back_id, by=self.by)
        except Refusal as refusal:
            assert refusal.code == "nothing-to-credit", refusal
            assert not self.is_billed(back_id), "billed goods that came back cannot be credited"
            return
        invoice_id, parts = self.credited_parts(draft)
        assert parts and all(quantity > 0 for _, _, quantity in parts)
        self.credits[draft] = Credit("return", invoice_id, self.world.document(draft).gross_total, parts)
        if pick % 2:
            self.post_credit_of(draft)

    @precondition(lambda self: self.credits)
    @rule(pick=PICK)
    def post_credit(self, pick: int) -> None:
        """Post a correction: never more than was billed, goods once."""
        self.post_credit_of(chosen(list(self.credits), pick))

    def post_credit_of(self, credit_id: int) -> None:
        """The step itself."""
        credit = self.credits[credit_id]
        invoice = self.invoices[credit.invoice]
        is_too_much = invoice.cancelled or invoice.credited + credit.gross > invoice.gross
        is_twice = any(
            invoice.lines[billed][1] + quantity > invoice.lines[billed][0]
            or self.return_line(back)[2] + quantity > self.return_line(back)[1]
            for billed, back, quantity in credit.parts
        )
        code = "more-than-billed" if is_too_much else ("more-than-open" if is_twice else None)
        if not self.done(lambda: post_credit_note(credit_id, by=self.by), code):
            return
        self.posted += 1
        invoice.credited += credit.gross
        for billed, back, quantity in credit.parts:
            invoice.lines[billed][1] += quantity
            returned = self.return_line(back)
            returned[2] += quantity
            delivery = next(each for each in self.deliveries.values() if returned[0] in each.lines)
            delivery.lines[returned[0]].credited += quantity
            self.orders[delivery.order].lines[delivery.behind[returned[0]]].credited += quantity
        del self.credits[credit_id]
        self.credit_settles(credit_id, credit.invoice, credit.gross)

    @precondition(lambda self: any(each.posted for each in self.invoices.values()))
    @rule(pick=PICK, twist=st.sampled_from(["edit", "discard", "back-date"]))
    def spoil(self, pick: int, twist: str) -> None:
        """Editing, discarding and posting anew what is posted are refused."""
        invoice_id, invoice = chosen_of(self.invoices, pick)
        if not invoice.posted:
            return
        on = self.world.document(invoice_id).dated_on
        acts: dict[str, Callable[[], Any]] = {
            "edit": lambda: edit_invoice(invoice_id, lines=[line()], dated_on=on, by=self.by),
            "discard": lambda: discard_invoice(invoice_id, by=self.by),
            "back-date": lambda: post_invoice(invoice_id, dated_on=on, by=self.by),
        }
        self.refused(acts[twist], "step-not-open")

    @rule(pick=PICK)
    def post_back_dated(self, pick: int) -> None:
        """A number never gets an earlier date than the number before it."""
        if not self.posted:
            return
        customer = chosen(self.customers, pick)
        draft = create_invoice(party_id=customer, lines=[line()], by=self.by)
        on = self.world.document(draft).dated_on
        earlier = on.replace(year=on.year, month=1, day=1)
        if earlier < on:
            self.refused(lambda: post_invoice(draft, dated_on=earlier, by=self.by), "before-last-number")
        discard_invoice(draft, by=self.by)

    @precondition(lambda self: self.deliveries)
    @rule(pick=PICK)
    def discard_a_delivery(self, pick: int) -> None:
        """Only drafts are thrown away."""
        delivery_id, delivery = chosen_of(self.deliveries, pick)
        if self.done(
            lambda: discard_delivery(delivery_id, by=self.by), "step-not-open" if delivery.shipped else None
        ):
            del self.deliveries[delivery_id]

    # What goes together

    def fresh_delivery(self, pick: int, quantity: D, share: D = D(1)) -> int:
        """A new order of a service, delivered in whole or in part; returns the order's id."""
        self.order(pick // 5 * 5 + 3, [quantity], D(1))
        order_id = next(reversed(self.orders))
        self.deliver(1, share, True, ZERO)
        assert self.orders[order_id].lines
        return order_id

    @rule(pick=PICK, quantity=QUANTITY)
    def bill_what_did_not_come_back(self, pick: int, quantity: D) -> None:
        """Goods come back before they are billed: only the rest is."""
        order_id = self.fresh_delivery(pick, quantity + 1)
        self.take_back(1, D(1))
        self.invoice(1, 0, False)
        assert self.orders[order_id].state in ("invoiced", "part_invoiced")

    @rule(pick=PICK, quantity=QUANTITY)
    def bill_twice(self, pick: int, quantity: D) -> None:
        """Two drafts over the same goods: the second is refused at posting."""
        self.fresh_delivery(pick, quantity, D("0.5"))
        self.change(1, D("0.000001"))
        for _ in range(2):
            self.invoice(2, 0, False)
        first, second = list(self.invoices)[-2:]
        self.post_it(first)
        self.post_it(second)
        assert not self.invoices[second].posted

    @rule(pick=PICK, quantity=QUANTITY)
    def credit_twice(self, pick: int, quantity: D) -> None:
        """Two drafts over the same goods that came back: the second is refused at posting."""
        self.fresh_delivery(pick, quantity + 2)
        self.invoice(1, 0, False)
        self.take_back(1, D(1))
        for _ in range(2):
            self.credit(2)
        first, second = list(self.credits)[-2:]
        self.post_credit_of(first)
        self.post_credit_of(second)
        assert second in self.credits

    @rule(pick=PICK, quantity=QUANTITY, same=st.booleans())
    def gather(self, pick: int, quantity: D, same: bool) -> None:
        """Two orders become one invoice, when they are of one customer."""
        for place in (0, 10 if same else 5):
            self.fresh_delivery(pick + place, quantity)
        self.invoice(1, len(self.orders) - 2, True)

    @rule(pick=PICK, quantity=QUANTITY)
    def pay_and_take_back(self, pick: int, quantity: D) -> None:
        """Payments of two new invoices are reversed: both are open again."""
        for _ in range(2):
            self.invoice_directly(pick * 2 + 1, quantity)
            self.pay(1, D("0.5"), False)
            self.reverse(1)

    # Money

    @precondition(lambda self: any(each.posted for each in self.invoices.values()))
    @rule(pick=PICK, share=st.sampled_from([D("0.5"), D(1), D("1.5")]), twice=st.booleans())
    def pay(self, pick: int, share: D, twice: bool) -> None:
        """Pay an invoice in part, in whole or too much; the same request twice pays once."""
        invoice_id, _ = likely(self.invoices, pick, lambda each: each.posted and not each.cancelled)
        item = self.items.get(invoice_id)
        if item is None or not item.open:
            self.refused(lambda: pay_invoice(invoice_id, by=self.by), "nothing-open")
            return
        amount = max(cut(item.open * share, 2), D("0.01"))
        key = f"key-{self.steps}-{invoice_id}" if twice else None
        payment = pay_invoice(invoice_id, amount=amount, by=self.by, request_key=key)
        if twice:
            assert pay_invoice(invoice_id, amount=amount, by=self.by, request_key=key) == payment
        self.payments[payment] = False
        self.items[payment] = Item(item.customer, "credit", amount, amount)
        self.settle(invoice_id, payment, min(amount, item.open))

    @rule(pick=PICK, amount=st.sampled_from([D("0.01"), D(10), D("123.45")]))
    def pay_on_account(self, pick: int, amount: D) -> None:
        """Money without an invoice."""
        customer = chosen(self.customers, pick)
        payment = post_payment(party_id=customer, amount=amount, by=self.by)
        self.payments[payment] = False
        self.items[payment] = Item(customer, "credit", amount, amount)

    @precondition(lambda self: self.payments and self.invoices)
    @rule(pick=PICK, other=PICK, amount=st.sampled_from([D("0.01"), D(5), D("60.01"), D(9999)]))
    def allocate(self, pick: int, other: int, amount: D) -> None:
        """Settle an invoice from what is left of a payment; never across customers, never beyond either."""
        payment, is_reversed = likely(self.payments, pick, lambda gone: not gone)
        invoice_id, _ = likely(self.invoices, other, lambda each: each.posted)
        owed, held = self.items.get(invoice_id), self.items[payment]
        if owed is None:
            return
        code = None
        if is_reversed or not held.open:
            code = "step-not-open"
        elif owed.customer != held.customer:
            code = "allocation-crosses-accounts"
        elif amount > owed.open:
            code = "more-than-open-amount"
        elif amount > held.open:
            code = "more-than-paid"
        item = self.world.open_item(invoice_id).id
        if self.done(lambda: allocate_payment(payment, allocations={item: amount}, by=self.by), code):
            self.settle(invoice_id, payment, amount)

    @precondition(lambda self: self.payments)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        """Take a payment back, once: exactly what it closed is open again."""
        payment, is_reversed = likely(self.payments, pick, lambda gone: not gone)
        if not self.done(
            lambda: reverse_payment(payment, by=self.by), "step-not-open" if is_reversed else None
        ):
            return
        self.payments[payment] = True
        for debit, credit, amount in self.allocations:
            if credit == payment:
                self.items[debit].open += amount
        self.allocations = [each for each in self.allocations if each[1] != payment]
        self.items[payment].open = ZERO

    # What must be true after every step

    @invariant()
    def the_books_agree(self) -> None:
        """Progress, stock, open amounts and states are what the model says."""
        self.steps += 1
        with self.world.database.reading() as reading:
            progress = {row.line_id: row for row in reading.scalars(select(LineProgress))}
            states = dict(reading.execute(select(Record.id, Record.state)).all())
            levels = dict(reading.execute(select(StockLevel.product_id, StockLevel.on_hand)).all())
            rows = reading.execute(select(OpenItem.record_id, OpenItem.open).order_by(OpenItem.id.desc()))
            opened = dict(rows.all())
        for order_id, order in self.orders.items():
            assert states[order_id] == order.state
            for line_id, each in order.lines.items():
                assert seen(progress[line_id]) == told(each), (order_id, line_id)
        for delivery in self.deliveries.values():
            for line_id, each in delivery.lines.items():
                assert not delivery.shipped or seen(progress[line_id]) == told(each)
        for product, on_hand in self.stock.items():
            assert levels.get(product, ZERO) == on_hand >= 0
        for record_id, item in self.items.items():
            assert opened[record_id] == item.open >= 0, record_id
        if self.steps % self.verify_every == 0:
            self.look_closely()

    def look_closely(self) -> None:
        """Nothing is found by `verify`."""
        assert [str(finding) for finding in self.world.findings()] == []

    # Small steps

    def done(self, act: Callable[[], Any], code: str | None) -> bool:
        """Do it; it must be refused with `code`, or not at all when that is None."""
        if code is not None:
            self.refused(act, code)
            return False
        act()
        return True

    def refused(self, act: Callable[[], Any], code: str) -> None:
        """It must be refused with this code."""
        try:
            act()
        except Refusal as refusal:
            assert refusal.code == code, f"{refusal.code}, not {code}"
            return
        raise AssertionError(f"went through, though {code}")

    def some_line(self, pick: int, quantity: D) -> Any:
        """A line of goods in stock, of a service, or of freight that is billed as ordered."""
        price = PRICES[pick % len(PRICES)]
        if pick % 5 == 4:
            return line(price=price, quantity=str(quantity), billing_basis="ordered", name="Fracht")
        if pick % 5 == 3:
            return line(price=price, quantity=str(quantity), tax_case="DE_S7")
        return line(
            self.products[pick % len(self.products)], str(quantity), price, discount_percent=D(pick % 3 * 5)
        )

    def drafted_delivery(self, order_id: int, delivery_id: int) -> Delivery:
        """A delivery's lines and the order line behind each."""
        lines = self.world.lines(delivery_id)
        behind = {target: source for source, target, _ in self.links([each.id for each in lines])}
        made = {
            each.id: Line("delivered", each.quantity, product=each.product_id if each.stock_kept else None)
            for each in lines
        }
        return Delivery(order_id, made, behind)

    def drafted_invoice(self, draft: int, customer: int, expected: dict[int, D]) -> None:
        """Keep a draft; it bills of each order line what is expected."""
        lines = self.world.lines(draft)
        sources = [(target, source, q) for source, target, q in self.links([each.id for each in lines])]
        billed: dict[int, D] = {}
        for _, source, quantity in sources:
            order_line = self.order_line(source)
            billed[order_line] = billed.get(order_line, ZERO) + quantity
        assert billed == {k: quantity for k, quantity in expected.items() if quantity}
        gross = self.world.document(draft).gross_total
        quantities = {each.id: [each.quantity, ZERO] for each in lines}
        self.invoices[draft] = Invoice(customer, gross, quantities, sources)

    def copied_draft(self, draft: int, invoice: Invoice) -> None:
        """A copy of a cancelled invoice: the same content from the same deliveries."""
        document = self.world.document(draft)
        assert document.gross_total == invoice.gross
        lines = self.world.lines(draft)
        sources = [(target, source, q) for source, target, q in self.links([each.id for each in lines])]
        assert sorted((s, q) for _, s, q in sources) == sorted((s, q) for _, s, q in invoice.sources)
        quantities = {each.id: [each.quantity, ZERO] for each in lines}
        self.invoices[draft] = Invoice(invoice.customer, document.gross_total, quantities, sources)

    def billable(self, line_id: int, delivery_id: int | None) -> D:
        """What a draft must bill of an order line: what is open, as far as single deliveries are."""
        of_line = next(order.lines[line_id] for order in self.orders.values() if line_id in order.lines)
        rest = max(of_line.to_invoice, ZERO)
        if of_line.basis == "ordered":
            return rest
        taken = ZERO
        for number, delivery in sorted(self.deliveries.items()):
            for of_delivery, order_line in delivery.behind.items():
                wanted = delivery.shipped and order_line == line_id and number in (delivery_id or number,)
                if wanted:
                    taken += min(max(delivery.lines[of_delivery].to_invoice, ZERO), rest - taken)
        return taken

    def upstream(self, invoice: Invoice) -> list[tuple[Line, D]]:
        """The order and delivery lines an invoice bills, each with the sum of its quantities."""
        sums: dict[int, list[Any]] = {}
        for _, source, quantity in invoice.sources:
            for of_line in self.lines_behind(source):
                sums.setdefault(id(of_line), [of_line, ZERO])[1] += quantity
        return [(of_line, quantity) for of_line, quantity in sums.values()]

    def lines_behind(self, source: int) -> list[Line]:
        """A source line, and the order line when it is a delivery's."""
        for order in self.orders.values():
            if source in order.lines:
                return [order.lines[source]]
        for delivery in self.deliveries.values():
            if source in delivery.lines:
                return [delivery.lines[source], self.orders[delivery.order].lines[delivery.behind[source]]]
        raise AssertionError(f"line {source} is of no order and no delivery")

    def order_line(self, source: int) -> int:
        """The order line a source line stands for."""
        behind = {k: v for delivery in self.deliveries.values() for k, v in delivery.behind.items()}
        return behind.get(source, source)

    def return_line(self, line_id: int) -> list[Any]:
        """(delivery line, quantity, credited) of a return line."""
        return next(back.lines[line_id] for back in self.backs.values() if line_id in back.lines)

    def is_billed(self, back_id: int) -> bool:
        """Whether goods of a return stand in a posted invoice and are not credited yet."""
        for delivery_line, quantity, credited in self.backs[back_id].lines.values():
            for invoice in self.invoices.values():
                for target, source, _ in invoice.sources:
                    billed, back = invoice.lines[target]
                    open_here = invoice.posted and not invoice.cancelled and billed > back
                    if source == delivery_line and open_here and quantity > credited:
                        return True
        return False

    def credited_parts(self, draft: int) -> tuple[int, list[tuple[int, int, D]]]:
        """The invoice a draft credit is about, and per line (invoice line, return line, quantity)."""
        backs = {line_id for back in self.backs.values() for line_id in back.lines}
        parts, invoice_id = [], 0
        for each in self.world.lines(draft):
            links = self.links([each.id])
            back = next(source for source, _, _ in links if source in backs)
            billed, quantity = next((source, q) for source, _, q in links if source not in backs)
            invoice_id = next(k for k, invoice in self.invoices.items() if billed in invoice.lines)
            parts.append((billed, back, quantity))
        return invoice_id, parts

    def credit_settles(self, credit: int, invoice_id: int, gross: D) -> None:
        """A posted correction settles its invoice as far as that is open."""
        if gross:
            self.items[credit] = Item(self.invoices[invoice_id].customer, "credit", gross, gross)
            self.settle(invoice_id, credit, min(gross, self.items[invoice_id].open))

    def settle(self, debit: int, credit: int, amount: D) -> None:
        """Note an allocation."""
        self.items[debit].open -= amount
        self.items[credit].open -= amount
        if amount:
            self.allocations.append((debit, credit, amount))

    def is_short(self, delivery: Delivery) -> bool:
        """Whether less lies free for an order than a delivery takes."""
        for line_id, each in delivery.lines.items():
            if each.product is not None:
                on_hand, reserved = (
                    self.world.on_hand(each.product) if self.stock[each.product] else (ZERO, ZERO)
                )
                same = [k for k, other in delivery.lines.items() if other.product == each.product]
                wanted = sum((delivery.lines[k].quantity for k in same), ZERO)
                own = self.reserved_for([delivery.behind[k] for k in same])
                if (
                    wanted > on_hand - reserved + own
                    or each.quantity > on_hand - reserved + self.reserved_for([delivery.behind[line_id]])
                ):
                    return True
        return False

    def reserved_for(self, order_lines: list[int]) -> D:
        """What is promised to some order lines."""
        with self.world.database.reading() as reading:
            rows = reading.scalars(select(Reservation).where(Reservation.line_id.in_(order_lines)))
            return sum((row.quantity for row in rows), ZERO)

    def links(self, targets: list[int]) -> list[tuple[int, int, D]]:
        """(source, target, quantity) of the chain into some lines."""
        with self.world.database.reading() as reading:
            wanted = select(ChainLink.source_line_id, ChainLink.target_line_id, ChainLink.quantity)
            return [
                tuple(row) for row in reading.execute(wanted.where(ChainLink.target_line_id.in_(targets)))
            ]

    def cancellation_of(self, invoice_id: int) -> int:
        """The newest credit note that corrects an invoice."""
        with self.world.database.reading() as reading:
            wanted = select(CreditNoteSide.document_id).where(CreditNoteSide.corrects_id == invoice_id)
            return max(reading.scalars(wanted.where(CreditNoteSide.correction == "cancellation")))


OPEN = ("confirmed", "part_delivered", "delivered", "part_invoiced")


def seen(row: LineProgress) -> tuple[D, ...]:
    """What the database says of a line."""
    return row.ordered, row.delivered, row.returned, row.invoiced, row.credited


def told(of_line: Line) -> tuple[D, ...]:
    """What the model says of it."""
    return of_line.quantity, of_line.delivered, of_line.returned, of_line.invoiced, of_line.credited


def cut(value: D, places: int = 6) -> D:
    """Without the places a quantity cannot have."""
    unit = D(1).scaleb(-places)
    return value // unit * unit


def chosen(things: list[Any], pick: int) -> Any:
    """One of several."""
    return things[pick % len(things)]


def likely(things: dict[int, Any], pick: int, fits: Callable[[Any], bool]) -> tuple[int, Any]:
    """Mostly one that fits, the newest first; sometimes any, to be refused."""
    fitting = [key for key in reversed(things) if fits(things[key])]
    if not fitting or pick % 5 == 0:
        return chosen_of(things, pick // 5)
    key = fitting[pick // 5 % min(len(fitting), 3)]
    return key, things[key]


def chosen_of(things: dict[int, Any], pick: int) -> tuple[int, Any]:
    """One entry of a dict."""
    key = chosen(list(things), pick)
    return key, things[key]
