"""The files that are written, as templates beside this; what dbt renders stays as it is there."""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.fork.names import staged_name

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
)


def quoted(text: str) -> str:
    """Return a text as YAML writes it inside of braces."""
    is_plain = re.fullmatch(r"[A-Za-z_./][A-Za-z0-9_./-]*", text)
    return text if is_plain else "'" + text.replace("'", "''") + "'"


_ENVIRONMENT.filters["quoted"] = quoted
_ENVIRONMENT.filters["staged"] = lambda column: staged_name(column.name, column.type)


def rendered(template: str, **values: Any) -> str:
    """Return a file's text, which ends with one line break.

    Args:
        template: name of the template.
        values: what stands in it.
    """
    return _ENVIRONMENT.get_template(f"{template}.j2").render(values).rstrip() + "\n"
