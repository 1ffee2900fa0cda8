"""Tickets: what customers ask for or complain about, answered and solved within what was promised."""
