"""What sqlfluff puts in the place of the macros of dbt_utils, so that it needs no package."""


def generate_surrogate_key(columns: list[str]) -> str:
    """Return some text made of all columns."""
    return f"md5(concat_ws('-', {', '.join(columns)}))"


def date_spine(datepart: str, start_date: str, end_date: str) -> str:
    """Return a select with the spine's one column."""
    return f"select {start_date} as date_{datepart}"
