"""Activities: calls, meetings, mails and tasks until a day, about any record."""
