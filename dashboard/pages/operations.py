"""Operations: whether data is fresh, was loaded, is sound and agrees with its sources."""

import streamlit as st

from dashboard import charts
from dashboard.data import Read
from dashboard.figures import count
from dashboard.widgets import chart, heading, number, percent, some, table, tiles


def show(read: Read) -> None:
    """Draw the page."""
    heading("Operations", read)
    sources = some("Source", list(read("operation_options")["source_name"]))
    loads = read("loads", sources=sources)
    quality = read("quality", sources=sources)
    agreeing = read("reconciliation")
    tests = read("data_tests")
    bad_tests = tests[tests["verdict"] != "pass"]
    fresh = loads["hours_since_load"].max()
    tiles({
        "Tables loaded": (f"{(loads['last_status'] == 'loaded').sum()} of {len(loads)}", None,
                          "Raw tables whose last load succeeded."),
        "Oldest load": ("–" if loads.empty else f"{fresh:,.1f} h ago", None,
                        "How long ago the table was loaded that waits longest."),
        "Failures in 7 days": (count(loads["recent_failure_count"].sum()), None,
                               "Loads that failed, in the week up to the last load."),
        "In quarantine": (count(quality.loc[quality["issue"] == "quarantined", "affected_count"].sum()),
                          None, "Rows that broke their contract."),
        "Sources that agree": (f"{agreeing['is_reconciled'].sum()} of {len(agreeing)}", None,
                               "Lines, pieces and money of the source are those of the marts."),
        "Data tests passed": (f"{len(tests) - len(bad_tests):,} of {len(tests):,}", None,
                              "Each test at its last run."),
    })  # fmt: skip
    st.subheader("Loads", anchor=False)
    table(
        loads, source_name="Source", table_name="Table", last_status="Last load",
        last_loaded_at=st.column_config.DatetimeColumn("Ended, UTC", format="YYYY-MM-DD HH:mm",
                                                       timezone="UTC"),
        hours_since_load=number("Hours ago", "%.1f"), load_count=number("Loads"),
        recent_failure_count=number("Failed in 7 days"), rows_read=number("Read"),
        rows_loaded=number("Loaded"), rows_quarantined=number("Quarantined"),
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        quarantined = quality[quality["issue"] == "quarantined"]
        chart("Quarantine, by reason", quarantined.assign(
            why=quarantined["source_name"] + "." + quarantined["table_name"] + ": " + quarantined["reason"]
        ), lambda frame: charts.ranked(frame, "why", "affected_count", "rows"))  # fmt: skip
    with right:
        st.subheader("Lines with gaps in the marts", anchor=False)
        table(
            quality[quality["issue"] != "quarantined"], source_name="Source", issue="What is missing",
            affected_count=number("Lines"), row_count=number("Of"), affected_share=percent("Share"),
        )  # fmt: skip
    left, right = st.columns(2)
    with left:
        st.subheader("Sources against marts", anchor=False)
        table(
            agreeing, source_system="Source", is_reconciled="Agrees",
            source_line_count=number("Lines in the source"), mart_line_count=number("In the mart"),
            net_amount_difference=number("Money more in the mart"),
        )  # fmt: skip
    with right:
        st.subheader("Data tests that did not pass", anchor=False)
        if tests.empty:
            st.info("No verdicts yet: `dbt build` or `dbt test` writes them.")
        elif bad_tests.empty:
            st.success(f"All {len(tests):,} passed.")
        else:
            table(bad_tests, verdict="Verdict", test_name="Test", relation_name="Of",
                  failure_count=number("Rows"))  # fmt: skip
