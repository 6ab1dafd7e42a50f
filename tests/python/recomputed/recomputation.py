"""How the marts differ from what is recomputed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg

from recomputed.company import Company
from recomputed.compared import Difference, differences
from recomputed.figures import MARTS
from recomputed.products import Products
from recomputed.raw import Raw, State, mart


class Recomputed:
    """The marts' figures from the raw tables; looks at these whenever a build did."""

    def __init__(self) -> None:
        self._products = Products()
        self._order_states: dict[int, list[State]] = defaultdict(list)
        self.cells: Counter[str] = Counter()

    def look(self, connection: psycopg.Connection) -> None:
        """Take in the raw tables of this moment, before or after a build of them."""
        self._raw = Raw(connection)
        self._products.look(self._raw)
        for order in self._raw.shop_orders:
            states = self._order_states[order.order_id]
            name = "cancelled" if order.status == "cancelled" else "paid"
            if order.status not in ("cancelled", "paid", "shipped", "delivered"):
                continue
            if not states or states[-1].name != name:
                since = max(order.ordered_at, min(order.updated_at, order._extracted_at))
                states.append(State(name, since))
        self._raw.order_states = self._order_states

    def differences(self, connection: psycopg.Connection) -> list[Difference]:
        """Return the cells of the marts that are something else than what was last looked at."""
        self.cells.clear()
        company = Company(self._raw, self._products)
        found = list(self._same_people(company, connection))
        self._learn_keys(connection)
        for name, (key, function) in MARTS.items():
            rows = (self._translated(row) for row in mart(connection, name))
            found += differences(name, key, function(company), rows, self.cells)
        return found

    def _translated(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add what the keys of a row stand for, which are a matter of the mart alone."""
        if "customer_key" in row:
            row["person"] = self._person_of_key.get(row["customer_key"], row["customer_key"])
        for column, name in (("order_line_key", "line"), ("order_key", "order"),
                             ("return_key", "return")):  # fmt: skip
            if column in row:
                row[name] = self._names.get(row[column], row[column])
        if "item_type" in row:
            # of returns at one moment any may bring shipping back
            is_of_any = row["item_type"] == "shipping" and row["document_reason"] == "return"
            row["line_of_goods"] = None if is_of_any else row["line"]
            row["return"] = None if is_of_any else row["return"]
        return row

    def _learn_keys(self, connection: psycopg.Connection) -> None:
        """Take from the marts what orders, lines and returns their keys stand for."""
        self._names: dict[object, tuple] = {}
        for row in mart(connection, "fct_order_lines"):
            self._names[row["order_line_key"]] = row["source_system"], row["order_line_id"]
            self._names[row["order_key"]] = row["source_system"], row["order_id"]
        for row in mart(connection, "fct_returns"):
            line = self._names.get(row["order_line_key"], row["order_line_key"])
            self._names[row["return_key"]] = line, row["returned_at"], row["returned_quantity"]

    def _same_people(
        self, company: Company, connection: psycopg.Connection
    ) -> Iterator[Difference]:
        """Give the people that the marts part or put together otherwise."""
        person_of_line = {
            (line.source_system, line.order_line_id): company.person(line) for line in company.lines
        }
        persons: dict[object, set[str | None]] = defaultdict(set)
        keys: dict[str | None, set[object]] = defaultdict(set)

        def note(key: object, person: str | None) -> None:
            persons[key].add(person)
            keys[person].add(key)

        for row in mart(connection, "fct_order_lines"):
            line = row["source_system"], row["order_line_id"]
            if line in person_of_line:
                note(row["customer_key"], person_of_line[line])
        for row in mart(connection, "fct_ticket_sales"):
            note(row["customer_key"], company.people.get(row["customer_record_id"]))
        # who has bought nothing is known by how they are reached
        named = {record.email: record.customer_record_id for record in company.records}
        named |= {
            record.phone: record.customer_record_id
            for record in company.records
            if not record.email
        }
        named |= {user.username: f"marketplace:{user.user_id}" for user in company.raw.users}
        named |= {f"catalog:{row.customer_number}": f"catalog:{row.customer_number}"
                  for row in company.raw.members}  # fmt: skip
        for row in mart(connection, "dim_customers"):
            if row["is_unknown"]:
                note(row["customer_key"], None)
        for row in mart(connection, "dim_customer_contacts", "personal"):
            names = (f"catalog:{row['loyalty_number']}", row["username"], row["email"],
                     row["phone"])  # fmt: skip
            record = next((named[name] for name in names if name and name in named), None)
            if record:
                note(row["customer_key"], company.people[record])
        for names, others, told in ((keys, "one", "several"), (persons, "several", "one")):
            for name, found in names.items():
                if len(found) > 1:
                    one = f"{others} of {sorted(map(str, found))}"
                    yield Difference("dim_customers", (name,), "person", one, told)
        self._person_of_key = {key: min(found, key=str) for key, found in persons.items()}
