"""What can be done with price lists and with the prices of customers and lists."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, or_, select

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal, Refusals
from suite.base.money import fits
from suite.base.text import clean, searchable
from suite.model import Price, PriceList, Record
from suite.model.record import change_record, expect_version, get_record, new_record, touch
from suite.shared.lines import LARGEST_PRICE, LARGEST_QUANTITY
from suite.shared.totals import HUNDRED

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PriceInput:
    """A price, or a percentage off the base price, from a quantity on and for a time."""

    from_quantity: Decimal = Decimal(0)
    unit_price: Decimal | None = None
    percent_off: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@command("price_list.create", creates="price_list")
def create_price_list(name: str, *, by: Actor) -> int:
    """Make a price list that customers can be assigned to."""
    name = _name(name)
    list_id = new_record("price_list", title=name, state="active")
    session().execute(insert(PriceList).values(id=list_id, name=name))
    return list_id


@command("price_list.edit", on="price_list")
def edit_price_list(price_list_id: int, *, name: str, version: int | None = None, by: Actor) -> int:
    """Give a price list another name."""
    expect_version(get_record(price_list_id, "price_list"), version)
    name = _name(name, price_list_id)
    known = session().get_one(PriceList, price_list_id)

    note_change("name", known.name, name)
    known.name = name
    session().flush()  # before the register row
    change_record(price_list_id, title=name, search_text=searchable(name))
    return price_list_id


@command("price.set", on="product")
def set_price(product_id: int, *, holder_id: int, price: PriceInput, by: Actor) -> int:
    """Set the price of a product for `holder_id`, a party or a price list; returns the holder's id.

    A price without end replaces the one before it from its first day on; one with an end goes
    before it for its days. The same first day once more corrects the price in place.
    """
    _lock_product(product_id)
    holder = _holder(holder_id)
    values = _checked(price)
    start, column = values["valid_from"], _column(holder)

    level = (Price.product_id == product_id) & (column == holder_id)
    same_scale = level & (Price.from_quantity == values["from_quantity"])
    known = session().scalars(select(Price).where(same_scale, Price.valid_from == start)).first()
    if known is not None:
        _correct(known, values)
    else:
        if values["valid_until"] is None:
            _end_earlier(same_scale, start)
        owner = {"party_id": None, "price_list_id": None} | {column.key: holder_id}
        insert_rows(Price, [{"product_id": product_id, **owner, **values}])
        note_change("price", None, _shown(values))
    touch(product_id)
    touch(holder_id)
    return holder_id


@command("price.end", on="product")
def end_price(product_id: int, *, price_id: int, until: date | None = None, by: Actor) -> int:
    """End a price after `until`, today if not given; one that has not begun by then goes. Returns the holder's id."""
    _lock_product(product_id)
    price = session().get(Price, price_id, populate_existing=True)
    if price is None or price.product_id != product_id:
        raise NotFound("price", price_id)
    last = until or clock.today()
    if last < clock.today() - ONE_DAY:
        raise Refusal("price-backdated", field="until", today=clock.today())
    if price.valid_until is not None and last >= price.valid_until:
        raise Refusal("price-ends-before", field="until", last=price.valid_until)
    holder_id = price.party_id or price.price_list_id or 0

    if last < price.valid_from:
        note_change("price", _shown(_values_of(price)), None)
        session().execute(delete(Price).where(Price.id == price_id))
    else:
        note_change("valid_until", price.valid_until, last)
        price.valid_until = last
        session().flush()  # written before the feed moves
    touch(product_id)
    touch(holder_id)
    return holder_id


def _name(name: str, price_list_id: int | None = None) -> str:
    name = clean(name, "name", max_length=100)
    if not name:
        raise Refusal("field-required", field="name")
    taken = session().scalar(select(PriceList.id).where(PriceList.name == name))
    if taken is not None and taken != price_list_id:
        raise Refusal("name-taken", field="name", name=name)
    return name


def _lock_product(product_id: int) -> None:
    """Two people who price one product at once come one after the other."""
    locked = select(Record.id).where(Record.id == product_id, Record.kind == "product").with_for_update()
    if session().scalar(locked) is None:
        raise NotFound("product", product_id)


def _holder(holder_id: int) -> Record:
    holder = session().get(Record, holder_id)
    if holder is None or holder.kind not in ("party", "price_list"):
        raise NotFound("price holder", holder_id)
    if holder.forwarded_to is not None:
        return _holder(holder.forwarded_to)
    return holder


def _column(holder: Record) -> Any:
    return Price.party_id if holder.kind == "party" else Price.price_list_id


def _checked(price: PriceInput) -> dict[str, Any]:
    problems: list[Refusal] = []
    if (price.unit_price is None) == (price.percent_off is None):
        problems.append(Refusal("price-one-form", field="unit_price"))
    if price.unit_price is not None and not fits(price.unit_price, most=LARGEST_PRICE, places=6):
        problems.append(Refusal("price-range", field="unit_price", most=LARGEST_PRICE))
    if price.percent_off is not None and not fits(price.percent_off, most=HUNDRED, places=4):
        problems.append(Refusal("percent-range", field="percent_off"))
    if not fits(price.from_quantity, most=LARGEST_QUANTITY, places=6):
        problems.append(Refusal("scale-range", field="from_quantity", most=LARGEST_QUANTITY))
    start = price.valid_from or clock.today()
    # A price of the past would contradict documents that were made without it.
    if start < clock.today():
        problems.append(Refusal("price-backdated", field="valid_from", today=clock.today()))
    if price.valid_until is not None and price.valid_until < start:
        problems.append(Refusal("price-ends-before", field="valid_until", last=start))
    if problems:
        raise Refusals(problems)
    names = ("from_quantity", "unit_price", "percent_off", "valid_until")
    return {"valid_from": start} | {name: getattr(price, name) for name in names}


def _correct(known: Price, values: dict[str, Any]) -> None:
    note_change("price", _shown(_values_of(known)), _shown(values))
    for name, value in values.items():
        setattr(known, name, value)
    session().flush()  # written before the feed moves


def _end_earlier(same_scale: Any, start: date) -> None:
    """What began before and would still hold ends the day before."""
    still = or_(Price.valid_until.is_(None), Price.valid_until >= start)
    for earlier in session().scalars(select(Price).where(same_scale, still, Price.valid_from < start)):
        note_change("valid_until", earlier.valid_until, start - ONE_DAY)
        earlier.valid_until = start - ONE_DAY
    session().flush()  # the old rows before the new one


def _values_of(price: Price) -> dict[str, Any]:
    names = ("from_quantity", "unit_price", "percent_off", "valid_from", "valid_until")
    return {name: getattr(price, name) for name in names}


def _shown(values: dict[str, Any]) -> str:
    """A price as the history keeps it: `from 10: 4.50, 2026-12-01 …`."""
    percent = values["percent_off"]
    what = f"−{percent.normalize():f} %" if percent is not None else f"{values['unit_price'].normalize():f}"
    until = values["valid_until"] or ""
    return f"≥ {values['from_quantity'].normalize():f}: {what}, {values['valid_from']} – {until}"
