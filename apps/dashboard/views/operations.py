"""Operations: whether data is fresh, was loaded, is sound and agrees with its sources."""

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import count
from apps.dashboard.widgets import (
    amount,
    chart,
    heading,
    number,
    percent,
    some,
    table,
    tiles,
    title,
)


def show(read: Read) -> None:
    """Draw the page."""
    heading("Operations", read)
    sources = some("Source", list(read("operation_options")["source_name"]))
    loads, quality = read("loads", sources=sources), read("quality", sources=sources)
    agreeing, tests = read("reconciliation"), read("data_tests")
    is_quarantined = quality["issue"] == "quarantined"
    quarantined, gaps = quality[is_quarantined].copy(), quality[~is_quarantined]
    failed = tests[tests["verdict"] != "pass"]
    oldest = loads["hours_since_load"].max()
    loaded = (loads["last_status"] == "loaded").sum()
    tiles(
        ("Tables loaded", f"{loaded} of {len(loads)}", "Raw tables whose last load succeeded."),
        ("Oldest load", "–" if pd.isna(oldest) else f"{oldest:,.1f} h ago", "Of all these tables."),
        ("Failed in 7 days", count(loads["recent_failure_count"].sum()), "To the last load."),
        ("In quarantine", count(quarantined["affected_count"].sum()), "Rows that broke theirs."),
        ("Sources agreeing", f"{agreeing['is_reconciled'].sum()} of {len(agreeing)}",
         "Lines, pieces and money of the source are those of the marts."),
        ("Tests passed", f"{len(tests) - len(failed):,} of {len(tests):,}", "At their last run."),
    )  # fmt: skip
    title("Loads")
    table(
        loads, source_name="Source", table_name="Table", last_status="Last load",
        last_loaded_at=st.column_config.DatetimeColumn("Ended, UTC", format="YYYY-MM-DD HH:mm"),
        hours_since_load=number("Hours ago", format="%.1f"), load_count=number("Loads"),
        recent_failure_count=number("Failed in 7 days"), rows_read=number("Read"),
        rows_loaded=number("Loaded"), rows_quarantined=number("Quarantined"),
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        names = ("source_name", "table_name", "reason")
        quarantined["why"] = [
            ": ".join(row) for row in zip(*map(quarantined.get, names), strict=True)
        ]
        chart("Quarantine, by reason", quarantined.head(15), charts.ranked,
              "why", "affected_count", "rows")  # fmt: skip
    with right:
        title("Lines with gaps in the marts")
        table(
            gaps, source_name="Source", issue="Gap",
            affected_count=number("Lines"), row_count=number("Of"), affected_share=percent("Share"),
        )  # fmt: skip
    left, right = st.columns(2)
    with left:
        title("Sources against marts")
        table(
            agreeing, source_system="Source", is_reconciled="Agrees",
            raw_line_count=number("Lines in the raw table"), mart_line_count=number("In the mart"),
            net_amount_difference=amount("Money more in the mart"),
        )  # fmt: skip
    with right:
        title("Data tests that did not pass")
        if tests.empty:
            st.info("No verdicts yet: `dbt build` or `dbt test` writes them.")
        elif failed.empty:
            st.success(f"All {len(tests):,} passed.")
        else:
            table(failed, verdict="Verdict", test_name="Test", relation_name="Of",
                  failure_count=number("Rows"))  # fmt: skip
