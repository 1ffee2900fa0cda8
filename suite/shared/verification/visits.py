"""Whether visits, their reports and what was charged for them agree with each other and with the chain."""

from suite.shared.verification.finding import none_found

none_found(
    "visit-register",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)) FROM record r LEFT JOIN visit v ON v.id = r.id "
    "WHERE (r.kind = 'visit') <> (v.id IS NOT NULL) OR (v.id IS NOT NULL AND (v.subject <> r.title "
    "OR COALESCE(v.technician_id, 0) <> COALESCE(r.owner_id, 0)))",
    "the register says something else than the visit",
)
none_found(
    "visit-reports",
    "SELECT r.number, r.state FROM record r JOIN visit v ON v.id = r.id "
    "WHERE (v.frozen_at IS NOT NULL) <> (r.state IN ('reported', 'released', 'done')) "
    "OR (v.frozen_at IS NOT NULL AND v.report = '') OR (v.signer_name = '') <> (v.signature = '')",
    "is {1}, its report says something else",
)
none_found(
    "visit-charges",
    "SELECT r.number FROM record r JOIN visit v ON v.id = r.id WHERE r.state IN ('released', 'done') AND ("
    "(SELECT COALESCE(SUM(c.minutes), 0) FROM visit_charge c WHERE c.visit_id = v.id AND c.piece = 'work') <> v.work_minutes OR "
    "(SELECT COALESCE(SUM(c.minutes), 0) FROM visit_charge c WHERE c.visit_id = v.id AND c.piece = 'travel') <> v.travel_minutes OR "
    "EXISTS (SELECT 1 FROM visit_part p WHERE p.visit_id = v.id AND p.quantity <> "
    "(SELECT COALESCE(SUM(c.quantity), 0) FROM visit_charge c WHERE c.part_id = p.id)))",
    "what is charged is not what was reported",
)
none_found(
    "visit-uncharged",
    "SELECT r.number, r.state FROM record r WHERE r.kind = 'visit' AND r.state NOT IN ('released', 'done') "
    "AND EXISTS (SELECT 1 FROM visit_charge c WHERE c.visit_id = r.id)",
    "is {1} and charged already",
)
none_found(
    "visit-contingents",
    "SELECT r.number FROM record r JOIN visit v ON v.id = r.id WHERE "
    "(SELECT COALESCE(SUM(c.minutes), 0) FROM visit_charge c WHERE c.visit_id = v.id AND c.charge = 'contingent') <> "
    "(SELECT COALESCE(SUM(u.minutes), 0) FROM contingent_use u WHERE u.record_id = v.id)",
    "charges other minutes to a contingent than were used of it",
)
none_found(
    "visit-invoices",
    "SELECT r.number FROM record r WHERE r.kind = 'visit' AND r.state = 'done' AND EXISTS "
    "(SELECT 1 FROM visit_charge c WHERE c.visit_id = r.id AND c.charge = 'billable') AND NOT EXISTS "
    "(SELECT 1 FROM record_link l JOIN record i ON i.id = l.target_id WHERE l.source_id = r.id AND i.kind = 'invoice' AND i.state NOT IN ('discarded', 'cancelled'))",
    "was billed and no invoice comes from it",
)
none_found(
    "visit-tickets",
    "SELECT r.number FROM record r JOIN visit v ON v.id = r.id WHERE v.ticket_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM record_link l WHERE l.source_id = v.ticket_id AND l.target_id = v.id)",
    "its ticket does not lead to it",
)
none_found(
    "visit-parts",
    "SELECT r.number, p.position FROM visit_part p JOIN visit v ON v.id = p.visit_id JOIN record r ON r.id = v.id "
    "JOIN product q ON q.id = p.product_id WHERE v.frozen_at IS NOT NULL AND q.stock_kept = 1 AND "
    "(SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m WHERE m.product_id = p.product_id AND m.reason = r.number) <> "
    "(SELECT SUM(o.quantity) FROM visit_part o WHERE o.visit_id = p.visit_id AND o.product_id = p.product_id)",
    "part {1} did not leave stock as reported",
)
