"""Whether open items, allocations and control accounts agree to the cent."""

from suite.shared.verification.finding import none_found

none_found(
    "open-items",
    "SELECT i.number, i.open FROM open_item i WHERE i.open <> i.amount - CASE WHEN i.side = 'debit' "
    "THEN (SELECT COALESCE(SUM(a.amount), 0) FROM allocation a WHERE a.debit_item_id = i.id) "
    "ELSE (SELECT COALESCE(SUM(a.amount), 0) FROM allocation a WHERE a.credit_item_id = i.id) END",
    "open {1} cents, its allocations say something else",
)
none_found(
    "debtor-accounts",
    "SELECT a.number FROM account a WHERE a.kind = 'debtor' AND "
    "(SELECT COALESCE(SUM(l.debit), 0) - COALESCE(SUM(l.credit), 0) FROM journal_line l WHERE l.account = a.number) <> "
    "(SELECT COALESCE(SUM(CASE WHEN i.side = 'debit' THEN i.open ELSE -i.open END), 0) FROM open_item i WHERE i.account = a.number)",
    "its balance is not the sum of its open items",
)
none_found(
    "open-item-entries",
    "SELECT i.number FROM open_item i WHERE i.amount <> (SELECT COALESCE(SUM(CASE WHEN i.side = 'debit' THEN l.debit ELSE l.credit END), 0) "
    "FROM journal_line l WHERE l.entry_id = i.entry_id AND l.account = i.account)",
    "its amount is not what its journal entry booked",
)
none_found(
    "allocation-accounts",
    "SELECT d.number FROM allocation a JOIN open_item d ON d.id = a.debit_item_id JOIN open_item c ON c.id = a.credit_item_id "
    "WHERE d.account <> c.account OR d.side <> 'debit' OR c.side <> 'credit'",
    "was settled from another account",
)
none_found(
    "invoice-states",
    "SELECT r.number, r.state FROM record r JOIN open_item i ON i.record_id = r.id WHERE r.kind = 'invoice' AND i.side = 'debit' "
    "AND r.state <> 'cancelled' AND r.state <> CASE WHEN i.open = 0 THEN 'paid' WHEN i.open = i.amount THEN 'posted' ELSE 'part_paid' END",
    "is {1}, its open item says something else",
)
none_found(
    "payment-amounts",
    "SELECT p.number FROM payment p JOIN open_item i ON i.record_id = p.id JOIN journal_entry e ON e.id = i.entry_id "
    "WHERE e.kind = 'payment' AND i.amount <> p.amount",
    "its amount is not what was posted",
)
none_found(
    "open-item-rows",
    "SELECT e.entry_no, l.account FROM journal_line l JOIN account a ON a.number = l.account JOIN journal_entry e ON e.id = l.entry_id "
    "WHERE a.kind = 'debtor' AND NOT EXISTS (SELECT 1 FROM open_item i WHERE i.entry_id = l.entry_id AND i.account = l.account)",
    "booked on {1}, which has no open item of it",
)
none_found(
    "open-item-records",
    "SELECT i.number, e.entry_no FROM open_item i JOIN journal_entry e ON e.id = i.entry_id WHERE i.record_id <> e.record_id OR i.number <> e.doc_no",
    "belongs to another record than its entry {1}",
)
none_found(
    "payment-entries",
    "SELECT p.number, e.entry_no FROM payment p JOIN record r ON r.id = p.id JOIN journal_entry e ON e.record_id = p.id WHERE r.number <> p.number "
    "OR e.doc_no <> p.number OR (e.kind = 'payment' AND (e.entry_date <> p.paid_on OR p.amount <> (SELECT COALESCE(SUM(CASE p.direction "
    "WHEN 'in' THEN l.debit ELSE l.credit END), 0) FROM journal_line l WHERE l.entry_id = e.id AND l.account = p.money_account)))",
    "its entry {1} says something else",
)
none_found(
    "payment-links",
    "SELECT d.number, c.number FROM allocation a JOIN open_item d ON d.id = a.debit_item_id JOIN open_item c ON c.id = a.credit_item_id "
    "WHERE d.record_id <> c.record_id AND EXISTS (SELECT 1 FROM payment p WHERE p.id IN (d.record_id, c.record_id)) AND NOT EXISTS "
    "(SELECT 1 FROM record_link k WHERE k.source_id IN (d.record_id, c.record_id) AND k.target_id IN (d.record_id, c.record_id))",
    "was settled by {1} but is not linked to it",
)
none_found(
    "datev-batches",
    "SELECT b.number, b.entries FROM datev_batch b WHERE b.entries <> (SELECT COUNT(*) FROM datev_batch_entry e WHERE e.batch_id = b.id)",
    "says {1} entries, another number of them is kept",
)
