"""Raw tables as they were loaded: a class for each, a field for each column that is used."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, TypeVar

import psycopg


@dataclass(frozen=True)
class User:
    table: ClassVar[str] = "raw_marketplace.users"
    user_id: int
    email: str | None
    country: str | None
    username: str | None
    join_date: date | None


@dataclass(frozen=True)
class MarketplaceProduct:
    table: ClassVar[str] = "raw_marketplace.products"
    product_id: int
    product_name: str | None
    category: str | None
    price: Decimal | None
    _extracted_at: datetime


@dataclass(frozen=True)
class Transaction:
    table: ClassVar[str] = "raw_marketplace.transactions"
    transaction_id: int
    sale_id: int
    user_id: int | None
    product_id: int | None
    quantity: int
    sale_date: date
    _extracted_at: datetime


@dataclass(frozen=True)
class Account:
    table: ClassVar[str] = "raw_shop.customers"
    customer_id: int
    email: str | None
    phone: str | None
    country_code: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True)
class ShopOrder:
    table: ClassVar[str] = "raw_shop.orders"
    order_id: int
    customer_id: int | None
    customer_email: str | None
    ordered_at: datetime
    status: str
    promotion_code: str | None
    shipping_amount: Decimal | None
    currency_code: str | None
    country_code: str | None
    updated_at: datetime
    _extracted_at: datetime


class State(NamedTuple):
    """Whether a shop order is paid or cancelled, and since when that is known."""

    name: str
    since: datetime


@dataclass(frozen=True)
class OrderItem:
    table: ClassVar[str] = "raw_shop.order_items"
    order_item_id: int
    order_id: int
    sku: str | None
    quantity: int
    unit_price: Decimal | None
    discount_amount: Decimal | None
    returned_at: datetime | None
    updated_at: datetime
    _extracted_at: datetime


@dataclass(frozen=True)
class Promotion:
    table: ClassVar[str] = "raw_shop.promotions"
    promotion_id: int
    promotion_code: str | None
    discount_percent: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class ShelfUnit:
    table: ClassVar[str] = "raw_shop.inventory_levels"
    sku: str
    title: str | None
    category: str | None
    unit_price: Decimal | None
    currency_code: str | None
    quantity_on_hand: int | None
    reorder_point: int | None
    updated_at: datetime | None
    _extracted_at: datetime


@dataclass(frozen=True)
class Receipt:
    table: ClassVar[str] = "raw_stores.receipts"
    store_id: str
    receipt_id: int
    receipt_number: str
    sold_at: datetime
    customer_email: str | None
    customer_phone: str | None
    payment_method: str | None
    currency_code: str | None
    _extracted_at: datetime


@dataclass(frozen=True)
class ReceiptLine:
    table: ClassVar[str] = "raw_stores.receipt_lines"
    store_id: str
    receipt_line_id: int
    receipt_id: int
    line_type: str
    returned_receipt_line_id: int | None
    sku: str | None
    quantity: int
    unit_price: Decimal | None
    discount_amount: Decimal | None
    _extracted_at: datetime


@dataclass(frozen=True)
class MailLine:
    table: ClassVar[str] = "raw_store_mail.order_confirmations"
    message_id: str
    received_at: datetime | None
    store_id: str
    receipt_number: str
    line_number: int
    sold_at: datetime | None
    sku: str | None
    quantity: int | None
    unit_price: Decimal | None
    discount_amount: Decimal | None
    currency_code: str | None
    customer_email: str | None
    _extracted_at: datetime


@dataclass(frozen=True)
class PastSale:
    table: ClassVar[str] = "raw_history.sales"
    sale_line_id: int
    receipt_number: str
    store_id: str
    sold_at: datetime
    sku: str | None
    quantity: int
    unit_price: Decimal | None
    discount_amount: Decimal | None
    currency_code: str | None
    customer_email: str | None
    is_returned: bool | None
    _extracted_at: datetime


@dataclass(frozen=True)
class Member:
    table: ClassVar[str] = "raw_catalog.customers"
    customer_number: str
    email: str | None
    phone: str | None
    country: str | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True)
class CatalogProduct:
    table: ClassVar[str] = "raw_catalog.products"
    sku: str
    marketplace_product_id: int | None
    title: str | None
    category: str | None
    price: Decimal | None
    currency_code: str | None
    status: str | None
    seller_id: str | None
    listed_at: datetime | None
    updated_at: datetime | None
    _extracted_at: datetime


@dataclass(frozen=True)
class Event:
    table: ClassVar[str] = "raw_events.events"
    event_id: str
    event_name: str | None
    venue_city: str | None
    status: str | None


@dataclass(frozen=True)
class TicketOrder:
    table: ClassVar[str] = "raw_events.ticket_orders"
    ticket_order_id: str
    event_id: str
    ordered_at: datetime
    status: str | None
    currency_code: str | None
    buyer_email: str | None
    buyer_phone: str | None
    tickets: Any


@dataclass(frozen=True)
class StockCount:
    table: ClassVar[str] = "raw_logistics.stock_counts"
    location_code: str | None
    sku: str | None
    counted_at: datetime | None
    quantity: int | None
    _load_id: int


@dataclass(frozen=True)
class Override:
    """What people have judged, which a seed holds."""

    table: ClassVar[str] = "seeds.customer_match_overrides"
    record_a: str
    record_b: str
    decision: str


@dataclass(frozen=True)
class Described:
    """Brand and size of a product, which are not recomputed: whether spellings are near is not."""

    table: ClassVar[str] = "marts.dim_products"
    product_id: str
    brand: str | None
    size: str | None
    is_current: bool


@dataclass(frozen=True)
class Load:
    table: ClassVar[str] = "raw_ingest.loads"
    load_id: int
    source_name: str
    table_name: str
    source_file: str
    status: str
    started_at: datetime
    finished_at: datetime
    extracted_at: datetime | None


Row = TypeVar("Row")


class Raw:
    """All raw tables at one moment.

    Args:
        connection: to the warehouse.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self.users = _read(connection, User)
        self.marketplace_products = _read(connection, MarketplaceProduct)
        self.transactions = _read(connection, Transaction)
        self.accounts = _read(connection, Account)
        self.account_ids = {account.customer_id for account in self.accounts}
        self.shop_orders = _read(connection, ShopOrder)
        self.order_items = _read(connection, OrderItem)
        self.promotions = {row.promotion_id: row for row in _read(connection, Promotion)}
        self.shelf = _read(connection, ShelfUnit)
        self.receipts = _read(connection, Receipt)
        self.receipt_lines = _read(connection, ReceiptLine)
        self.mail_lines = _read(connection, MailLine)
        self.past_sales = _read(connection, PastSale)
        self.members = _read(connection, Member)
        self.catalog = _read(connection, CatalogProduct)
        self.events = _read(connection, Event)
        self.ticket_orders = _read(connection, TicketOrder)
        self.stock_counts = _read(connection, StockCount)
        self.described = {
            row.product_id: row for row in _read(connection, Described) if row.is_current
        }
        self.overrides = _read(connection, Override)
        self.loads = _read(connection, Load)
        # of each shop order, what `Recomputed` saw by now
        self.order_states: dict[int, list[State]] = {}

    def said_at(self, source: str, table: str) -> datetime | None:
        """Return as of when a source last said what a table has, whatever it changed."""
        loads = [
            load
            for load in self.loads
            if (load.source_name, load.table_name, load.status) == (source, table, "loaded")
        ]
        return max(loads, key=lambda load: load.load_id).extracted_at if loads else None


def _read(connection: psycopg.Connection, kind: type[Row]) -> list[Row]:
    columns = ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]
    query = f"select {columns} from {kind.table}"  # type: ignore[attr-defined]
    return [kind(*row) for row in connection.execute(query)]


def mart(
    connection: psycopg.Connection, name: str, schema: str = "marts"
) -> Iterator[dict[str, Any]]:
    """Give the rows of a mart, by column."""
    cursor = connection.execute(f"select * from {schema}.{name}")
    columns = [column.name for column in cursor.description or ()]
    return (dict(zip(columns, row, strict=True)) for row in cursor)
