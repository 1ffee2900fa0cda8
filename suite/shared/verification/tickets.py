"""Whether tickets, their clocks and what is promised agree with each other."""

from suite.shared.verification.finding import none_found

none_found(
    "ticket-register",
    "SELECT COALESCE(r.number, CAST(r.id AS TEXT)) FROM record r LEFT JOIN ticket t ON t.id = r.id "
    "WHERE (r.kind = 'ticket') <> (t.id IS NOT NULL) OR (t.id IS NOT NULL AND t.subject <> r.title)",
    "the register says something else than the ticket",
)
none_found(
    "ticket-pauses",
    "SELECT r.number FROM record r JOIN ticket t ON t.id = r.id WHERE (SELECT COUNT(*) FROM ticket_pause p WHERE p.ticket_id = t.id "
    "AND p.until_at IS NULL) <> CASE WHEN r.state IN ('waiting_customer', 'resolved', 'closed', 'merged') THEN 1 ELSE 0 END",
    "its clock stands still, or runs, against its state",
)
none_found(
    "ticket-pause-order",
    "SELECT r.number FROM ticket_pause p JOIN ticket_pause q ON q.ticket_id = p.ticket_id AND q.id > p.id JOIN record r ON r.id = p.ticket_id "
    "WHERE p.until_at IS NULL OR q.from_at < p.until_at",
    "its pauses overlap",
)
none_found(
    "ticket-deadlines",
    "SELECT r.number FROM record r JOIN ticket t ON t.id = r.id WHERE "
    "(r.state IN ('resolved', 'closed', 'merged') AND t.deadline IS NOT NULL) OR (t.deadline IS NOT NULL AND "
    "NOT (t.deadline = COALESCE(t.respond_by, t.resolve_by) OR t.deadline = COALESCE(t.resolve_by, t.respond_by))) OR "
    "(t.deadline IS NULL AND t.resolve_by IS NOT NULL AND r.state IN ('new', 'open', 'in_progress', 'waiting_parts')) OR "
    "(t.deadline IS NULL) <> (r.due_date IS NULL)",
    "its deadline is not the next one of its clocks",
)
none_found(
    "ticket-promises",
    "SELECT r.number FROM record r JOIN ticket t ON t.id = r.id WHERE (t.respond_minutes IS NOT NULL OR t.resolve_minutes IS NOT NULL) "
    "AND t.service_level IS NULL OR (t.respond_by IS NOT NULL AND t.respond_minutes IS NULL) OR (t.resolve_by IS NOT NULL AND t.resolve_minutes IS NULL)",
    "has a deadline that nothing promises",
)
none_found(
    "ticket-solutions",
    "SELECT r.number, r.state FROM record r JOIN ticket t ON t.id = r.id WHERE r.state <> 'merged' AND "
    "((r.state IN ('resolved', 'closed')) <> (t.resolved_at IS NOT NULL) OR (t.resolved_at IS NOT NULL AND t.responded_at IS NULL))",
    "is {1}, its solution says something else",
)
none_found(
    "ticket-mergers",
    "SELECT r.number FROM record r LEFT JOIN record o ON o.id = r.forwarded_to WHERE r.kind = 'ticket' AND "
    "((r.state = 'merged') <> (r.forwarded_to IS NOT NULL) OR (o.id IS NOT NULL AND (o.kind <> 'ticket' OR o.state = 'merged')))",
    "is merged into nothing that can be opened",
)
none_found(
    "ticket-events",
    "SELECT r.number FROM record r WHERE r.kind = 'ticket' AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record_id = r.id OR e.result_id = r.id)",
    "has no event that made it",
)
none_found(
    "ticket-answers",
    "SELECT r.number FROM record r JOIN ticket t ON t.id = r.id WHERE t.responded_at IS NULL AND EXISTS "
    "(SELECT 1 FROM ticket_message m WHERE m.ticket_id = t.id AND m.direction = 'out')",
    "was answered and does not know when",
)
none_found(
    "default-level",
    "SELECT 'service levels', COUNT(*) FROM service_level WHERE is_default = 1 HAVING COUNT(*) <> 1",
    "{1} of them are the default",
)
none_found(
    "business-hours",
    "SELECT c.name, a.weekday FROM business_hours a JOIN business_hours b ON b.calendar_id = a.calendar_id AND b.weekday = a.weekday "
    "AND b.opens_minute > a.opens_minute JOIN business_calendar c ON c.id = a.calendar_id WHERE b.opens_minute < a.closes_minute",
    "its hours of weekday {1} overlap",
)
