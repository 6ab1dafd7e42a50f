"""Members of the groups, and the commands that they run."""

import copy

from world import World

# pragma: allowlist nextline secret
PASSWORD = "not-a-secret"
MEMBERS = {
    "feeder": "loader", "builder": "transformer", "alice": "analyst", "bob": "analyst",
    "dashboard": "bi", "carol": "personal",
}  # fmt: skip


def acting(world: World, name: str, **environment: str) -> World:
    """Return the same world, whose commands run as another user."""
    other = copy.copy(world)
    user = {"PGUSER": name, "PGPASSWORD": PASSWORD}
    other.environment = {**world.environment, **user, **environment}
    # what dbt parsed for another is not taken
    other.environment.pop("DBT_PARTIAL_PARSE_FILE_PATH", None)
    return other
