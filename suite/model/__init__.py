"""The one schema: every table is imported here, base's too. This page is its table of contents."""

from suite.base.counter import Counter, NumberRange
from suite.base.event import Event, EventValue
from suite.base.job import Job
from suite.base.login_session import LoginSession
from suite.base.request_key import RequestKey
from suite.base.setting import Setting
from suite.model.archive import ArchivedChunk, ArchivedFile, RecordFile
from suite.model.chain import ChainLink, DocumentProgress, LineProgress
from suite.model.company import Account, Company
from suite.model.crm import Activity, Lead, Note, Opportunity, Stage
from suite.model.datev import DatevBatch, DatevBatchEntry, DatevBatchFile
from suite.model.delivery import Delivery, Return, ReturnSide
from suite.model.document import Document, DocumentKind, DocumentLine, DocumentParty, DocumentTax
from suite.model.invoice import CreditNote, CreditNoteSide, Invoice, InvoiceSide
from suite.model.journal import JournalEntry, JournalLine, VatEntry
from suite.model.money import Allocation, OpenItem, Payment
from suite.model.order import Order, OrderSide
from suite.model.party import Address, Contact, Party
from suite.model.product import Price, PriceList, Product
from suite.model.quote import Quote, QuoteSide
from suite.model.record import Record, RecordKind, RecordLink
from suite.model.stock import Location, Reservation, StockLevel, StockMove
from suite.model.user import LoginAttempt, User, UserRole

__all__ = [
    "Account",
    "Activity",
    "Address",
    "Allocation",
    "ArchivedChunk",
    "ArchivedFile",
    "ChainLink",
    "Company",
    "Contact",
    "Counter",
    "CreditNote",
    "CreditNoteSide",
    "DatevBatch",
    "DatevBatchEntry",
    "DatevBatchFile",
    "Delivery",
    "Document",
    "DocumentKind",
    "DocumentLine",
    "DocumentParty",
    "DocumentProgress",
    "DocumentTax",
    "Event",
    "EventValue",
    "Invoice",
    "InvoiceSide",
    "Job",
    "JournalEntry",
    "JournalLine",
    "Lead",
    "LineProgress",
    "Location",
    "LoginAttempt",
    "LoginSession",
    "Note",
    "NumberRange",
    "OpenItem",
    "Opportunity",
    "Order",
    "OrderSide",
    "Party",
    "Payment",
    "Price",
    "PriceList",
    "Product",
    "Quote",
    "QuoteSide",
    "Record",
    "RecordFile",
    "RecordKind",
    "RecordLink",
    "RequestKey",
    "Reservation",
    "Return",
    "ReturnSide",
    "Setting",
    "Stage",
    "StockLevel",
    "StockMove",
    "User",
    "UserRole",
    "VatEntry",
]
