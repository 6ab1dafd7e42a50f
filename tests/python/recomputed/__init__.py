"""The marts' figures once more, from the raw tables and the definitions alone, in Python.

Nothing here knows a model's SQL: raw tables are read column by column, and what a figure means is
taken from the descriptions in YAML. So a model that is wrong differs from it, and a description
that is wrong does, too.

The door is `Recomputed`: it looks at the raw tables after each load, as a build does, and names
the cells of the marts in which it gets another value.
"""

from recomputed.compared import Difference as Difference
from recomputed.recomputation import Recomputed as Recomputed
