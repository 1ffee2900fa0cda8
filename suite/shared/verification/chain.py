"""Whether progress counters are exactly what the links into issued lines say."""

from suite.shared.verification.finding import none_found

# Issued lines that came from a line, by kind of target; links into drafts count nothing.
_FROM = (
    "(SELECT COALESCE(SUM(c.quantity), 0) FROM chain_link c JOIN document_line t ON t.id = c.target_line_id "
    "JOIN document d ON d.id = t.document_id JOIN record r ON r.id = d.id "
    "WHERE c.source_line_id = {line} AND d.kind = '{kind}' AND d.frozen_at IS NOT NULL{more})"
)
# Posted credits of goods of a delivery line that came back: delivery line → return line → credit note line.
_CREDITED = (
    "(SELECT COALESCE(SUM(cc.quantity), 0) FROM chain_link rc JOIN chain_link cc ON cc.source_line_id = rc.target_line_id "
    "JOIN document_line rl ON rl.id = rc.target_line_id JOIN document rd ON rd.id = rl.document_id "
    "JOIN document_line cl ON cl.id = cc.target_line_id JOIN document cd ON cd.id = cl.document_id "
    "WHERE rc.source_line_id = {line} AND rd.kind = 'return' AND cd.kind = 'credit_note' AND cd.frozen_at IS NOT NULL)"
)
_NOT_CANCELLED = " AND r.state <> 'cancelled'"


def _from(line: str, kind: str, more: str = "") -> str:
    return _FROM.format(line=line, kind=kind, more=more)


def _from_deliveries(kind: str, more: str = "") -> str:
    inner = _from("dc.target_line_id", kind, more)
    return (
        f"(SELECT COALESCE(SUM({inner}), 0) FROM chain_link dc JOIN document_line dl ON dl.id = dc.target_line_id "
        "JOIN document dd ON dd.id = dl.document_id WHERE dc.source_line_id = p.line_id AND dd.kind = 'delivery' "
        "AND dd.frozen_at IS NOT NULL)"
    )


def _progress(name: str, kind: str, column: str, expected: str) -> None:
    none_found(
        name,
        "SELECT d.number, l.position FROM line_progress p JOIN document_line l ON l.id = p.line_id "
        f"JOIN document d ON d.id = l.document_id WHERE d.kind = '{kind}' AND p.{column} <> {expected}",
        f"line {{1}}: {column} differs from the documents that moved it",
    )


