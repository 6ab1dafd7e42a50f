"""The sources of a demo world, for those who edit them."""

import psycopg
from psycopg.conninfo import make_conninfo
from world import World


def database(world: World, name: str) -> psycopg.Connection:
    """Connect to a source's database."""
    return psycopg.connect(make_conninfo(world.conninfo(), dbname=name), autocommit=True)
