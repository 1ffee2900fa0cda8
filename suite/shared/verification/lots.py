"""Whether lots and serial numbers add up to stock, to their moves and to what lines of documents say."""

from suite.shared.verification.finding import none_found

none_found(
    "lot-stock",
    "SELECT s.product_id, s.location_id FROM stock_level s JOIN product p ON p.id = s.product_id WHERE "
    "CASE p.tracking WHEN 'none' THEN 0 ELSE s.on_hand END <> (SELECT COALESCE(SUM(v.on_hand), 0) FROM lot_level v "
    "JOIN lot l ON l.id = v.lot_id WHERE l.product_id = s.product_id AND v.location_id = s.location_id)",
    "at location {1}: its lots do not add up to what is on hand",
)
none_found(
    "lot-levels",
    "SELECT l.code, v.on_hand FROM lot_level v JOIN lot l ON l.id = v.lot_id WHERE v.on_hand <> "
    "(SELECT COALESCE(SUM(CASE WHEN m.to_location_id = v.location_id THEN m.quantity ELSE -m.quantity END), 0) FROM stock_move m "
    "WHERE m.lot_id = v.lot_id AND (m.to_location_id = v.location_id OR m.from_location_id = v.location_id))",
    "on hand {1} millionths is not the sum of its moves",
)
none_found(
    "serial-places",
    "SELECT l.code FROM lot l JOIN product p ON p.id = l.product_id JOIN lot_level v ON v.lot_id = l.id "
    "WHERE p.tracking = 'serial' GROUP BY l.id, l.code HAVING SUM(v.on_hand) NOT IN (0, 1000000)",
    "a single piece lies at several places",
)
none_found(
    "lot-products",
    "SELECT l.code FROM stock_move m JOIN lot l ON l.id = m.lot_id WHERE m.product_id <> l.product_id",
    "moved with another product",
)
none_found(
    "line-lots",
    "SELECT d.number, l.position, x.code FROM line_lot k JOIN lot x ON x.id = k.lot_id JOIN document_line l ON l.id = k.line_id "
    "JOIN document d ON d.id = l.document_id WHERE d.frozen_at IS NOT NULL AND k.quantity <> "
    "(SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m WHERE m.line_id = k.line_id AND m.lot_id = k.lot_id)",
    "line {1}: another quantity of {2} moved than it says",
)
none_found(
    "device-stock",
    "SELECT r.number FROM device d JOIN record r ON r.id = d.id JOIN lot_level v ON v.lot_id = d.lot_id "
    "WHERE r.state = 'active' AND v.on_hand > 0",
    "is in use at a customer and lies in stock",
)
none_found(
    "device-lots",
    "SELECT r.number FROM device d JOIN record r ON r.id = d.id JOIN lot l ON l.id = d.lot_id "
    "WHERE d.product_id IS NULL OR d.product_id <> l.product_id OR d.serial <> l.code",
    "is another piece than its serial number says",
)
none_found(
    "lot-moves",
    "SELECT d.number, l.position FROM stock_move m JOIN document_line l ON l.id = m.line_id JOIN document d ON d.id = l.document_id "
    "WHERE m.lot_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM line_lot k WHERE k.line_id = m.line_id AND k.lot_id = m.lot_id)",
    "line {1} does not name a lot that moved with it",
)
