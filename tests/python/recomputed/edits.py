"""What happens to sources in the wild, for a demo world: all of it, or one thing alone."""

from collections.abc import Callable

from world import World

from recomputed.market_edits import Marketplace as Marketplace
from recomputed.shop_edits import AT_THE_SHOP, edit_shop
from recomputed.till_edits import AT_THE_TILL, edit_till

JUDGED = {
    "people say that two are one": (
        "insert into seeds.customer_match_overrides"
        " select 'shop:' || min(customer_id), 'shop:' || max(customer_id), 'match', 'tried'"
        " from raw_shop.customers"
    ),
    "people say that two are not one": (
        "insert into seeds.customer_match_overrides"
        " select 'shop:' || customer_id, 'catalog:' || customer_number, 'no_match', 'tried'"
        " from raw_shop.customers inner join raw_catalog.customers as members"
        " on lower(trim(customers.email)) = lower(trim(members.email))"
        " order by customer_id offset 1 limit 2"
    ),
}


def edit_people(world: World, only: str | None = None) -> None:
    """Let somebody judge who is one person, and who is not, or one of both."""
    for name, statement in JUDGED.items():
        if only in (None, name):
            assert world.connection.execute(statement).rowcount > 0


def edit_all(world: World) -> None:
    """Let happen everything, but for what the marketplace brings back later."""
    for edit in (edit_shop, edit_till, edit_people):
        edit(world)


def cut_prices(world: World) -> None:
    Marketplace(world).cut_prices()


def lose_product(world: World) -> None:
    Marketplace(world).lose_product()


# each edit by its name; those of one kind take their name, so as to be alone
ALONE: dict[str, Callable[[World], None]] = {
    **{
        name: lambda world, edit=edit, name=name: edit(world, name)
        for edit, names in ((edit_shop, AT_THE_SHOP), (edit_till, AT_THE_TILL),
                            (edit_people, JUDGED))
        for name in names
    },
    "prices are cut on the marketplace": cut_prices,
    "a product leaves the marketplace": lose_product,
}  # fmt: skip
