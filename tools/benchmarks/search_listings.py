"""A judged collection of listings, in English and German, with grades that follow from rules.

Each query asks for a garment and some of its colour, brand, size and style. A listing in the
query's language is judged 3 if it is all that was asked for, 2 if one thing differs, 1 if more do;
another garment is not what was looked for. The words are those of the sample data.
"""

import random
from typing import NamedTuple

from tools.demo import words

GERMAN_NOUNS = (
    "Jeansjacke", "Lederjacke", "Regenmantel", "Wollmantel", "Trenchcoat", "Jeans", "Cordhose",
    "Chinohose", "Faltenrock", "Jeansrock", "Sommerkleid", "Seidenkleid", "T-Shirt", "Seidenbluse",
    "Flanellhemd", "Poloshirt", "Wollpullover", "Kaschmirjacke", "Kapuzenpullover", "Turnschuhe",
    "Stiefeletten", "Slipper", "Ledergürtel", "Seidenschal", "Schultertasche", "Rucksack",
)  # fmt: skip
GERMAN_COLOURS = (
    "schwarz", "weiß", "marine", "blau", "rot", "grün", "beige", "braun", "grau", "rosa", "senf",
    "weinrot",
)  # fmt: skip
LANGUAGES = {
    "en": (
        [item[0] for item in words.ITEMS],
        words.COLOURS,
        "{style} {noun} by {brand} in {colour}",
    ),
    "de": (GERMAN_NOUNS, GERMAN_COLOURS, "{style} {noun} von {brand} in {colour}"),
}
ASPECTS = ("colour", "brand", "size", "style")


class Look(NamedTuple):
    """What a listing shows."""

    language: str
    noun: str
    colour: str
    brand: str
    size: str
    style: str


def draw_look(draw: random.Random) -> Look:
    """Return what one listing shows."""
    language = draw.choice(list(LANGUAGES))
    nouns, colours, _ = LANGUAGES[language]
    known = (nouns, colours, words.BRANDS, words.SIZES, words.STYLES)
    return Look(language, *map(draw.choice, known))


def listing(look: Look, draw: random.Random) -> dict[str, str]:
    """Return a listing's fields; some titles leave things out, as people's do."""
    told = [look.style, look.colour, look.noun, look.brand, look.size]
    title = [one for one in told if one == look.noun or draw.random() < 0.8]
    text = LANGUAGES[look.language][2].format_map(look._asdict())
    return {
        "title": " ".join(title),
        "description": f"{text}, {look.size}. {draw.choice(words.REMARKS)}",
        "brand": look.brand,
        "colour": look.colour,
        "size": look.size,
    }


def asked(look: Look, draw: random.Random) -> dict[str, str]:
    """Return which of its looks somebody asks for who looks for such a listing."""
    others = draw.sample(ASPECTS, draw.randint(1, len(ASPECTS)))
    return {"noun": look.noun} | {name: getattr(look, name) for name in others}


def grade(wanted: dict[str, str], language: str, look: Look) -> int:
    """Return how well a listing is what was asked for, from 0 to 3."""
    if look.language != language or look.noun != wanted["noun"]:
        return 0
    missing: int = sum(getattr(look, name) != value for name, value in wanted.items())
    return max(1, 3 - missing)


def collection(
    listings: int, queries: int, draw: random.Random
) -> tuple[dict[int, dict[str, str]], dict[int, str], dict[int, dict[int, int]]]:
    """Return listings and queries by number, and the grades of what each query is to find."""
    looks = {number: draw_look(draw) for number in range(1, listings + 1)}
    texts, grades = {}, {}
    for query in range(1, queries + 1):
        look = draw.choice(list(looks.values()))
        wanted = asked(look, draw)
        told = list(wanted.values())
        draw.shuffle(told)
        texts[query] = " ".join(told)
        judged = {number: grade(wanted, look.language, one) for number, one in looks.items()}
        grades[query] = {number: one for number, one in judged.items() if one}
    return {number: listing(look, draw) for number, look in looks.items()}, texts, grades
