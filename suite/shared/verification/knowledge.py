"""Whether articles are whole, and tickets name only what was once published."""

from suite.shared.verification.finding import none_found

none_found(
    "article-records",
    "SELECT r.title FROM record r LEFT JOIN article a ON a.id = r.id WHERE (r.kind = 'article') <> (a.id IS NOT NULL)",
    "is an article without a text, or a text of something else",
)
none_found(
    "cited-articles",
    "SELECT r.title FROM record r JOIN record_link l ON l.target_id = r.id WHERE r.kind = 'article' AND r.state = 'draft'",
    "is cited by a ticket and was never published",
)
