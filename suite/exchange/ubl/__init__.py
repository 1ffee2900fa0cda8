"""UBL 2.1 Invoice and CreditNote in the profiles XRechnung 3.0, PEPPOL BIS Billing 3.0 and plain EN 16931."""

from suite.exchange.ubl.write import PROFILES, write_ubl

__all__ = ["PROFILES", "write_ubl"]
