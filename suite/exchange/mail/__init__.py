"""Mail as it comes in: RFC 5322 and MIME, read without trusting a byte of it."""
