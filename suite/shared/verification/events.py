"""Whether the trail says who did what the documents and books show."""

from suite.shared.verification.finding import none_found

none_found(
    "shipping-events",
    "SELECT d.number FROM document d WHERE d.kind IN ('delivery', 'return') AND d.frozen_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM event e WHERE e.record_id = d.id AND e.verb = CASE d.kind WHEN 'delivery' THEN 'delivery.ship' ELSE 'return.receive' END)",
    "no event says who shipped or received it",
)
none_found(
    "payment-reversal-events",
    "SELECT r.number FROM record r WHERE r.kind = 'payment' AND r.state = 'reversed' "
    "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record_id = r.id AND e.verb = 'payment.reverse')",
    "no event says who reversed it",
)
none_found(
    "posting-actors",
    "SELECT j.entry_no, e.actor FROM journal_entry j JOIN event e ON e.record_id = j.record_id AND e.verb = CASE j.kind "
    "WHEN 'invoice' THEN 'invoice.post' WHEN 'credit_note' THEN 'credit_note.post' WHEN 'payment' THEN 'payment.post' "
    "WHEN 'reversal' THEN 'payment.reverse' END WHERE j.\"user\" <> COALESCE(CAST(e.actor_id AS TEXT), e.actor)",
    "the trail names {1}, the journal somebody else",
)
