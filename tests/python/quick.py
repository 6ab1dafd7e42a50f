"""A quicker start of dbt in the tests' own processes; what it does is the same.

At each start dbt looks through the whole call stack, once for each of its behaviour flags, for the
name of the module that declares it: half a second below pytest, for a name that no test reads.
"""

from dbt_common.behavior_flags import BehaviorFlagRendered

BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")
