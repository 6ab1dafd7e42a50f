"""The ticketing partner's dumps: swap events and their ticket orders, as deeply nested JSON."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.demo import words
from tools.demo.dice import money, skewed
from tools.demo.files import row_counts, whole_file
from tools.demo.people import EVENTS, written_email, written_phone
from tools.demo.timeline import EVENTS_START, FIRST_DAY, Schedule, iso, stamp_iso
from tools.demo.world import World

_DAYS_BETWEEN = 14
_TICKETS = (("STD", "Standard", 12.0), ("EARLY", "Early bird", 9.5), ("FAM", "Family", 24.9))
_UNREADABLE = 30  # this order's total is no number
_DAYS_UNTIL_GONE = 30


class Events:
    """What the partner dumps on a day."""

    def __init__(self, world: World, today: int) -> None:
        self._people, self._today = world.people, today
        self._schedule = Schedule(
            EVENTS_START, max(60, min(1000, world.lines // 6), world.lines // 60), every=1
        )
        self._event_draw = world.dice.purpose("event")
        self._order_draw = world.dice.purpose("ticket order")
        self.vanished: list[dict[str, Any]] = []
        self.bad_rows: list[dict[str, Any]] = []
        self._counts: dict[str, int] = {}
        self._total = 0

    def write(self, folder: Path) -> dict[str, dict[str, Any]]:
        """Write both dumps; return the row counts of each table."""
        upcoming = (self._today - EVENTS_START) // _DAYS_BETWEEN + 3
        events = (self._event(number) for number in range(upcoming))
        orders = (
            record
            for day in range(EVENTS_START, self._today)
            for number in self._schedule.on(day)
            if (record := self._order(number, day))
        )
        count = _write_array(folder / "events.json", self._today, events)
        found = _write_array(folder / "ticket_orders.json", self._today, orders)
        bad = len(self.bad_rows)
        return {
            "events.events": row_counts(count),
            "events.ticket_orders": row_counts(found - bad, {"total is not a number": bad}),
        }

    def sums(self) -> dict[str, Any]:
        """Return the number of orders by status and the amount of paid ones, bad rows left out."""
        return {"orders_by_status": self._counts, "paid_amount": money(self._total)}

    def _is_called_off(self, number: int) -> bool:
        return self._event_draw(number)[0] % 16 == 0

    def _event(self, number: int) -> dict[str, Any]:
        draw, day = self._event_draw(number), EVENTS_START + number * _DAYS_BETWEEN
        city, postcode = words.CITIES[draw[1] % len(words.CITIES)]
        called_off = self._is_called_off(number) and day - 3 < self._today
        status = "cancelled" if called_off else "held" if day < self._today else "scheduled"
        return {
            "event_id": f"EV-{number + 1:04d}",
            "name": f"Swap {city} no. {number + 1}",
            "venue": {
                "name": f"Halle {words.STREETS[draw[2] % len(words.STREETS)]}",
                "address": {"city": city, "postcode": postcode, "country": "DE"},
            },
            "schedule": {"starts_at": stamp_iso(day, 39_600), "ends_at": stamp_iso(day, 61_200)},
            "capacity": 80 + draw[3] % 40 * 10,
            "status": status,
            "ticket_types": [
                {"code": code, "name": name, "price": price} for code, name, price in _TICKETS
            ],
            "partner": {"region": "north" if draw[4] & 1 else "south", "revision": 3},
        }

    def vanishes(self, number: int, day: int) -> int | None:
        """Return the day on which an order is left out of the dumps, if it ever is."""
        gone = day + _DAYS_UNTIL_GONE
        is_first = number == self._schedule.before(day)
        planted = is_first and gone >= FIRST_DAY and (gone - FIRST_DAY) % 3 == 1
        return gone if planted and number != _UNREADABLE else None

    def _order(self, number: int, day: int) -> dict[str, Any] | None:
        gone, identity = self.vanishes(number, day), f"TO-{number + 1:06d}"
        if gone is not None and gone < self._today:
            key = {"table": "events.ticket_orders", "key": identity, "deleted_on": iso(gone)}
            self.vanished.append(key)
            return None
        draw = self._order_draw(number)
        event = (day - EVENTS_START) // _DAYS_BETWEEN + 1 + draw[0] % 2
        held = EVENTS_START + event * _DAYS_BETWEEN
        status = "paid"
        if draw[1] % 25 == 0 and day + 2 < self._today:
            status = "cancelled"
        elif self._is_called_off(event) and held - 3 < self._today:
            status = "refunded"
        buyer = self._people.get(EVENTS.nth(skewed(draw[2], self._people.members(EVENTS, day))))
        name = f"{buyer.first_name} {buyer.last_name}"
        tickets, total = [], 0
        for place in range(1 + draw[3] % 3):
            code, _, price = _TICKETS[draw[4 + place] % 3]
            came = status == "paid" and held < self._today and draw[7 + place] % 8 != 0
            tickets.append(
                {
                    "ticket_id": f"{identity}-{place + 1}",
                    "type": code,
                    "price": price,
                    "attendee": {"name": name if place == 0 else None, "email": None},
                    "checked_in_at": stamp_iso(held, 39_600 + draw[10] % 9000) if came else None,
                }
            )
            total += round(price * 100)
        if number == _UNREADABLE:
            reason = "total is not a number"
            row = {"table": "events.ticket_orders", "key": identity, "reason": reason}
            self.bad_rows.append(row)
        else:
            self._counts[status] = self._counts.get(status, 0) + 1
            self._total += total * 10_000 * (status == "paid")
        return {
            "order": {
                "id": identity,
                "event": {"id": f"EV-{event + 1:04d}", "series": "swap"},
                "placed_at": stamp_iso(day, draw[11] % 86_400),
                "status": status,
                "payment": {
                    "currency": "EUR",
                    "total": "to be confirmed" if number == _UNREADABLE else total / 100,
                    "method": ("card", "transfer", "wallet")[draw[12] % 3],
                },
                "buyer": {
                    "name": name if draw[13] & 3 else f"{buyer.first_name[0]}. {buyer.last_name}",
                    "contact": {
                        "email": written_email(buyer, "events"),
                        "phone": written_phone(buyer, "events") or None,
                    },
                },
            },
            "tickets": tickets,
            "dump_version": 7,
        }


def _write_array(path: Path, day: int, records: Iterable[dict[str, Any]]) -> int:
    """Write records as one JSON array, record by record; return how many."""
    count = 0
    with whole_file(path, day) as file:
        for record in records:
            file.write((",\n" if count else "[\n") + json.dumps(record, ensure_ascii=False))
            count += 1
        file.write("\n]\n" if count else "[]\n")
    return count
