"""Whether issued documents still say what they said: totals, taxes, numbers, freezing."""

from suite.shared.verification.finding import none_found

none_found(
    "document-lines",
    "SELECT COALESCE(d.number, CAST(d.id AS TEXT)), d.line_total, COALESCE(SUM(l.amount), 0) FROM document d "
    "LEFT JOIN document_line l ON l.document_id = d.id GROUP BY d.id, d.number, d.line_total HAVING d.line_total <> COALESCE(SUM(l.amount), 0)",
    "its lines sum up to {2} cents, it says {1}",
)
none_found(
    "document-line-amounts",
    "SELECT d.number, l.position FROM document d JOIN document_line l ON l.document_id = d.id WHERE l.kind = 'item' AND "
    "ABS(l.amount * 1.0 - (l.quantity / 1000000.0) * (l.unit_price / 10000.0) * (1000000 - l.discount_percent) / 1000000.0) > 0.5001 "
    "+ l.amount * 0.0000000001",
    "line {1} is not quantity times price less discount",
)
none_found(
    "document-taxes",
    "SELECT COALESCE(d.number, CAST(d.id AS TEXT)) FROM document d LEFT JOIN (SELECT document_id, SUM(base) b, SUM(tax) t, "
    "SUM(line_total) l, SUM(allowance) a FROM document_tax GROUP BY document_id) x ON x.document_id = d.id "
    "WHERE COALESCE(x.b, 0) <> d.net_total OR COALESCE(x.t, 0) <> d.tax_total "
    "OR COALESCE(x.l, 0) <> d.line_total OR COALESCE(x.a, 0) <> d.allowance_total",
    "its taxes do not add up to its totals",
)
none_found(
    "document-tax-rates",
    "SELECT COALESCE(d.number, CAST(d.id AS TEXT)), t.category FROM document d JOIN document_tax t ON t.document_id = d.id "
    "GROUP BY d.id, d.number, t.category, t.rate HAVING ABS(SUM(t.tax) * 1000000.0 - SUM(t.base) * 1.0 * t.rate) > 500001.0",
    "its tax of category {1} is not base times rate (BR-CO-17)",
)
none_found(
    "document-register",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)) FROM document d JOIN record r ON r.id = d.id "
    "WHERE COALESCE(r.number, '') <> COALESCE(d.number, '') OR r.kind <> d.kind OR r.sort_amount <> d.gross_total",
    "the register says something else than the document",
)
none_found(
    "document-frozen",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)), r.state FROM document d JOIN record r ON r.id = d.id "
    "WHERE d.kind IN ('delivery', 'return', 'invoice', 'credit_note') AND (d.frozen_at IS NULL) <> (r.state IN ('draft', 'discarded'))",
    "is {1} and its freezing does not agree",
)
none_found(
    "document-events",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)) FROM document d JOIN record r ON r.id = d.id "
    "WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.record_id = r.id OR e.result_id = r.id)",
    "has no event that made it",
)
none_found(
    "posting-events",
    "SELECT r.number FROM document d JOIN record r ON r.id = d.id WHERE d.kind IN ('invoice', 'credit_note') "
    "AND d.frozen_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record_id = r.id AND e.verb = d.kind || '.post')",
    "is posted but no event says who posted it",
)
none_found(
    "payment-events",
    "SELECT p.number FROM payment p WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.record_id = p.id AND e.verb = 'payment.post')",
    "no event says who posted it",
)
none_found(
    "credit-notes",
    "SELECT d.number FROM document d JOIN credit_note_side s ON s.document_id = d.id JOIN document i ON i.id = s.corrects_id "
    "WHERE d.frozen_at IS NOT NULL AND s.correction = 'cancellation' AND (d.net_total <> i.net_total OR d.tax_total <> i.tax_total)",
    "does not cancel exactly its invoice",
)
none_found(
    "document-parties",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)) FROM document d JOIN record r ON r.id = d.id WHERE r.party_id <> d.party_id "
    "AND NOT EXISTS (SELECT 1 FROM record p WHERE p.id = d.party_id AND p.forwarded_to IS NOT NULL)",
    "the register names another party than the document",
)
none_found(
    "document-tax-lines",
    "SELECT COALESCE(d.number, CAST(d.id AS TEXT)), t.tax_case FROM document_tax t JOIN document d ON d.id = t.document_id WHERE t.line_total <> "
    "(SELECT COALESCE(SUM(l.amount), 0) FROM document_line l WHERE l.document_id = d.id AND l.tax_case = t.tax_case AND l.tax_rate = t.rate)",
    "its lines of tax case {1} sum up to something else than its taxes say",
)
none_found(
    "credit-note-links",
    "SELECT COALESCE(d.number, CAST(d.id AS TEXT)) FROM credit_note_side s JOIN document d ON d.id = s.document_id WHERE NOT EXISTS "
    "(SELECT 1 FROM record_link k WHERE k.source_id = s.corrects_id AND k.target_id = s.document_id)",
    "is not linked to the invoice it corrects",
)
none_found(
    "invoice-cancellations",
    "SELECT r.number, r.state FROM record r JOIN document_progress g ON g.document_id = r.id WHERE r.kind = 'invoice' AND "
    "((r.state = 'cancelled') <> (g.cancelled_by_id IS NOT NULL) OR (g.cancelled_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credit_note_side s "
    "WHERE s.document_id = g.cancelled_by_id AND s.corrects_id = r.id AND s.correction = 'cancellation')))",
    "is {1}, its cancellation says something else",
)
