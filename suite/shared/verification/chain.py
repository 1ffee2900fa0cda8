"""Whether progress counters are exactly what the links into issued lines say."""

from suite.shared.verification.finding import none_found

# Issued lines that came from a line, by kind of target; links into drafts count nothing.
_FROM = (
    "(SELECT COALESCE(SUM(c.quantity), 0) FROM chain_link c JOIN document_line t ON t.id = c.target_line_id "
    "JOIN document d ON d.id = t.document_id JOIN record r ON r.id = d.id "
    "WHERE c.source_line_id = {line} AND d.kind = '{kind}' AND d.frozen_at IS NOT NULL{more})"
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
