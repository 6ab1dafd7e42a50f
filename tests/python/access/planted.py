"""Personal values of every kind, oddly spelled, in the raw tables of every source."""

import re

import psycopg

# by column of a raw table, how the value that is told by {} is written there
SPELLED = {
    "raw_shop.customers.email": ("Zed <ZQ{}@Mail.Example>", " mailto:zq{}@mail.example"),
    "raw_shop.customers.phone": ("+49 (0)30 8391746{}", "0049-30/8391746{}"),
    "raw_shop.customers.first_name": ("Zq{}", "  Žan-zq{} "),
    "raw_shop.customers.last_name": ("O'Zq{}", "von und zu ZQ{}"),
    "raw_shop.customers.street": ("Zqstraße {}", "{} Rue zq{}"),
    "raw_shop.customers.postcode": ("zq{}", " ZQ{} x"),
    "raw_shop.orders.customer_email": ("zq{}@mail.example", "ZQ{}@MAIL.EXAMPLE "),
    "raw_stores.receipts.customer_email": ("zq{}@mail.example", "'ZQ{}@mail.example'"),
    "raw_stores.receipts.customer_phone": ("030 8391746{}", "+49.30.8391746{}"),
    "raw_store_mail.order_confirmations.customer_email": ("zq{}@mail.example", "Zq{}@mail.example"),
    "raw_marketplace.users.username": ("zq{}", "@ZQ_{}"),
    "raw_marketplace.users.email": ("ZQ{}@mail.example", "zq{}@mail.example;"),
    "raw_catalog.customers.customer_number": ("ZQ{}", "L-zq{}"),
    "raw_catalog.customers.full_name": ("Zq{} Zander", "ZANDER, ZQ{}"),
    "raw_catalog.customers.email": ("zq{}@mail.example", "zq{}@mail.example (work)"),
    "raw_catalog.customers.phone": ("0049 30 8391746{}", "+49 30 839 1746{}"),
    "raw_catalog.customers.street": ("Zqweg {}", "Zq{} Allee"),
    "raw_catalog.customers.postcode": ("zq{}", "ZQ-{}"),
    "raw_events.ticket_orders.buyer_name": ("Zq{}", "Dr. ZQ{}"),
    "raw_events.ticket_orders.buyer_email": ("zq{}@mail.example", "Zq{}@Mail.Example"),
    "raw_events.ticket_orders.buyer_phone": ("030/8391746{}", "(030) 8391746{}"),
    "raw_history.sales.customer_email": ("zq{}@mail.example", "ZQ{}@mail.example"),
}
PLANT = """
update {table} set {column} = %s
where ctid = (
    select ctid from {table} where coalesce({column}, '') !~* 'zq|839' and {column} is not null
    order by _load_id desc, ctid limit 1
)
"""


def plant(connection: psycopg.Connection) -> list[str]:
    """Write the values over others; return what tells each, as `bare` leaves it of any spelling."""
    told = []
    for name, spellings in SPELLED.items():
        table, _, column = name.rpartition(".")
        for spelling in spellings:
            number = f"{len(told) + 10}"
            value = spelling.format(number, number)
            done = connection.execute(PLANT.format(table=table, column=column), [value])
            assert done.rowcount == 1, name
            told.append(f"8391746{number}" if "839" in value else _told(value, number))
    return told


def _told(value: str, number: str) -> str:
    found = re.search(rf"zq[a-zß]*{number}", bare(value))
    assert found, value
    return found[0]


def bare(text: str) -> str:
    """Return a text without its capitals and all that is neither letter nor digit."""
    return re.sub(r"[\W_]", "", text.lower())
