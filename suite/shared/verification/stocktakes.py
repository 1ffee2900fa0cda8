"""Whether stocktakes agree with their counts, with the books they were compared with and with what was booked."""

from suite.shared.verification.finding import none_found

none_found(
    "stocktake-states",
    "SELECT r.number, r.state FROM record r LEFT JOIN stocktake s ON s.id = r.id WHERE (r.kind = 'stocktake') <> (s.id IS NOT NULL) "
    "OR (s.id IS NOT NULL AND (r.state = 'booked') <> (s.frozen_at IS NOT NULL))",
    "is {1}, the stocktake says something else",
)
none_found(
    "stocktake-counts",
    "SELECT r.number, p.name FROM stocktake_line l JOIN record r ON r.id = l.stocktake_id JOIN product p ON p.id = l.product_id "
    "WHERE COALESCE(l.counted, -1) <> COALESCE((SELECT SUM(c.quantity) FROM stocktake_count c WHERE c.line_id = l.id), -1) "
    "OR EXISTS (SELECT 1 FROM stocktake_count c WHERE c.line_id = l.id AND c.stocktake_id <> l.stocktake_id)",
    "{1}: what was counted is not the sum of its counts",
)
none_found(
    "stocktake-levels",
    "SELECT r.number, p.name FROM stocktake_count c JOIN stocktake_line l ON l.id = c.line_id JOIN stocktake s ON s.id = l.stocktake_id "
    "JOIN record r ON r.id = s.id JOIN product p ON p.id = l.product_id WHERE c.level <> "
    "(SELECT COALESCE(SUM(CASE WHEN m.to_location_id = s.location_id THEN m.quantity ELSE -m.quantity END), 0) FROM stock_move m "
    "LEFT JOIN lot o ON o.id = m.lot_id WHERE m.product_id = l.product_id AND m.id <= c.last_move AND (l.code = '' OR o.code = l.code) "
    "AND (m.to_location_id = s.location_id OR m.from_location_id = s.location_id))",
    "{1}: the books said something else when it was counted",
)
none_found(
    "stocktake-last-counts",
    "SELECT r.number, p.name FROM stocktake_line l JOIN record r ON r.id = l.stocktake_id JOIN product p ON p.id = l.product_id "
    "JOIN stocktake_count c ON c.id = (SELECT MAX(k.id) FROM stocktake_count k WHERE k.line_id = l.id) "
    "WHERE l.level <> c.level OR l.last_move <> c.last_move",
    "{1} is compared with other books than those of its last count",
)
none_found(
    "stocktake-differences",
    "SELECT r.number, p.name FROM stocktake_line l JOIN stocktake s ON s.id = l.stocktake_id JOIN record r ON r.id = s.id "
    "JOIN product p ON p.id = l.product_id WHERE (s.frozen_at IS NULL AND l.difference IS NOT NULL) OR (s.frozen_at IS NOT NULL AND "
    "(l.difference IS NULL OR (l.counted IS NOT NULL AND l.difference <> l.counted - l.level) "
    "OR (l.counted IS NULL AND l.difference <> 0 AND s.uncounted <> 'zero') OR (l.difference <> 0) <> (l.reason IS NOT NULL)))",
    "{1}: its difference is not what was counted less what the books said",
)
none_found(
    "stocktake-moves",
    "SELECT r.number, p.name FROM stocktake_line l JOIN stocktake s ON s.id = l.stocktake_id JOIN record r ON r.id = s.id "
    "JOIN product p ON p.id = l.product_id WHERE s.frozen_at IS NOT NULL AND l.difference <> "
    "(SELECT COALESCE(SUM(CASE WHEN m.to_location_id = s.location_id THEN m.quantity ELSE -m.quantity END), 0) FROM stock_move m "
    "LEFT JOIN lot o ON o.id = m.lot_id WHERE m.product_id = l.product_id AND m.reason = r.number AND (l.code = '' OR o.code = l.code) "
    "AND (m.to_location_id = s.location_id OR m.from_location_id = s.location_id))",
    "{1}: another quantity was booked than its difference",
)
none_found(
    "stocktake-twice",
    "SELECT r.number, o.number, p.name FROM stocktake s JOIN record r ON r.id = s.id AND r.state = 'counting' "
    "JOIN stocktake t ON t.location_id = s.location_id AND t.id > s.id JOIN record o ON o.id = t.id AND o.state = 'counting' "
    "JOIN stocktake_line l ON l.stocktake_id = s.id JOIN stocktake_line k ON k.stocktake_id = t.id AND k.product_id = l.product_id "
    "JOIN product p ON p.id = l.product_id",
    "{2} is counted in {1} too",
)
