"""The pages of the dashboard; started by `python -m apps.dashboard`."""

import sys
from functools import partial
from pathlib import Path

import streamlit as st

# Streamlit puts this file's folder on the path, the packages of the project are above it
if (project := str(Path(__file__).resolve().parents[2])) not in sys.path:
    sys.path.insert(0, project)

from apps.dashboard.page import draw
from apps.dashboard.views import customers, operations, orders, product, sales, search

ICONS = {sales: "payments", customers: "groups", product: "checkroom", orders: "receipt_long",
         search: "search",
         operations: "monitor_heart"}  # fmt: skip

# a file, for an icon by name would be fetched from another host
ICON = Path(__file__).with_name("icon.svg")
st.set_page_config(page_title="ThinkThrift", page_icon=str(ICON), layout="wide")
# the page begins at the top, and not an inch below
st.html("<style>[data-testid=stMainBlockContainer] {padding-top: 2.5rem}</style>")
pages = []
for module, icon in ICONS.items():
    name = module.__name__.rpartition(".")[2]
    pages.append(
        st.Page(
            partial(draw, module), title=name.capitalize(), icon=f":material/{icon}:",
            url_path=name, default=module is sales,
        )
    )  # fmt: skip
st.navigation(pages).run()
