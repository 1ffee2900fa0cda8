"""Whether stock levels are the sum of moves and reservations what they should be."""

from suite.shared.verification.finding import none_found

none_found(
    "stock-levels",
    "SELECT s.product_id, s.on_hand FROM stock_level s WHERE s.on_hand <> "
    "(SELECT COALESCE(SUM(CASE WHEN m.to_location_id = s.location_id THEN m.quantity ELSE -m.quantity END), 0) FROM stock_move m "
    "WHERE m.product_id = s.product_id AND (m.to_location_id = s.location_id OR m.from_location_id = s.location_id))",
    "on hand {1} millionths is not the sum of its moves",
)
none_found(
    "stock-reserved",
    "SELECT s.product_id, s.reserved FROM stock_level s WHERE s.reserved <> (SELECT COALESCE(SUM(r.quantity), 0) "
    "FROM reservation r WHERE r.product_id = s.product_id AND r.location_id = s.location_id)",
    "reserved {1} millionths is not the sum of its reservations",
)
none_found(
    "reservations",
    "SELECT o.number FROM reservation v JOIN document_line l ON l.id = v.line_id JOIN record o ON o.id = l.document_id "
    "JOIN line_progress p ON p.line_id = v.line_id GROUP BY o.number, v.line_id, p.ordered, p.delivered, o.state "
    "HAVING SUM(v.quantity) > p.ordered - p.delivered OR o.state IN ('closed', 'cancelled', 'discarded', 'draft')",
    "reserves more than it still has to deliver",
)
none_found(
    "reservation-holders",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)), r.state FROM reservation v JOIN record r ON r.id = v.record_id "
    "WHERE r.state IN ('closed', 'cancelled', 'discarded', 'merged')",
    "is {1} and still reserves goods",
)
none_found(
    "reservation-places",
    "SELECT p.code FROM reservation v JOIN location p ON p.id = v.location_id WHERE p.kind <> 'internal' OR p.use = 'quarantine'",
    "is no place goods can be reserved at",
)
none_found(
    "delivery-moves",
    "SELECT d.number, l.position FROM document d JOIN document_line l ON l.document_id = d.id WHERE d.kind IN ('delivery', 'return') "
    "AND d.frozen_at IS NOT NULL AND l.stock_kept = 1 AND l.quantity <> "
    "(SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m WHERE m.line_id = l.id)",
    "line {1} moved another quantity than it says",
)
none_found(
    "move-products",
    "SELECT d.number, l.position FROM stock_move m JOIN document_line l ON l.id = m.line_id JOIN document d ON d.id = l.document_id "
    "WHERE l.product_id IS NULL OR m.product_id <> l.product_id",
    "line {1} moved another product",
)
none_found(
    "reservation-products",
    "SELECT o.number, l.position FROM reservation v JOIN document_line l ON l.id = v.line_id JOIN record o ON o.id = l.document_id "
    "WHERE l.product_id IS NULL OR v.product_id <> l.product_id",
    "line {1} reserves another product",
)
