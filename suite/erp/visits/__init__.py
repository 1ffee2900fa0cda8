"""Field service: planning visits, working on a phone, the signed report, and what of it is billed."""
