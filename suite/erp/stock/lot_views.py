"""Pages of lots and serial numbers: search, and where one came from and went to."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from suite.erp.stock.lots import found_lots, lot_story
from suite.shared.scan import read_scan
from suite.web.shell import by

blueprint = Blueprint("lots", __name__)


@blueprint.get("/lots")
def index() -> Response | str:
    """Search by code; the only one that is called so is shown at once."""
    words = request.args.get("q", "").strip()[:200]
    scan = read_scan(words)
    words = scan.code or words if scan is not None else words
    rows = found_lots(words, by=by())
    exact = [lot for lot, _ in rows if lot.code == words]
    if len(exact) == 1:
        return redirect(f"/lots/{exact[0].id}", 303)
    return render_template("erp/stock/lots.html", rows=rows, q=words)


@blueprint.get("/lots/<int:lot_id>")
def show(lot_id: int) -> str:
    """One lot."""
    return render_template("erp/stock/lot.html", story=lot_story(lot_id, by=by()))
