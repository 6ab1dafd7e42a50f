"""Who is one person: e-mail address first, then telephone number, over which people decide."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from recomputed.raw import Raw
from recomputed.texts import email, phone
from recomputed.tills import mails_taken

# each of these has one address of its own, so that two addresses are two people
REGISTERED = {"marketplace", "shop account", "catalog", "events"}


@dataclass(frozen=True)
class Record:
    """A customer record of a channel; `kind` is the channel, and whether it is an account."""

    customer_record_id: str
    kind: str
    email: str | None
    phone: str | None

    @property
    def source(self) -> str:
        return self.kind.removesuffix(" account")


class Sets:
    """Sets that grow together."""

    def __init__(self, members: Iterable[str]) -> None:
        self._first = {member: member for member in members}

    def of(self, member: str) -> str:
        """Return what stands for the set of a member."""
        first = self._first.setdefault(member, member)
        if first != member:
            first = self._first[member] = self.of(first)
        return first

    def join(self, one: str, other: str) -> None:
        one, other = sorted((self.of(one), self.of(other)))
        self._first[other] = one


def records(raw: Raw) -> list[Record]:
    """Return the customer records of every channel."""
    found = [
        *(Record(f"marketplace:{row.user_id}", "marketplace", email(row.email), None)
          for row in raw.users),
        *(Record(f"shop:{row.customer_id}", "shop account", email(row.email), phone(row.phone))
          for row in raw.accounts),
        *(Record(f"catalog:{row.customer_number}", "catalog", email(row.email), phone(row.phone))
          for row in raw.members),
        *(Record(f"events:{row.ticket_order_id}", "events", email(row.buyer_email),
                 phone(row.buyer_phone))
          for row in raw.ticket_orders),
    ]  # fmt: skip
    return found + contacts(raw)


def contacts(raw: Raw) -> list[Record]:
    """Return buyers without an account, one for each source and address, or number without one."""
    numbers: dict[tuple[str, str], str | None] = {}
    sales = [
        *(("shop", order.ordered_at, email(order.customer_email), None)
          for order in raw.shop_orders if order.customer_id not in raw.account_ids),
        *(("stores", row.sold_at, email(row.customer_email), phone(row.customer_phone))
          for row in raw.receipts),
        *(("stores", lines[0].sold_at, email(lines[0].customer_email), None)
          for lines in mails_taken(raw).values()),
        *(("history", row.sold_at, email(row.customer_email), None) for row in raw.past_sales),
    ]  # fmt: skip
    for source, _, address, number in sorted(sales, key=lambda sale: sale[1]):
        if contact := address or number:
            # the number given last is the one that holds
            numbers[source, contact] = number or numbers.get((source, contact))
    return [
        Record(f"{source}:{contact}", source, contact if "@" in contact else None, number)
        for (source, contact), number in numbers.items()
    ]


def people(raw: Raw) -> dict[str, str]:
    """Return for each customer record the person: the least record of those that are the same."""
    all_records = {record.customer_record_id: record for record in records(raw)}
    judged = [
        row for row in raw.overrides if row.record_a in all_records and row.record_b in all_records
    ]
    apart = [(row.record_a, row.record_b) for row in judged if row.decision == "no_match"]
    for one, other in apart:
        first, second = all_records[one], all_records[other]
        if first.email and first.email == second.email:
            all_records[other] = Record(other, second.kind, None, None)
    identity = {
        name: f"email:{record.email}" if record.email
        else f"phone:{record.phone}" if record.phone
        else f"record:{name}"
        for name, record in all_records.items()
    }  # fmt: skip
    groups = Sets(identity.values())
    for row in judged:
        if row.decision == "match":
            groups.join(identity[row.record_a], identity[row.record_b])

    # a number under which one channel knows several addresses ties nobody
    addresses: dict[tuple[str, str], set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for name, record in all_records.items():
        if record.phone:
            owners[record.phone].add(groups.of(identity[name]))
            if record.email:
                addresses[record.phone, record.source].add(groups.of(identity[name]))
    shared = {number for (number, _), found in addresses.items() if len(found) > 1}
    linked = Sets(groups.of(one) for one in identity.values())
    for number, tied in owners.items():
        if number not in shared:
            for one in tied:
                linked.join(min(tied), one)

    # what would make one person of two accounts of a channel falls apart
    components: dict[str, list[str]] = defaultdict(list)
    for name in all_records:
        components[linked.of(groups.of(identity[name]))].append(name)
    person = {}
    for names in components.values():
        known: dict[str, set[str]] = defaultdict(set)
        for name in names:
            record = all_records[name]
            if record.kind in REGISTERED and record.email:
                # addresses that people judged to be one are one
                known[record.kind].add(groups.of(identity[name]))
        together = set(names)
        conflict = any(len(found) > 1 for found in known.values()) or any(
            one in together and other in together for one, other in apart
        )
        parts: dict[str, list[str]] = defaultdict(list)
        for name in names:
            parts[groups.of(identity[name]) if conflict else ""].append(name)
        for part in parts.values():
            person.update(dict.fromkeys(part, min(part)))
    return person
