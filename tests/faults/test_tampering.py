"""Tampering behind the application's back: `verify` names each, and nothing of an untouched company."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from suite.base.db import Model
from suite.base.frozen import trigger_statements
from tests.populated import Populated

ENTRY = "(SELECT id FROM journal_entry WHERE record_id = {second_invoice})"
LINE = f"(SELECT MIN(id) FROM journal_line WHERE entry_id = {ENTRY} AND debit > 0)"
DOCUMENT_LINE = "(SELECT MIN(id) FROM document_line WHERE document_id = {second_invoice})"
ORDER_LINE = "(SELECT MIN(id) FROM document_line WHERE document_id = {order})"
LAST = "(SELECT MAX(seq) FROM journal_entry)"
GONE = "DELETE FROM vat_entry WHERE entry_id = {e}; DELETE FROM journal_line WHERE entry_id = {e}; DELETE FROM journal_entry WHERE id = {e}"


@dataclass(frozen=True)
class Tampering:
    """What is done (SQL, `{name}` stands for an id of the company), and the check that must name it."""

    what: str
    sql: str
    check: str
    only: str = ""


TABLE = [
    Tampering("article gone", "DELETE FROM article WHERE id = {internal_article}", "article-records"),
    Tampering(
        "cited article a draft",
        "UPDATE record SET state = 'draft' WHERE id = {article}",
        "cited-articles",
    ),
    Tampering("entry text", f"UPDATE journal_entry SET text = 'Anderes' WHERE id = {ENTRY}", "journal-chain"),
    Tampering(
        "entry date",
        f"UPDATE journal_entry SET entry_date = '2020-01-01' WHERE id = {ENTRY}",
        "journal-chain",
    ),
    Tampering(
        "entry user", f"""UPDATE journal_entry SET "user" = 'sven' WHERE id = {ENTRY}""", "journal-chain"
    ),
    Tampering(
        "document hash of an entry",
        f"UPDATE journal_entry SET doc_sha256 = 'x' WHERE id = {ENTRY}",
        "journal-xml",
    ),
    Tampering(
        "service date of an entry",
        f"UPDATE journal_entry SET service_date = '2020-01-01' WHERE id = {ENTRY}",
        "journal-dates",
    ),
    Tampering(
        "document date of an entry",
        f"UPDATE journal_entry SET document_date = '2020-01-01' WHERE id = {ENTRY}",
        "journal-dates",
    ),
    Tampering(
        "kind of an entry", f"UPDATE journal_entry SET kind = 'manual' WHERE id = {ENTRY}", "journal-kinds"
    ),
    Tampering(
        "fiscal year of an entry",
        f"UPDATE journal_entry SET fiscal_year = 2020 WHERE id = {ENTRY}",
        "journal-year",
    ),
    Tampering(
        "record of an entry",
        f"UPDATE journal_entry SET record_id = {{customer}} WHERE id = {ENTRY}",
        "journal-of-invoices",
    ),
    Tampering(
        "one amount", f"UPDATE journal_line SET debit = debit + 100 WHERE id = {LINE}", "journal-balance"
    ),
    Tampering(
        "both sides of an entry at once",
        f"UPDATE journal_line SET debit = CASE WHEN debit > 0 THEN debit + 100 ELSE 0 END WHERE id = {LINE}; "
        f"UPDATE journal_line SET credit = credit + 100 WHERE id = (SELECT MIN(id) FROM journal_line WHERE entry_id = {ENTRY} AND credit > 0)",
        "journal-chain",
    ),
    Tampering(
        "account of a line", f"UPDATE journal_line SET account = '1200' WHERE id = {LINE}", "debtor-accounts"
    ),
    Tampering("text of a line", f"UPDATE journal_line SET text = 'x' WHERE id = {LINE}", "journal-chain"),
    Tampering("hash", f"UPDATE journal_entry SET hash = '{'0' * 63}1' WHERE id = {ENTRY}", "journal-chain"),
    Tampering(
        "previous hash",
        f"UPDATE journal_entry SET prev_hash = '{'0' * 63}1' WHERE id = {ENTRY}",
        "journal-chain",
    ),
    Tampering(
        "seal taken off",
        f"UPDATE journal_entry SET hash = NULL, prev_hash = NULL WHERE id = {ENTRY}",
        "journal-chain",
    ),
    Tampering(
        "entry deleted in the middle",
        "UPDATE open_item SET entry_id = 1 WHERE entry_id = {e}; ".replace("{e}", ENTRY)
        + GONE.replace("{e}", ENTRY),
        "journal-chain",
    ),
    Tampering(
        "tail cut off",
        "UPDATE open_item SET entry_id = 1 WHERE entry_id = {e}; ".replace(
            "{e}", "(SELECT id FROM journal_entry ORDER BY seq DESC LIMIT 1)"
        )
        + GONE.replace("{e}", "(SELECT id FROM journal_entry ORDER BY seq DESC LIMIT 1)"),
        "journal-chain",
    ),
    Tampering(
        "balanced pair added late",
        f"INSERT INTO journal_line (entry_id, position, account, debit, credit, tax_case, text) SELECT entry_id, 90, account, 500, 0, '', '' "
        f"FROM journal_line WHERE id = {LINE}; INSERT INTO journal_line (entry_id, position, account, debit, credit, tax_case, text) "
        f"SELECT entry_id, 91, account, 0, 500, '', '' FROM journal_line WHERE id = {LINE}",
        "journal-chain",
    ),
    Tampering(
        "lines of an entry deleted",
        f"DELETE FROM journal_line WHERE entry_id = {ENTRY}",
        "journal-empty-entry",
    ),
    Tampering("VAT base", f"UPDATE vat_entry SET base = base + 1 WHERE entry_id = {ENTRY}", "vat-accounts"),
    Tampering(
        "VAT period", f"UPDATE vat_entry SET period = '2020-01' WHERE entry_id = {ENTRY}", "vat-periods"
    ),
    Tampering(
        "VAT field", f"UPDATE vat_entry SET kz = '35' WHERE entry_id = {ENTRY} AND kz = '81'", "vat-fields"
    ),
    Tampering(
        "VAT sign", f"UPDATE vat_entry SET base = -base, tax = -tax WHERE entry_id = {ENTRY}", "vat-signs"
    ),
    Tampering("VAT effect deleted", f"DELETE FROM vat_entry WHERE entry_id = {ENTRY}", "vat-accounts"),
    Tampering(
        "document total",
        "UPDATE document SET gross_total = gross_total + 100, net_total = net_total + 100, line_total = line_total + 100 WHERE id = {second_invoice}",
        "document-lines",
    ),
    Tampering(
        "document date",
        "UPDATE document SET dated_on = '2020-01-01' WHERE id = {second_invoice}",
        "document-archive",
    ),
    Tampering(
        "document due date",
        "UPDATE document SET due_on = '2020-01-01' WHERE id = {second_invoice}",
        "document-archive",
    ),
    Tampering(
        "document number",
        "UPDATE document SET number = 'RE-2020-0099' WHERE id = {second_invoice}",
        "invoice-numbers",
    ),
    Tampering(
        "register number",
        "UPDATE record SET number = 'RE-2020-0099' WHERE id = {second_invoice}",
        "document-register",
    ),
    Tampering(
        "document party",
        "UPDATE document SET party_id = (SELECT MAX(id) FROM party) WHERE id = {second_invoice}",
        "document-parties",
    ),
    Tampering(
        "buyer's name on a document",
        "UPDATE document_party SET name = 'Andere GmbH' WHERE document_id = {second_invoice} AND role = 'buyer'",
        "document-archive",
    ),
    Tampering(
        "buyer's street on a document",
        "UPDATE document_party SET street = 'Anderswo 1' WHERE document_id = {second_invoice} AND role = 'buyer'",
        "document-archive",
    ),
    Tampering(
        "line price",
        f"UPDATE document_line SET unit_price = unit_price * 2 WHERE id = {DOCUMENT_LINE}",
        "document-line-amounts",
    ),
    Tampering(
        "line quantity",
        f"UPDATE document_line SET quantity = quantity * 2 WHERE id = {DOCUMENT_LINE}",
        "document-line-amounts",
    ),
    Tampering(
        "price and quantity of a line against each other",
        f"UPDATE document_line SET quantity = quantity * 2, unit_price = unit_price / 2 WHERE id = {DOCUMENT_LINE}",
        "invoice-quantity",
    ),
    Tampering(
        "line name",
        f"UPDATE document_line SET name = 'Anderes' WHERE id = {DOCUMENT_LINE}",
        "document-archive",
    ),
    Tampering(
        "line tax case",
        f"UPDATE document_line SET tax_case = 'DE_S7' WHERE id = {DOCUMENT_LINE}",
        "document-tax-lines",
    ),
    Tampering(
        "line deleted",
        "DELETE FROM chain_link WHERE target_line_id = {l}; DELETE FROM line_progress WHERE line_id = {l}; DELETE FROM document_line WHERE id = {l}".replace(
            "{l}", DOCUMENT_LINE
        ),
        "document-lines",
    ),
    Tampering(
        "tax row",
        "UPDATE document_tax SET tax = tax + 1, gross = gross + 1 WHERE document_id = {second_invoice}",
        "document-taxes",
    ),
    Tampering(
        "thawed document",
        "UPDATE document SET frozen_at = NULL WHERE id = {second_invoice}",
        "document-frozen",
    ),
    Tampering(
        "state of an invoice",
        "UPDATE record SET state = 'draft' WHERE id = {second_invoice}",
        "document-frozen",
    ),
    Tampering(
        "paid without money", "UPDATE record SET state = 'paid' WHERE id = {second_invoice}", "invoice-states"
    ),
    Tampering(
        "state of an order", "UPDATE record SET state = 'confirmed' WHERE id = {order}", "order-states"
    ),
    Tampering(
        "cancelled without credit note",
        "UPDATE record SET state = 'cancelled' WHERE id = {corrected}",
        "invoice-cancellations",
    ),
    Tampering(
        "chain link quantity",
        "UPDATE chain_link SET quantity = quantity + 1000000 WHERE target_line_id IN (SELECT id FROM document_line WHERE document_id = {delivery})",
        "order-delivered",
    ),
    Tampering(
        "chain link removed",
        "DELETE FROM chain_link WHERE target_line_id IN (SELECT id FROM document_line WHERE document_id = {delivery})",
        "delivery-links",
    ),
    Tampering(
        "chain link of an invoice removed",
        "DELETE FROM chain_link WHERE target_line_id IN (SELECT id FROM document_line WHERE document_id = {invoice})",
        "delivery-invoiced",
    ),
    Tampering(
        "record link removed",
        "DELETE FROM record_link WHERE source_id = {order} AND target_id = {delivery}",
        "record-links",
    ),
    Tampering("payment link removed", "DELETE FROM record_link WHERE target_id = {payment}", "payment-links"),
    Tampering(
        "correction link removed",
        "DELETE FROM record_link WHERE target_id = {cancellation}",
        "credit-note-links",
    ),
    Tampering(
        "events of a posting deleted",
        "DELETE FROM event_value WHERE event_id IN (SELECT id FROM event WHERE record_id = {second_invoice}); DELETE FROM event WHERE record_id = {second_invoice} OR result_id = {second_invoice}",
        "document-events",
    ),
    Tampering(
        "event of a posting deleted",
        "DELETE FROM event WHERE record_id = {second_invoice} AND verb = 'invoice.post'",
        "posting-events",
    ),
    Tampering(
        "event of a payment deleted",
        "DELETE FROM event WHERE record_id = {payment} AND verb = 'payment.post'",
        "payment-events",
    ),
    Tampering(
        "event of a reversal deleted",
        "DELETE FROM event WHERE record_id = {reversed} AND verb = 'payment.reverse'",
        "payment-reversal-events",
    ),
    Tampering(
        "event of a shipping deleted",
        "DELETE FROM event WHERE record_id = {delivery} AND verb = 'delivery.ship'",
        "shipping-events",
    ),
    Tampering(
        "verb of an event changed",
        "UPDATE event SET verb = 'invoice.edit' WHERE record_id = {second_invoice} AND verb = 'invoice.post'",
        "posting-events",
    ),
    Tampering(
        "actor of an event changed",
        "UPDATE event SET actor = 'sven' WHERE record_id = {second_invoice} AND verb = 'invoice.post'",
        "posting-actors",
    ),
    Tampering("archived bytes", "UPDATE archived_chunk SET packed = {bytes}", "archived-bytes"),
    Tampering(
        "archived chunk removed",
        "DELETE FROM archived_chunk WHERE sha256 = (SELECT MIN(sha256) FROM archived_chunk)",
        "archived-bytes",
    ),
    Tampering("archived size", "UPDATE archived_file SET size = size + 1", "archived-bytes"),
    Tampering(
        "archived file detached", "DELETE FROM record_file WHERE record_id = {second_invoice}", "posted-xml"
    ),
    Tampering(
        "archived file exchanged",
        "UPDATE record_file SET sha256 = (SELECT sha256 FROM record_file WHERE record_id = {invoice} AND role = 'xml') WHERE record_id = {second_invoice} AND role = 'xml'",
        "journal-xml",
    ),
    Tampering(
        "counter of invoices lowered",
        "UPDATE counter SET last = last - 1 WHERE substr(key, 1, 8) = 'invoice:'",
        "invoice-numbers",
    ),
    Tampering(
        "counter of invoices raised",
        "UPDATE counter SET last = last + 1 WHERE substr(key, 1, 8) = 'invoice:'",
        "invoice-numbers",
    ),
    Tampering(
        "counter of the journal raised",
        "UPDATE counter SET last = last + 1 WHERE key = 'journal'",
        "journal-chain",
    ),
    Tampering(
        "counter of the fiscal year raised",
        "UPDATE counter SET last = last + 1 WHERE substr(key, 1, 8) = 'journal:'",
        "journal-counters",
    ),
    Tampering(
        "counter of payments raised",
        "UPDATE counter SET last = last + 1 WHERE substr(key, 1, 8) = 'payment:'",
        "payment-numbers",
    ),
    Tampering(
        "counter of changes lowered", "UPDATE counter SET last = 1 WHERE key = 'change'", "change-sequence"
    ),
    Tampering(
        "open item closed", "UPDATE open_item SET open = 0 WHERE record_id = {second_invoice}", "open-items"
    ),
    Tampering(
        "open item made smaller",
        "UPDATE open_item SET amount = amount - 100, open = open - 100 WHERE record_id = {second_invoice}",
        "open-item-entries",
    ),
    Tampering(
        "open item moved to another record",
        "UPDATE open_item SET record_id = {invoice} WHERE record_id = {second_invoice}",
        "open-item-records",
    ),
    Tampering(
        "open item deleted",
        "DELETE FROM allocation WHERE debit_item_id IN (SELECT id FROM open_item WHERE record_id = {paid}); DELETE FROM open_item WHERE record_id = {paid}",
        "open-items",
    ),
    Tampering(
        "settled item deleted with what settled it",
        "DELETE FROM allocation WHERE debit_item_id IN (SELECT id FROM open_item WHERE record_id = {paid}); UPDATE open_item SET amount = 0, open = 0 WHERE record_id = {payment}; DELETE FROM open_item WHERE record_id = {paid}",
        "open-item-rows",
    ),
    Tampering(
        "allocation removed",
        "DELETE FROM allocation WHERE debit_item_id IN (SELECT id FROM open_item WHERE record_id = {paid})",
        "open-items",
    ),
    Tampering(
        "allocation changed",
        "UPDATE allocation SET amount = amount - 1 WHERE debit_item_id IN (SELECT id FROM open_item WHERE record_id = {paid})",
        "open-items",
    ),
    Tampering(
        "payment amount", "UPDATE payment SET amount = amount + 100 WHERE id = {payment}", "payment-amounts"
    ),
    Tampering(
        "payment date", "UPDATE payment SET paid_on = '2020-01-01' WHERE id = {payment}", "payment-entries"
    ),
    Tampering(
        "payment account", "UPDATE payment SET money_account = '1000' WHERE id = {payment}", "payment-entries"
    ),
    Tampering("payment number", "UPDATE payment SET number = 'x' WHERE id = {payment}", "payment-entries"),
    Tampering(
        "stock level",
        "UPDATE stock_level SET on_hand = on_hand + 1000000 WHERE product_id = {product}",
        "stock-levels",
    ),
    Tampering(
        "stock move deleted",
        "DELETE FROM stock_move WHERE id = (SELECT MIN(id) FROM stock_move WHERE product_id = {product})",
        "stock-levels",
    ),
    Tampering(
        "stock move changed",
        "UPDATE stock_move SET quantity = quantity + 1000000 WHERE line_id IN (SELECT id FROM document_line WHERE document_id = {delivery})",
        "delivery-moves",
    ),
    Tampering(
        "move of the other product",
        "UPDATE stock_move SET product_id = {other_product} WHERE line_id IN (SELECT id FROM document_line WHERE document_id = {delivery})",
        "move-products",
    ),
    Tampering(
        "reserved level",
        "UPDATE stock_level SET reserved = reserved - 1000000 WHERE product_id = {product}",
        "stock-reserved",
    ),
    Tampering(
        "reservation changed", "UPDATE reservation SET quantity = quantity + 1000000", "stock-reserved"
    ),
    Tampering(
        "reservation beyond the order",
        "UPDATE reservation SET quantity = quantity + 99000000; UPDATE stock_level SET reserved = reserved + 99000000 WHERE product_id = {product}",
        "reservations",
    ),
    Tampering("reservation deleted", "DELETE FROM reservation", "stock-reserved"),
    Tampering(
        "reservation of another product",
        "UPDATE reservation SET product_id = {other_product}; UPDATE stock_level SET reserved = 0 WHERE product_id = {product}; UPDATE stock_level SET reserved = 30000000, on_hand = 30000000 WHERE product_id = {other_product}",
        "reservation-products",
    ),
    Tampering(
        "reservation of a closed record",
        "UPDATE reservation SET line_id = NULL, record_id = {closed_order} WHERE product_id = {product}",
        "reservation-holders",
    ),
    Tampering(
        "place made a quarantine",
        "UPDATE location SET use = 'quarantine' WHERE code = 'MAIN'",
        "reservation-places",
    ),
    Tampering(
        "lot level",
        "UPDATE lot_level SET on_hand = on_hand + 1000000 WHERE lot_id = (SELECT id FROM lot WHERE code = 'L-1')",
        "lot-stock",
    ),
    Tampering(
        "lot exchanged",
        "UPDATE stock_move SET lot_id = (SELECT id FROM lot WHERE code = 'P1-004') WHERE lot_id = (SELECT id FROM lot WHERE code = 'P1-005')",
        "lot-levels",
    ),
    Tampering(
        "piece at two places",
        "UPDATE lot_level SET on_hand = 2000000 WHERE lot_id = (SELECT id FROM lot WHERE code = 'P1-005')",
        "serial-places",
    ),
    Tampering(
        "lot of another product",
        "UPDATE lot SET product_id = {other_product} WHERE code = 'P1-005'",
        "lot-products",
    ),
    Tampering(
        "lots of a delivery changed",
        "UPDATE line_lot SET quantity = 3000000 WHERE lot_id = (SELECT id FROM lot WHERE code = 'L-1')",
        "line-lots",
    ),
    Tampering(
        "lots of a delivery deleted",
        "DELETE FROM line_lot WHERE lot_id = (SELECT id FROM lot WHERE code = 'L-1')",
        "lot-moves",
    ),
    Tampering(
        "device in use that came back",
        "UPDATE record SET state = 'active' WHERE kind = 'device' AND number = 'P1-003'",
        "device-stock",
    ),
    Tampering(
        "device of another article",
        "UPDATE device SET product_id = {product} WHERE serial = 'P1-003'",
        "device-lots",
    ),
    Tampering(
        "stocktake open again",
        "UPDATE record SET state = 'counting' WHERE id = {stocktake}",
        "stocktake-states",
    ),
    Tampering(
        "stocktake without its row",
        "DELETE FROM stocktake_count WHERE stocktake_id = {stocktake}; DELETE FROM stocktake_line WHERE stocktake_id = {stocktake}; DELETE FROM stocktake WHERE id = {stocktake}",
        "stocktake-states",
    ),
    Tampering(
        "count of somebody changed",
        "UPDATE stocktake_count SET quantity = quantity + 1000000 WHERE stocktake_id = {open_stocktake}",
        "stocktake-counts",
    ),
    Tampering(
        "count moved to another stocktake",
        "UPDATE stocktake_count SET stocktake_id = {open_stocktake} WHERE stocktake_id = {stocktake}",
        "stocktake-counts",
    ),
    Tampering(
        "books at a count",
        "UPDATE stocktake_count SET level = level + 1000000 WHERE stocktake_id = {stocktake}; UPDATE stocktake_line SET level = level + 1000000, difference = difference - 1000000 WHERE stocktake_id = {stocktake} AND counted IS NOT NULL",
        "stocktake-levels",
    ),
    Tampering(
        "books of a line",
        "UPDATE stocktake_line SET level = level + 1000000 WHERE stocktake_id = {open_stocktake} AND counted IS NOT NULL",
        "stocktake-last-counts",
    ),
    Tampering(
        "difference of a stocktake",
        "UPDATE stocktake_line SET difference = -5000000 WHERE stocktake_id = {stocktake} AND product_id = {loose}",
        "stocktake-differences",
    ),
    Tampering(
        "difference of what nobody counted",
        "UPDATE stocktake_line SET difference = -1000000, reason = 'other' WHERE stocktake_id = {stocktake} AND counted IS NULL",
        "stocktake-differences",
    ),
    Tampering(
        "reason of a difference",
        "UPDATE stocktake_line SET reason = NULL WHERE stocktake_id = {stocktake} AND product_id = {loose}",
        "stocktake-differences",
    ),
    Tampering(
        "move of a stocktake",
        "UPDATE stock_move SET reason = 'anderes' WHERE reason = (SELECT number FROM record WHERE id = {stocktake})",
        "stocktake-moves",
    ),
    Tampering(
        "counted in two stocktakes",
        "UPDATE record SET state = 'counting' WHERE id = {stocktake}",
        "stocktake-twice",
    ),
    Tampering(
        "product no longer tracked",
        "UPDATE product SET tracking = 'none' WHERE id = {tracked}",
        "lot-stock",
    ),
    Tampering(
        "delivered progress",
        f"UPDATE line_progress SET delivered = delivered - 1000000, invoiced = invoiced - 1000000 WHERE line_id = {ORDER_LINE}",
        "order-delivered",
    ),
    Tampering(
        "ordered quantity",
        f"UPDATE line_progress SET ordered = ordered + 1000000 WHERE line_id = {ORDER_LINE}",
        "order-quantity",
    ),
    Tampering(
        "returned progress",
        f"UPDATE line_progress SET returned = 0 WHERE line_id = {ORDER_LINE}",
        "order-returned",
    ),
    Tampering(
        "credited progress",
        f"UPDATE line_progress SET credited = 0 WHERE line_id = {ORDER_LINE}",
        "order-credited",
    ),
    Tampering(
        "credited progress of a delivery",
        "UPDATE line_progress SET credited = 0 WHERE document_id = {delivery}",
        "delivery-credited",
    ),
    Tampering(
        "credited progress of an invoice",
        "UPDATE line_progress SET credited = 0 WHERE document_id = {invoice}",
        "invoice-credited",
    ),
    Tampering(
        "billing basis",
        f"UPDATE line_progress SET billing_basis = 'ordered' WHERE line_id = {ORDER_LINE}",
        "progress-basis",
    ),
    Tampering(
        "progress of another document",
        f"UPDATE line_progress SET document_id = {{closed_order}} WHERE line_id = {ORDER_LINE}",
        "progress-basis",
    ),
    Tampering(
        "progress row deleted", f"DELETE FROM line_progress WHERE line_id = {ORDER_LINE}", "progress-rows"
    ),
    Tampering(
        "credited rollup",
        "UPDATE document_progress SET credited_gross = 0 WHERE document_id = {corrected}",
        "invoice-credits",
    ),
    Tampering(
        "rollup deleted", "DELETE FROM document_progress WHERE document_id = {corrected}", "invoice-rollups"
    ),
    Tampering(
        "cancellation forgotten",
        "UPDATE document_progress SET cancelled_by_id = NULL WHERE document_id = {cancelled}",
        "invoice-cancellations",
    ),
    Tampering(
        "corrected invoice exchanged",
        "UPDATE credit_note_side SET corrects_id = {paid} WHERE document_id = {price_correction}",
        "invoice-credits",
    ),
    Tampering(
        "kind of correction",
        "UPDATE credit_note_side SET correction = 'price' WHERE document_id = {credit_note}",
        "invoice-credited",
    ),
    Tampering(
        "contract billed further than its periods",
        "UPDATE contract SET billed_until = '2031-01-01' WHERE id = {contract}",
        "contract-billed-until",
    ),
    Tampering(
        "period of a contract deleted",
        "DELETE FROM contract_period WHERE document_id = {contract_invoice}",
        "contract-billed-until",
    ),
    Tampering(
        "period of a contract taken twice",
        "UPDATE contract_period SET freed_at = NULL, from_on = '2020-01-01' WHERE document_id = {freed_invoice}",
        "contract-periods",
    ),
    Tampering(
        "period of a contract freed",
        "UPDATE contract_period SET freed_at = billed_at WHERE document_id = {contract_invoice}",
        "contract-periods",
    ),
    Tampering(
        "contract unlinked from its invoice",
        "DELETE FROM record_link WHERE source_id = {contract} AND target_id = {contract_invoice}",
        "contract-links",
    ),
    Tampering(
        "end of a contract taken away",
        "UPDATE contract SET ends_on = NULL WHERE id = {ending_contract}",
        "contract-ends",
    ),
    Tampering(
        "contract line that ends before it begins",
        "UPDATE contract_line SET valid_until = '2000-01-01' WHERE contract_id = {contract} AND valid_from IS NOT NULL",
        "contract-lines",
    ),
    Tampering(
        "contract of another customer",
        "UPDATE record SET party_id = (SELECT id FROM record WHERE kind = 'party' AND id <> {customer} ORDER BY id LIMIT 1) WHERE id = {contract}",
        "contract-parties",
    ),
    Tampering(
        "contingent used beyond it",
        "UPDATE contingent_use SET minutes = 241 WHERE contract_id = {contract}",
        "contingent-uses",
    ),
    Tampering(
        "line of a deferral",
        "UPDATE deferral_line SET amount = amount + 1 WHERE deferral_id = {deferral}",
        "deferral-lines",
    ),
    Tampering(
        "entries of a deferral exchanged",
        "UPDATE deferral SET entry_id = release_id, release_id = 1 WHERE id = {deferral}",
        "deferral-entries",
    ),
    Tampering(
        "release of a deferral",
        "UPDATE journal_line SET account = '8300' WHERE account = '8400' AND entry_id = (SELECT release_id FROM deferral WHERE id = {deferral})",
        "deferral-releases",
    ),
    Tampering(
        "deferral deleted",
        "DELETE FROM deferral_line; DELETE FROM deferral WHERE id = {deferral}",
        "journal-manual",
    ),
    Tampering(
        "event of a deferral deleted",
        "DELETE FROM event WHERE record_id = {deferral} AND verb = 'deferral.post'",
        "deferral-events",
    ),
    Tampering(
        "subject of a visit", "UPDATE visit SET subject = 'Anderes' WHERE id = {visit}", "visit-register"
    ),
    Tampering(
        "state of a report",
        "UPDATE record SET state = 'planned' WHERE id = {visit_reported}",
        "visit-reports",
    ),
    Tampering(
        "minutes of a charge",
        "UPDATE visit_charge SET minutes = minutes + 5 WHERE visit_id = {visit_done} AND piece = 'work'",
        "visit-charges",
    ),
    Tampering(
        "minutes of a report", "UPDATE visit SET work_minutes = 5 WHERE id = {visit_done}", "visit-charges"
    ),
    Tampering(
        "charge before the release",
        "INSERT INTO visit_charge (visit_id, piece, charge, minutes, quantity, reason) "
        "VALUES ({visit_reported}, 'work', 'billable', 45, 0, '')",
        "visit-uncharged",
    ),
    Tampering(
        "charge made a contingent's",
        "UPDATE visit_charge SET charge = 'contingent' WHERE visit_id = {visit_done} AND piece = 'work'",
        "visit-contingents",
    ),
    Tampering(
        "visit unlinked from its invoice",
        "DELETE FROM record_link WHERE source_id = {visit_done} AND target_id = {visit_invoice}",
        "visit-invoices",
    ),
    Tampering(
        "visit unlinked from its ticket",
        "DELETE FROM record_link WHERE source_id = {ticket} AND target_id = {visit}",
        "visit-tickets",
    ),
    Tampering(
        "part of a report",
        "UPDATE visit_part SET quantity = quantity * 2 WHERE visit_id = {visit_done}",
        "visit-parts",
    ),
    Tampering("batch entry removed", "DELETE FROM datev_batch_entry", "datev-batches"),
    Tampering("trigger dropped", "{drop_trigger}", "schema"),
    Tampering(
        "trigger disabled",
        "ALTER TABLE journal_line DISABLE TRIGGER frozen_journal_line_update",
        "schema",
        "postgresql",
    ),
    Tampering(
        "trigger not always",
        "ALTER TABLE journal_line ENABLE TRIGGER frozen_journal_line_update",
        "schema",
        "postgresql",
    ),
    Tampering(
        "trigger emptied",
        "CREATE OR REPLACE FUNCTION frozen_journal_line_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "schema",
        "postgresql",
    ),
    Tampering(
        "trigger narrowed",
        "DROP TRIGGER frozen_journal_line_update ON journal_line; CREATE TRIGGER frozen_journal_line_update BEFORE UPDATE OF text ON journal_line FOR EACH ROW EXECUTE FUNCTION frozen_journal_line_update(); ALTER TABLE journal_line ENABLE ALWAYS TRIGGER frozen_journal_line_update",
        "schema",
        "postgresql",
    ),
    Tampering(
        "CHECK dropped",
        "ALTER TABLE stock_level DROP CONSTRAINT ck_stock_level_reserved",
        "schema",
        "postgresql",
    ),
    Tampering(
        "CHECK loosened",
        "ALTER TABLE stock_level DROP CONSTRAINT ck_stock_level_reserved; ALTER TABLE stock_level ADD CONSTRAINT ck_stock_level_reserved CHECK (reserved >= 0)",
        "schema",
        "postgresql",
    ),
    Tampering(
        "NOT NULL dropped",
        "ALTER TABLE journal_line ALTER COLUMN account DROP NOT NULL",
        "schema",
        "postgresql",
    ),
    Tampering(
        "column type changed",
        "ALTER TABLE stock_move ALTER COLUMN reason TYPE varchar(200)",
        "schema",
        "postgresql",
    ),
    Tampering(
        "foreign key dropped",
        "ALTER TABLE allocation DROP CONSTRAINT fk_allocation_debit_item_id",
        "schema",
        "postgresql",
    ),
    Tampering(
        "subject of a ticket", "UPDATE ticket SET subject = 'Anderes' WHERE id = {ticket}", "ticket-register"
    ),
    Tampering(
        "pause of a ticket ended",
        "UPDATE ticket_pause SET until_at = from_at WHERE ticket_id = {complaint}",
        "ticket-pauses",
    ),
    Tampering(
        "second pause of a ticket",
        "INSERT INTO ticket_pause (ticket_id, from_at) SELECT ticket_id, from_at FROM ticket_pause WHERE ticket_id = {complaint}",
        "ticket-pause-order",
    ),
    Tampering(
        "deadline of a ticket", "UPDATE ticket SET deadline = NULL WHERE id = {ticket}", "ticket-deadlines"
    ),
    Tampering(
        "promise of a ticket", "UPDATE ticket SET service_level = NULL WHERE id = {ticket}", "ticket-promises"
    ),
    Tampering(
        "solution of a ticket",
        "UPDATE ticket SET resolved_at = NULL WHERE id = {closed_ticket}",
        "ticket-solutions",
    ),
    Tampering(
        "merger of a ticket",
        "UPDATE record SET forwarded_to = NULL WHERE id = {merged_ticket}",
        "ticket-mergers",
    ),
    Tampering(
        "ticket nobody opened",
        "DELETE FROM event_value WHERE event_id IN (SELECT id FROM event WHERE record_id = {new_ticket}); DELETE FROM event WHERE record_id = {new_ticket}",
        "ticket-events",
    ),
    Tampering(
        "answer of a ticket", "UPDATE ticket SET responded_at = NULL WHERE id = {ticket}", "ticket-answers"
    ),
    Tampering("default service level", "UPDATE service_level SET is_default = 0", "default-level"),
    Tampering(
        "business hours",
        "INSERT INTO business_hours (calendar_id, weekday, opens_minute, closes_minute) VALUES (1, 0, 500, 600)",
        "business-hours",
    ),
    Tampering("index dropped", "DROP INDEX ix_journal_line_account", "schema"),
    Tampering(
        "unique index made plain",
        "DROP INDEX ix_journal_entry_doc_no; CREATE INDEX ix_journal_entry_doc_no ON journal_entry (text)",
        "schema",
    ),
    Tampering("column added", "ALTER TABLE journal_line ADD COLUMN more TEXT", "schema"),
    Tampering("table added", "CREATE TABLE more (id INTEGER)", "schema"),
    Tampering("column dropped", "ALTER TABLE stock_move DROP COLUMN reason", "schema"),
]


@pytest.mark.parametrize("tampering", TABLE, ids=[each.what for each in TABLE])
def test_verify_names_it(company: Populated, tampering: Tampering) -> None:
    dialect = company.world.database.engine.dialect.name
    if tampering.only not in ("", dialect):
        pytest.skip(f"only on {tampering.only}")
    with company.undone() as connection:
        let_everything_through(connection)
        for statement in _statements(tampering.sql, company, dialect):
            connection.exec_driver_sql(statement)
        guard_again(connection, dialect, tampering.sql)

        named = [finding.check for finding in company.findings(connection)]

    assert tampering.check in named


def test_an_untouched_company_is_whole(company: Populated) -> None:
    with company.undone() as connection:
        assert company.findings(connection) == []
        let_everything_through(connection)
        guard_again(connection, connection.dialect.name, "")
        assert company.findings(connection) == []


def let_everything_through(connection: Connection) -> None:
    """What an owner of the database can do: drop the triggers, defer or drop what is in the way."""
    for name in trigger_statements(connection.dialect.name):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {_table_of(name)} DISABLE TRIGGER {name}")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def guard_again(connection: Connection, dialect: str, sql: str) -> None:
    """Put the triggers back, so that only the tampering itself is left to find."""
    for name, statement in trigger_statements(dialect).items():
        if name in sql or (name == "frozen_journal_line_update" and "drop_trigger" in sql):
            continue
        if dialect == "sqlite":
            connection.exec_driver_sql(statement)
        else:
            connection.exec_driver_sql(f"ALTER TABLE {_table_of(name)} ENABLE ALWAYS TRIGGER {name}")


def _table_of(trigger: str) -> str:
    rest = trigger.split("_", 1)[1]
    return next(
        name for name in sorted(Model.metadata.tables, key=len, reverse=True) if rest.startswith(name)
    )


def _statements(sql: str, company: Populated, dialect: str) -> Sequence[str]:
    drop = "DROP TRIGGER frozen_journal_line_update"
    told = {
        "bytes": "X'00'" if dialect == "sqlite" else r"'\x00'::bytea",
        "drop_trigger": "SELECT 1" if dialect == "sqlite" else f"{drop} ON journal_line",
    }
    if "$$" in sql:
        return [sql]
    return [part.format(**company.ids, **told) for part in sql.split("; ")]
