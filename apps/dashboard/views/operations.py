"""Operations: whether data is fresh, was loaded, is sound and agrees with its sources."""

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import count, decimal
from apps.dashboard.filters import some
from apps.dashboard.widgets import (
    amount,
    chart,
    heading,
    number,
    percent,
    table,
    tenths,
    tiles,
    title,
)

# part of the page to which a tile leads
ANCHORS = {
    "Tables loaded": "loads", "Failed in 7 days": "loads", "In quarantine": "quarantine",
    "Sources agreeing": "sources", "Tests passed": "data-tests",
}  # fmt: skip


def show(read: Read) -> None:
    """Draw the page."""
    heading("Operations", read)
    sources = some("Source", list(read("operation_options")["source_name"]))
    loads, quality = read("loads", sources=sources), read("quality", sources=sources)
    agreeing, tests = read("sources"), read("data_tests")
    agreeing = agreeing[agreeing["source_name"].isin(sources)]
    is_quarantined = quality["issue"] == "quarantined"
    quarantined, gaps = quality[is_quarantined].copy(), quality[~is_quarantined]
    failed = tests[tests["verdict"] != "pass"]
    oldest = loads["hours_since_load"].max()
    loaded = (loads["last_status"] == "loaded").sum()
    links = {name: f"[{name}](#{anchor})" for name, anchor in ANCHORS.items()}
    tiles(
        (links["Tables loaded"], f"{loaded} of {len(loads)}", "Tables whose last load succeeded."),
        ("Oldest load", "–" if pd.isna(oldest) else f"{decimal(oldest)} h ago", "Of all tables."),
        (links["Failed in 7 days"], count(loads["recent_failure_count"].sum()), "Failed loads."),
        (links["In quarantine"], count(quarantined["affected_count"].sum()),
         "Rows that broke a rule of their contract."),
        (links["Sources agreeing"], f"{agreeing['is_agreeing'].sum()} of {len(agreeing)}",
         "Rows read, loaded and, of sales, in the marts are the same."),
        (links["Tests passed"], f"{count(len(tests) - len(failed))} of {count(len(tests))}",
         "At their last run."),
    )  # fmt: skip
    _tests(tests, failed)
    title("Quarantine")
    if quarantined.empty:
        st.success("No row is in quarantine.")
    else:
        _quarantine(quarantined)
    title("Loads")
    table(
        loads, source_name="Source", table_name="Table", last_status="Last load",
        last_loaded_at=st.column_config.DatetimeColumn("Ended, UTC", format="YYYY-MM-DD HH:mm"),
        hours_since_load=tenths("Hours ago"), load_count=number("Loads"),
        recent_failure_count=number("Failed in 7 days"), rows_read=number("Read"),
        rows_loaded=number("Loaded"), rows_quarantined=number("Quarantined"),
    )  # fmt: skip
    title("Sources")
    table(
        agreeing, source_name="Source", is_agreeing="Agrees", table_count=number("Tables"),
        rows_read=number("Read"), rows_loaded=number("Loaded"),
        rows_quarantined=number("Quarantined"), source_rows=number("Rows in the source"),
        raw_line_count=number("Sales lines loaded"), mart_line_count=number("In the mart"),
        rejected_line_count=number("Rejected"),
        net_amount_difference=amount("Difference (mart − source)"),
    )  # fmt: skip
    st.caption("Empty where a source does not count its rows, or has no sales.")
    title("Lines with gaps in the marts")
    table(
        gaps, source_name="Source", issue="Gap", affected_count=number("Lines"),
        row_count=number("Of"), affected_share=percent("Share"),
    )  # fmt: skip


def _quarantine(quarantined: pd.DataFrame) -> None:
    """Draw how many rows are in quarantine, by what they broke."""
    names = ("source_name", "table_name", "reason")
    why = [": ".join(row) for row in zip(*map(quarantined.get, names), strict=True)]
    left, right = st.columns(2)
    with left:
        named = quarantined.assign(why=why)
        chosen = chart("By reason", named.head(15), charts.ranked, "why", "affected_count", "rows",
                       key="reasons", leads="a bar to see where its rows are")  # fmt: skip
    with right:
        title("All reasons")
        table(
            quarantined, source_name="Source", table_name="Table", reason="Reason",
            affected_count=number("Rows"), row_count=number("Of"),
        )  # fmt: skip
        st.caption(
            "See the rows with `python -m ingest quarantine list`. Correct the contract or the"
            " source, then load them with `python -m ingest quarantine replay`."
        )
    if chosen and not (row := named[named["why"] == chosen["why"]]).empty:
        of = f"{row['source_name'].iloc[0]}.{row['table_name'].iloc[0]}"
        title(f"Quarantine: {chosen['why']}")
        st.markdown(
            f"{count(row['affected_count'].iloc[0])} rows. They may hold personal data, so they are"
            f" shown on the command line only: `python -m ingest quarantine list {of}`"
        )


def _tests(tests: pd.DataFrame, failed: pd.DataFrame) -> None:
    """Draw the data tests that did not pass at their last run."""
    title("Data tests")
    if tests.empty:
        st.info("No results yet: `dbt build` or `dbt test` writes them.")
    elif failed.empty:
        st.success(f"All {count(len(tests))} passed.")
    else:
        table(failed, verdict="Result", test_name="Test", relation_name="Of",
              column_name="Column", failure_count=number("Rows"))  # fmt: skip