_progress("order-delivered", "order", "delivered", _from("p.line_id", "delivery"))
_progress("order-returned", "order", "returned", _from_deliveries("return"))
_progress(
    "order-invoiced",
    "order",
    "invoiced",
    f"({_from('p.line_id', 'invoice', _NOT_CANCELLED)} + {_from_deliveries('invoice', _NOT_CANCELLED)})",
)
_progress("delivery-returned", "delivery", "returned", _from("p.line_id", "return"))
_progress("delivery-invoiced", "delivery", "invoiced", _from("p.line_id", "invoice", _NOT_CANCELLED))
_progress(
    "invoice-credited",
    "invoice",
    "credited",
    _from(
        "p.line_id",
        "credit_note",
        " AND EXISTS (SELECT 1 FROM credit_note_side s WHERE s.document_id = d.id AND s.correction = 'return')",
    ),
)
_progress("order-quantity", "order", "ordered", "l.quantity")
_progress("delivery-quantity", "delivery", "delivered", "l.quantity")
none_found(
    "invoice-quantity",
    "SELECT d.number, l.position FROM line_progress p JOIN document_line l ON l.id = p.line_id "
    "JOIN document d ON d.id = l.document_id JOIN record r ON r.id = d.id WHERE d.kind = 'invoice' "
    "AND p.invoiced <> CASE WHEN r.state = 'cancelled' THEN 0 ELSE l.quantity END",
    "line {1}: invoiced differs from its quantity",
)
none_found(
    "progress-rows",
    "SELECT d.number, l.position FROM document d JOIN record r ON r.id = d.id JOIN document_line l ON l.document_id = d.id "
    "WHERE l.kind = 'item' AND ((d.kind = 'order' AND r.state NOT IN ('draft', 'discarded')) OR "
    "(d.kind IN ('delivery', 'invoice') AND d.frozen_at IS NOT NULL)) "
    "AND NOT EXISTS (SELECT 1 FROM line_progress p WHERE p.line_id = l.id)",
    "line {1} has no progress row",
)
none_found(
    "invoice-credits",
    "SELECT d.number, g.credited_gross FROM document_progress g JOIN document d ON d.id = g.document_id WHERE g.credited_gross <> "
    "(SELECT COALESCE(SUM(c.gross_total), 0) FROM credit_note_side s JOIN document c ON c.id = s.document_id "
    "WHERE s.corrects_id = g.document_id AND c.frozen_at IS NOT NULL) OR g.gross_total <> d.gross_total",
    "credited {1} cents, its credit notes say something else",
)
none_found(
    "delivery-links",
    "SELECT d.number, l.position FROM document d JOIN document_line l ON l.document_id = d.id "
    "WHERE d.kind = 'delivery' AND d.frozen_at IS NOT NULL AND l.kind = 'item' AND l.quantity <> "
    "(SELECT COALESCE(SUM(c.quantity), 0) FROM chain_link c WHERE c.target_line_id = l.id)",
    "line {1} does not say which order line it came from",
)
none_found(
    "record-links",
    "SELECT t.number FROM chain_link c JOIN document_line s ON s.id = c.source_line_id JOIN document_line l ON l.id = c.target_line_id "
    "JOIN record t ON t.id = l.document_id WHERE NOT EXISTS (SELECT 1 FROM record_link r "
    "WHERE r.source_id = s.document_id AND r.target_id = l.document_id)",
    "a line came from a document that the record is not linked to",
)
_progress("delivery-credited", "delivery", "credited", _CREDITED.format(line="p.line_id"))
_progress(
    "order-credited",
    "order",
    "credited",
    f"(SELECT COALESCE(SUM({_CREDITED.format(line='dc.target_line_id')}), 0) FROM chain_link dc "
    "JOIN document_line dl ON dl.id = dc.target_line_id JOIN document dd ON dd.id = dl.document_id "
    "WHERE dc.source_line_id = p.line_id AND dd.kind = 'delivery' AND dd.frozen_at IS NOT NULL)",
)
none_found(
    "progress-basis",
    "SELECT d.number, l.position FROM line_progress p JOIN document_line l ON l.id = p.line_id JOIN document d ON d.id = l.document_id "
    "WHERE p.billing_basis <> l.billing_basis OR p.document_id <> l.document_id",
    "line {1}: its progress belongs to another line",
)
none_found(
    "invoice-rollups",
    "SELECT d.number FROM document d WHERE d.kind = 'invoice' AND d.frozen_at IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM document_progress g WHERE g.document_id = d.id)",
    "has no rollup of what was credited",
)
# The word of an order is a function of its progress: delivery until delivered, then invoicing.
_BASIS = "CASE p.billing_basis WHEN 'ordered' THEN p.ordered ELSE p.delivered END"
_GOODS = "p.billing_basis = 'delivered'"
none_found(
    "order-states",
    "SELECT s.number, s.state FROM (SELECT r.number, r.state, "
    f"MAX(CASE WHEN {_BASIS} - p.returned - p.invoiced + p.credited > 0 THEN 1 ELSE 0 END) AS to_invoice, "
    f"MAX(CASE WHEN {_GOODS} AND p.ordered > p.delivered THEN 1 ELSE 0 END) AS to_deliver, "
    f"MAX(CASE WHEN {_GOODS} THEN 1 ELSE 0 END) AS goods, "
    f"MAX(CASE WHEN {_GOODS} AND p.delivered > 0 THEN 1 ELSE 0 END) AS delivered, "
    "MAX(CASE WHEN p.invoiced > 0 THEN 1 ELSE 0 END) AS invoiced "
    "FROM record r JOIN line_progress p ON p.document_id = r.id WHERE r.kind = 'order' "
    "AND r.state NOT IN ('draft', 'discarded', 'closed', 'cancelled') GROUP BY r.id, r.number, r.state) AS s "
    "WHERE s.state <> CASE WHEN s.to_invoice = 0 AND s.to_deliver = 0 THEN CASE s.invoiced WHEN 1 THEN 'invoiced' ELSE 'delivered' END "
    "WHEN (s.goods = 1 AND s.to_deliver = 0) OR (s.goods = 0 AND s.invoiced = 1) THEN "
    "CASE s.invoiced WHEN 1 THEN 'part_invoiced' ELSE 'delivered' END "
    "WHEN s.delivered = 1 THEN 'part_delivered' ELSE 'confirmed' END",
    "is {1}, its progress says something else",
)
