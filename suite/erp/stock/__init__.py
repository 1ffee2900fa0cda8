"""Stock: receipts, corrections and what lies where."""
