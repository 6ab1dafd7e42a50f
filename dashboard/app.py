"""The pages of the dashboard; started by `python -m dashboard`."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import streamlit as st

# Streamlit puts this file's folder on the path, the packages of the project are above it
if (project := str(Path(__file__).resolve().parents[1])) not in sys.path:
    sys.path.insert(0, project)

from dashboard.data import NotReady, Read, reading
from dashboard.views import customers, operations, product, sales, search
from ingest import warehouse

ICONS = {sales: "payments", customers: "groups", product: "checkroom", search: "search",
         operations: "monitor_heart"}  # fmt: skip


@st.cache_data(ttl=60, max_entries=500, show_spinner=False)
def _cached(_read: Read, place: str, name: str, values: dict) -> pd.DataFrame:
    """Return what a query gives, as it was a minute ago at most."""
    return _read(name, **values)


def _page(module: ModuleType) -> Callable[[], None]:
    def show() -> None:
        try:
            with reading() as read:
                place = warehouse.conninfo()
                module.show(lambda name, **values: _cached(read, place, name, values))
        except NotReady as reason:
            st.header("Nothing to show yet", anchor=False)
            st.info(str(reason), icon=":material/info:")

    return show


st.set_page_config(page_title="ThinkThrift", page_icon=":material/recycling:", layout="wide")
# the page begins at the top, and not an inch below
st.html("<style>[data-testid=stMainBlockContainer] {padding-top: 2.5rem}</style>")
st.navigation(
    [
        st.Page(
            _page(module), title=(title := module.__name__.split(".")[-1]).capitalize(),
            icon=f":material/{icon}:", url_path=title, default=module is sales,
        )
        for module, icon in ICONS.items()
    ]
).run()  # fmt: skip
