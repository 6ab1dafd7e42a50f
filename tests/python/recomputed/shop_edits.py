"""What happens to the shop in the wild: each edit on an order of its own."""

from world import World

from recomputed.sources import database

# by what happens: of an order, and its first line, that nothing else here touches
AT_THE_SHOP = {
    "an order is deleted": (
        "delete from order_items where order_id = {order};"
        " delete from orders where order_id = {order}"
    ),
    "one line of an order is deleted": "delete from order_items where order_item_id = {item}",
    "all of an order comes back on one day, a line of it an hour later": (
        "update orders set shipping_amount = 4.90, {now} where order_id = {order};"
        "update order_items set returned_at = (select date_trunc('day', ordered_at) + '130 hours'"
        " from orders where order_id = {order}), {now} where order_id = {order};"
        "update order_items set returned_at = returned_at + '1 hour'"
        " where order_item_id = {item}"
    ),
    "the quantity is 0": "update order_items set quantity = 0, {now} where order_item_id = {item}",
    "the price is negative": (
        "update order_items set unit_price = -5, {now} where order_item_id = {item}"
    ),
    "the price is missing": (
        "update order_items set unit_price = null, {now} where order_item_id = {item}"
    ),
    "the discount is more than the price": (
        "update order_items set discount_amount = 1000000, {now} where order_item_id = {item}"
    ),
    "it is returned before the sale": (
        "update order_items set returned_at = '2012-01-01', {now} where order_item_id = {item}"
    ),
    "it is returned ahead of time": (
        "update order_items set returned_at = now() + '2 years', {now} where order_item_id = {item}"
    ),
    "an order is dated ahead": (
        "update orders set ordered_at = now() + '2 years', {now} where order_id = {order}"
    ),
    "an order is dated before the calendar": (
        "update orders set ordered_at = '1999-12-31 10:00+00', {now} where order_id = {order}"
    ),
    "the discount is negative": (
        "update order_items set discount_amount = -1, {now} where order_item_id = {item}"
    ),
    "the shipping is negative": (
        "update orders set shipping_amount = -4.90, {now} where order_id = {order}"
    ),
    "the currency is a sign": (
        "update orders set currency_code = '€', {now} where order_id = {order}"
    ),
    "an order is dated long ago": (
        "update orders set ordered_at = '2014-03-01 10:00+00', {now} where order_id = {order}"
    ),
    # guests of whom nothing else is known, just out of the last twelve months and just in
    "it is sold at 00:30 local on 1 January": (
        "update orders set ordered_at = '2025-01-01 00:30+01', customer_id = null,"
        " customer_email = 'out@example.org', {now} where order_id = {order}"
    ),
    "it is sold an hour later": (
        "update orders set ordered_at = '2025-01-01 01:30+01', customer_id = null,"
        " customer_email = 'in@example.org', {now} where order_id = {order}"
    ),
    "it is sold at 00:30 local on the first day of the financial year": (
        "update orders set ordered_at = '2025-04-01 00:30+02', {now} where order_id = {order}"
    ),
    "it is sold on the day that has 23 hours": (
        "update orders set ordered_at = '2025-03-30 00:30+01', {now} where order_id = {order}"
    ),
    "it is sold on the day that has 25 hours": (
        "update orders set ordered_at = '2025-10-26 23:30+01', {now} where order_id = {order}"
    ),
    "it is cancelled after a return": (
        "update order_items set returned_at = (select ordered_at + '5 days' from orders"
        " where order_id = {order}), {now} where order_item_id = {item};"
        "update orders set status = 'cancelled', {now} where order_id = {order}"
    ),
    "the customer pays in a second currency": (
        "update orders set currency_code = 'CHF', {now} where order_id = {order}"
    ),
    "the order is missing": "delete from orders where order_id = {order}",
    "two accounts take one address": (
        "update customers set email = (select email from customers where customer_id = 10003),"
        " {now} where customer_id = 10007"
    ),
    "two accounts share a telephone": (
        "update customers set phone = '+49 (0)30 5550001', {now}"
        " where customer_id in (10010, 10011)"
    ),
    "an account has the telephone of a till's customer": (
        "update customers set phone = '+49 30/555 0002', {now} where customer_id = 10012"
    ),
    "a telephone would make two accounts one": (
        "update customers set phone = '0049 30 5550003', {now} where customer_id = 10013;"
        "update customers set email = 'Two <two@example.org>', phone = null, {now}"
        " where customer_id = 10014"
    ),
    "accounts move to another country": (
        "update customers set country_code = 'Norway', {now} where customer_id % 3 = 0"
    ),
    "an account is deleted": (
        "delete from customers where customer_id = (select customer_id from orders"
        " where order_id = {order})"
    ),
    "a unit is listed twice": (
        "insert into inventory_levels (sku, title, category, unit_price, currency_code,"
        " quantity_on_hand, reorder_point, updated_at) select sku || '-B', title, category,"
        " unit_price, currency_code, 1, 0, now() from inventory_levels order by sku limit 1"
    ),
}
UNTOUCHED = """
select order_id, min(order_item_id)
from order_items inner join orders using (order_id) inner join customers using (customer_id)
group by order_id
having bool_and(returned_at is null and status in ('paid', 'shipped', 'delivered'))
order by count(*) desc, order_id desc
"""


def edit_shop(world: World, only: str | None = None) -> None:
    """Let happen to the shop what AT_THE_SHOP names, or one thing of it."""
    with database(world, "demo_shop") as shop:
        orders = shop.execute(UNTOUCHED).fetchmany(len(AT_THE_SHOP))
        for (order, item), (name, edit) in zip(orders, AT_THE_SHOP.items(), strict=True):
            for statement in edit.split(";") if only in (None, name) else ():
                done = shop.execute(
                    statement.format(order=order, item=item, now="updated_at = now()")
                )
                assert done.rowcount > 0, statement
