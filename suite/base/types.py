"""Column types: exact on both engines, plain Python values on this side.

Amounts are scaled integers (a `Numeric` on SQLite is a float). Every type has a STRICT
SQLite storage class, and refuses a value of the wrong kind instead of converting it.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from suite.base.errors import Unfit

_INT64 = 2**63 - 1
_DIGITS = 19
# What PostgreSQL cannot keep, and SQLite must not keep instead.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Scaled(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as an integer of its smallest unit."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places
        self._unit = Decimal(1).scaleb(-places)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, BIGINT on PostgreSQL."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Scale up; raises `Unfit` for more places or digits than the column has; a float is an error."""
        if value is None:
            return None
        if not isinstance(value, (Decimal, int)) or isinstance(value, bool):
            raise TypeError(f"{type(value).__name__} is not a Decimal")
        exact = Decimal(value)
        if not exact.is_finite() or exact.adjusted() > _DIGITS:
            raise Unfit(value)
        scaled = exact.scaleb(self.places)
        number = int(scaled)
        if number != scaled or abs(number) > _INT64:
            raise Unfit(value)
        return number

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Scale down."""
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def coerce_compared_value(self, op: Any, value: Any) -> "TypeEngine[Any]":
        """Comparisons and sums with a constant use this very scale."""
        return self


class Amount(Scaled):
    """Money: two decimals (ISO 4217 minor units of EUR)."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


class UnitPrice(Scaled):
    """A price per unit: six decimals."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(6)


class Quantity(Scaled):
    """A quantity: six decimals."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(6)


class Percent(Scaled):
    """A percentage: four decimals, 19 means 19 %."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(4)


class ExchangeRate(Scaled):
    """A rate of exchange: ten decimals."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(10)


class String(TypeDecorator[str]):
    """Text of any length; length limits are CHECKs and field rules."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Only text is text; raises `Unfit` for NUL and lone surrogates."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{type(value).__name__} is not text")
        if _UNSTORABLE.search(value):
            raise Unfit(value.encode("ascii", "backslashreplace").decode())
        return value


class Count(TypeDecorator[int]):
    """A whole number (also keys)."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite (a rowid alias as key), BIGINT on PostgreSQL."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Raises `Unfit` beyond 64 bits."""
        if isinstance(value, int) and abs(value) > _INT64:
            raise Unfit(value)
        return value


class Flag(TypeDecorator[bool]):
    """Yes or no, stored as 1 or 0."""

    impl = SmallInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else SmallInteger())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Only a bool is a flag."""
        if value is None:
            return None
        if not isinstance(value, bool):
            raise TypeError(f"{value!r} is not a bool")
        return int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Back to a bool."""
        return None if value is None else bool(value)


class BusinessDate(TypeDecorator[date]):
    """A calendar day in the company's zone; ISO text on SQLite, DATE on PostgreSQL."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT on SQLite (STRICT knows no DATE)."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """A datetime is not a date."""
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise TypeError(f"{value!r} is not a date")
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Back to a date."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class Instant(TypeDecorator[datetime]):
    """A point in time, always UTC; ISO text with microseconds on SQLite, TIMESTAMPTZ on PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT on SQLite (its driver drops offsets silently)."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """A naive datetime is refused."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError(f"{value!r} is not an aware datetime")
        utc = value.astimezone(UTC)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to an aware datetime in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]  # what the driver gives


class Blob(TypeDecorator[bytes]):
    """Bytes."""

    impl = LargeBinary
    cache_ok = True
