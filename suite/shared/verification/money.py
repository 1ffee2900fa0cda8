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
