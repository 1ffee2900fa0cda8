"""The one schema: every table is imported here, base's too. This page is its table of contents."""

from suite.base.counter import Counter, NumberRange
from suite.base.event import Event, EventValue
from suite.base.job import Job
from suite.base.login_session import LoginSession
from suite.base.request_key import RequestKey
from suite.base.setting import Setting
from suite.model.archive import ArchivedChunk, ArchivedFile, RecordFile
from suite.model.article import Article
from suite.model.chain import ChainLink, DocumentProgress, LineProgress
from suite.model.company import Account, Company
from suite.model.contract import ContingentUse, Contract, ContractDevice, ContractLine, ContractPeriod
from suite.model.crm import Activity, Lead, Note, Opportunity, Stage
from suite.model.datev import DatevBatch, DatevBatchEntry, DatevBatchFile
from suite.model.deferral import Deferral, DeferralLine
from suite.model.delivery import Delivery, Return, ReturnSide
from suite.model.device import Device, SparePart
from suite.model.document import Document, DocumentKind, DocumentLine, DocumentParty, DocumentTax
from suite.model.invoice import CreditNote, CreditNoteSide, Invoice, InvoiceSide
from suite.model.journal import JournalEntry, JournalLine, VatEntry
from suite.model.lot import Lot, LotLevel, LineLot
from suite.model.mail import IncomingMail, OutgoingFile, OutgoingMail
from suite.model.money import Allocation, OpenItem, Payment
from suite.model.need import PurchaseNeed
from suite.model.order import Order, OrderSide
from suite.model.party import Address, Contact, Party
from suite.model.portal import PortalPass, PortalSession, PortalUser
from suite.model.product import Price, PriceList, Product
from suite.model.quote import Quote, QuoteSide
from suite.model.record import Record, RecordKind, RecordLink
from suite.model.sla import BusinessCalendar, BusinessHours, ClosedDay, ServiceLevel, ServiceTarget
from suite.model.stock import Location, Reservation, StockLevel, StockMove
from suite.model.stocktake import Stocktake, StocktakeCount, StocktakeLine
from suite.model.ticket import (
    CannedText,
    Ticket,
    TicketCategory,
    TicketMessage,
    TicketMessageFile,
    TicketPause,
    TicketQueue,
)
from suite.model.user import LoginAttempt, User, UserRole
from suite.model.visit import Technician, Visit, VisitCharge, VisitPart, VisitTask

__all__ = [
    "Account",
    "Activity",
    "Address",
    "Allocation",
    "ArchivedChunk",
    "ArchivedFile",
    "Article",
    "BusinessCalendar",
    "BusinessHours",
    "CannedText",
    "ChainLink",
    "ClosedDay",
    "Company",
    "Contact",
    "ContingentUse",
    "Contract",
    "ContractDevice",
    "ContractLine",
    "ContractPeriod",
    "Counter",
    "CreditNote",
    "CreditNoteSide",
    "DatevBatch",
    "DatevBatchEntry",
    "DatevBatchFile",
    "Deferral",
    "DeferralLine",
    "Delivery",
    "Device",
    "Document",
    "DocumentKind",
    "DocumentLine",
    "DocumentParty",
    "DocumentProgress",
    "DocumentTax",
    "Event",
    "EventValue",
    "IncomingMail",
    "Invoice",
    "InvoiceSide",
    "Job",
    "JournalEntry",
    "JournalLine",
    "Lead",
    "LineLot",
    "LineProgress",
    "Location",
    "LoginAttempt",
    "LoginSession",
    "Lot",
    "LotLevel",
    "Note",
    "NumberRange",
    "OpenItem",
    "Opportunity",
    "Order",
    "OrderSide",
    "OutgoingFile",
    "OutgoingMail",
    "Party",
    "Payment",
    "PortalPass",
    "PortalSession",
    "PortalUser",
    "Price",
    "PriceList",
    "Product",
    "PurchaseNeed",
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
    "ServiceLevel",
    "ServiceTarget",
    "Setting",
    "SparePart",
    "Stage",
    "StockLevel",
    "StockMove",
    "Stocktake",
    "StocktakeCount",
    "StocktakeLine",
    "Technician",
    "Ticket",
    "TicketCategory",
    "TicketMessage",
    "TicketMessageFile",
    "TicketPause",
    "TicketQueue",
    "User",
    "UserRole",
    "VatEntry",
    "Visit",
    "VisitCharge",
    "VisitPart",
    "VisitTask",
]
