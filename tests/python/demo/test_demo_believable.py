"""The company could be a real one: steady growth, seasons, pieces sold once, ordinary customers."""

from collections import Counter
from datetime import date
from inspect import signature
from itertools import pairwise
from typing import NamedTuple

import pytest

from tools.demo.__main__ import create
from tools.demo.baskets import Basket, Line
from tools.demo.products import DAYS_BETWEEN_DROPS, MARKETPLACE_STOCK, SHELF_STOCK
from tools.demo.timeline import FIRST_DAY, HISTORY_START
from tools.demo.world import World

YEARS = 2 * 365
DEFAULT_LINES = 6000


class Sales(NamedTuple):
    """All baskets of a world before a day, by channel."""

    world: World
    end: int
    baskets: dict[str, list[Basket]]

    def days(self) -> Counter[int]:
        """Return the number of orders of each day."""
        return Counter(basket.day for found in self.baskets.values() for basket in found)

    def orders(self, of: str, days: range) -> Counter[int]:
        """Return the number of orders on the days, by month or weekday."""
        return Counter(
            getattr(date.fromordinal(day), of)() if of == "weekday" else date.fromordinal(day).month
            for day, count in self.days().items()
            if day in days
            for _ in range(count)
        )

    def lines(self) -> list[tuple[int, Line]]:
        """Return each line with its day."""
        return [
            (basket.day, line)
            for found in self.baskets.values()
            for basket in found
            for line in basket.lines
        ]

    def value(self, start: int, end: int, channel: str | None = None) -> int:
        """Return what was sold on the days from `start` to before `end`."""
        return sum(
            line.quantity * line.price
            for name, found in self.baskets.items()
            if channel in (None, name)
            for basket in found
            if start <= basket.day < end
            for line in basket.lines
        )


def is_stock(line: Line) -> bool:
    return SHELF_STOCK.holds(line.product) or MARKETPLACE_STOCK.holds(line.product)


def sales_of(lines: int, seed: int, days: int = 0) -> Sales:
    """Return what a world has sold some days after its first one."""
    world, end = World(seed, lines), FIRST_DAY + days
    channels = {"shop": [world.shop], "marketplace": [world.marketplace],
                "stores": [world.history, *world.stores.values()]}  # fmt: skip
    baskets = {
        name: [
            basket
            for channel in found
            for day in range(HISTORY_START, end)
            for basket in channel.on(day)
        ]
        for name, found in channels.items()
    }
    return Sales(world, end, baskets)


# the world of `make demo` on its first day and later, and a larger one
SIZES = ((DEFAULT_LINES, 7, 0), (DEFAULT_LINES, 7, 7), (DEFAULT_LINES, 7, 42), (20_000, 11, 7))


@pytest.fixture(scope="module", params=SIZES, ids="{0[0]}_lines_seed_{0[1]}_day_{0[2]}".format)
def sales(request: pytest.FixtureRequest) -> Sales:
    return sales_of(*request.param)


def test_the_demo_has_this_size() -> None:
    assert signature(create).parameters["lines"].default == DEFAULT_LINES


@pytest.mark.parametrize("lines", [500, 900, 3000, DEFAULT_LINES, 50_000])
def test_there_are_as_many_lines_as_wanted(lines: int) -> None:
    found = sales_of(lines, 7)
    assert len(found.lines()) == pytest.approx(lines, rel=0.02, abs=90)


def test_something_is_sold_on_each_day(sales: Sales) -> None:
    days = sales.days()
    assert not [day for day in range(sales.end - YEARS, sales.end) if not days[day]]


def test_trade_has_seasons_and_weekdays(sales: Sales) -> None:
    days = range(FIRST_DAY - 2 * 365 - 1, FIRST_DAY)
    months, weekdays = sales.orders("month", days), sales.orders("weekday", days)
    assert sum(months[month] for month in (10, 11, 12)) > 1.2 * sum(months[m] for m in (1, 2, 3))
    assert min(weekdays[4], weekdays[5]) > 1.2 * max(weekdays[0], weekdays[6])


def test_each_channel_grows_from_year_to_year(sales: Sales) -> None:
    for channel in sales.baskets:
        for end in (sales.end, sales.end - 365):
            last, before = (sales.value(day - 365, day, channel) for day in (end, end - 365))
            assert 0 < last / before - 1 < 0.6, channel


@pytest.mark.parametrize("length", [28, 91])
def test_figures_against_last_year_are_plausible(sales: Sales, length: int) -> None:
    for end in range(sales.end, sales.end - YEARS + length, -length):
        last, before = (sales.value(day - length, day) for day in (end, end - 364))
        assert -0.3 < last / before - 1 < 0.6


def test_each_month_against_last_year_is_plausible(sales: Sales) -> None:
    starts = [date(2023 + month // 12, month % 12 + 1, 1).toordinal() for month in range(37)]
    months = [sales.value(*days) for days in pairwise(starts)]
    growth = [last / before - 1 for before, last in zip(months, months[12:], strict=False)]
    assert len(growth) == 24
    assert -0.3 < min(growth) < max(growth) < 0.6


def test_second_hand_pieces_are_sold_once_and_stock_a_few_times(sales: Sales) -> None:
    pieces = Counter(line.product for _, line in sales.lines() if not is_stock(line))
    assert set(pieces.values()) == {1}
    assert {line.quantity for _, line in sales.lines() if not is_stock(line)} == {1}
    assert len(pieces) > len(sales.lines()) / 4
    stock = Counter(line.product for _, line in sales.lines() if is_stock(line))
    assert stock.total() / len(stock) < 8
    assert max(stock.values()) < 60
    # a few never go out of fashion
    assert sum(count > 20 for count in stock.values()) < len(stock) / 50


def test_nothing_is_sold_before_it_is_listed(sales: Sales) -> None:
    assert all(day > sales.world.products.offer(line.product).listed for day, line in sales.lines())


def test_price_drops_are_followed_by_sales(sales: Sales) -> None:
    """Of pieces that get cheaper more are sold in the 14 days after a drop than before it."""
    after = before = 0
    for day, line in sales.lines():
        offer = sales.world.products.offer(line.product)
        if offer.is_reduced and not is_stock(line):
            since = day - offer.listed
            after += since >= DAYS_BETWEEN_DROPS and since % DAYS_BETWEEN_DROPS < 14
            before += since >= 14 and since % DAYS_BETWEEN_DROPS >= 14
    assert after > 1.5 * before


def test_no_customer_buys_all_the_time(sales: Sales) -> None:
    for channel in ("shop", "marketplace"):
        orders = Counter(basket.member for basket in sales.baskets[channel])
        assert max(orders.values()) <= 40, channel
        assert sum(count <= 3 for count in orders.values()) > len(orders) / 2, channel
