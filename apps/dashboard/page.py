"""What is around every page: the warehouse, a cache of a minute, and a word where there is none."""

from types import ModuleType
from typing import Any

import pandas as pd
import streamlit as st

import warehouse
from apps.dashboard.data import NotReady, Read, reading


@st.cache_data(ttl=60, max_entries=500, show_spinner=False)
def _cached(_read: Read, place: str, name: str, values: dict[str, Any]) -> pd.DataFrame:
    """Return what a query gives, as it was a minute ago at most."""
    return _read(name, **values)


def draw(module: ModuleType) -> None:
    """Draw a page, or say what to do if there is nothing to show yet.

    Args:
        module: one of `dashboard.views`.
    """
    try:
        with reading() as read:
            place = warehouse.conninfo()
            module.show(lambda name, **values: _cached(read, place, name, values))
    except NotReady as reason:
        st.header("Nothing to show yet", anchor=False)
        st.info(str(reason), icon=":material/info:")
