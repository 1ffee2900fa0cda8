"""What is known of a lot or serial number: where it came from, where it lies, to whom it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotFound, NotPermitted
from suite.model import DocumentLine, Location, Lot, LotLevel, Record, StockMove
from suite.shared.visible import visible

MOST = 100


@dataclass(frozen=True)
class LotStory:
    """A lot, its product, its levels by place, and its moves with the documents behind them, newest first."""

    lot: Lot
    product: Record
    levels: Sequence[Any]
    moves: Sequence[Any]


def found_lots(words: str, *, by: Actor) -> Sequence[Any]:
    """Lots whose code begins with `words`, the newest without words: rows (lot, record of the product)."""
    _may_read(by)
    wanted = select(Lot, Record).join(Record, Record.id == Lot.product_id)
    if words:
        wanted = wanted.where(Lot.code.startswith(words, autoescape=True)).order_by(Lot.code, Lot.id)
    return session().execute(wanted.order_by(Lot.id.desc()).limit(MOST)).all()


def lot_story(lot_id: int, *, by: Actor) -> LotStory:
    """Everything about one lot; documents the actor may not read stay unnamed. Raises `NotFound`."""
    _may_read(by)
    lot = session().get(Lot, lot_id)
    if lot is None:
        raise NotFound("lot", lot_id)
    levels = select(LotLevel, Location).join(Location, Location.id == LotLevel.location_id)
    source, target = aliased(Location), aliased(Location)
    document = visible(by).subquery()
    behind = aliased(Record, document)
    moves = (
        select(StockMove, source, target, behind)
        .join(source, source.id == StockMove.from_location_id)
        .join(target, target.id == StockMove.to_location_id)
        .outerjoin(DocumentLine, DocumentLine.id == StockMove.line_id)
        .outerjoin(behind, behind.id == DocumentLine.document_id)
        .where(StockMove.lot_id == lot_id)
        .order_by(StockMove.id.desc())
    )
    return LotStory(
        lot,
        session().get_one(Record, lot.product_id),
        session().execute(levels.where(LotLevel.lot_id == lot_id, LotLevel.on_hand > 0)).all(),
        session().execute(moves.limit(MOST)).all(),
    )


def _may_read(by: Actor) -> None:
    if not by.may("stock.read"):
        raise NotPermitted("stock.read")
