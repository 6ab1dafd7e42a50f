"""The pages as they are served: app.py behind the guard; `streamlit run` finds `app` here."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from apps.guard import Guard

app = App(Path(__file__).with_name("app.py"), middleware=[Middleware(Guard)])
