"""The right to be forgotten: a person is erased from the warehouse, and it is shown."""
