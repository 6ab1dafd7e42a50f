"""The hostile inputs of hostile_inputs.yml."""

from pathlib import Path

import yaml

_GIVEN = yaml.safe_load(Path(__file__).with_name("hostile_inputs.yml").read_text(encoding="utf-8"))
# of the search, with what each takes
TEXTS = ("category", "brand", "size", "colour", "condition", "channel", "country")
OTHERS = ("mode", "sort", "name", "min_price", "max_price", "from", "to", "limit", "fold")


def _text(item: str | dict) -> str:
    return item if isinstance(item, str) else item["text"] * item["times"]


GROUPS = {name: [_text(item) for item in items] for name, items in _GIVEN["texts"].items()}
ALL = [text for texts in GROUPS.values() for text in texts]
UNFIT = [_text(item) for item in _GIVEN["unfit"]]
VARS = [(item["given"], item["says"]) for item in _GIVEN["vars"]]
