"""How good the search's ranking is: on the Cranfield collection, and with typing errors in it.

The project's own macros index and rank it, in a server of their own. Writes search.md and
search.json; exit code 1 when a figure is below its limit. The collection is found by --cranfield
or the variable CRANFIELD: a folder with cran.all.1400, cran.qry and QRelsCorrectedforTRECeval.
"""

import argparse
import math
import os
import random
import re
import string
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import psycopg

from tools.benchmarks import common
from tools.benchmarks.search_engine import Engine

# figures that the library bm25s reaches on the same collection, and the share of the clean score
# that is to be left when each query has one typing error
LIMITS = {"NDCG@10": 0.523, "MAP": 0.426, "NDCG@10 with typing errors": 0.9}
DEPTH = 1000


def read_records(path: Path) -> dict[int, dict[str, str]]:
    """Return the records of a file of the collection by their place in it, each by its marks."""
    records = {}
    for place, record in enumerate(re.split(r"^\.I .*\n", path.read_text(), flags=re.M)[1:], 1):
        parts = re.split(r"^\.([A-Z])\n", record, flags=re.M)[1:]
        records[place] = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    return records


def read_judgements(path: Path) -> dict[int, set[int]]:
    """Return which documents each query is to find: those that were judged at all."""
    judged: dict[int, set[int]] = {}
    for line in path.read_text().splitlines():
        query, _, document, grade = map(int, line.split())
        if grade > 0:
            judged.setdefault(query, set()).add(document)
    return judged


def mistyped(text: str, draw: random.Random) -> str:
    """Return a text with one sign of a longer word left out, put in, changed or swapped."""
    words = text.split()
    places = [place for place, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if not places:
        return text
    place = draw.choice(places)
    word = words[place]
    sign = draw.randrange(1, len(word) - 1)
    other = draw.choice(string.ascii_lowercase)
    words[place] = draw.choice(
        (
            word[:sign] + word[sign + 1 :],
            word[:sign] + other + word[sign:],
            word[:sign] + other + word[sign + 1 :],
            word[:sign] + word[sign + 1] + word[sign] + word[sign + 2 :],
        )
    )
    return " ".join(words)


def ndcg(found: list[int], wanted: set[int]) -> float:
    """Return NDCG@10 with gains of 0 or 1 and a discount by log2."""
    gains = [1 / math.log2(rank + 1) for rank, one in enumerate(found[:10], 1) if one in wanted]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(wanted)) + 1))
    return sum(gains) / ideal


def average_precision(found: list[int], wanted: set[int]) -> float:
    """Return the mean, over what is wanted, of the precision at the rank at which it is found."""
    hits = [rank for rank, one in enumerate(found, 1) if one in wanted]
    return sum(number / rank for number, rank in enumerate(hits, 1)) / len(wanted)


def index(engine: Engine, documents: dict[int, dict[str, str]]) -> None:
    """Index titles and texts, and take their lengths for the typical ones."""
    engine.fill(
        "listing_key, product_id, title, description",
        ((number, str(number), one["T"], one["W"]) for number, one in documents.items()),
    )
    engine.build()
    # the project's seed states those of listings
    with psycopg.connect(autocommit=True) as connection:
        connection.execute(
            "update seeds.search_fields as fields"
            " set typical_length = greatest(1, word_count / cast(document_count as float8))"
            " from search.search_field_lengths as lengths where fields.field = lengths.field"
        )
    engine.build("search_postings", full_refresh=True)


def rank(engine: Engine, queries: dict[int, str]) -> dict[int, list[int]]:
    """Return the documents that queries find, best first."""
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("truncate search.requests")
        connection.cursor().executemany(
            "insert into search.requests (search_name, search_terms, result_limit)"
            f" values (%s, %s, {DEPTH})",
            [(str(number), text) for number, text in queries.items()],
        )
        found: dict[int, list[int]] = {number: [] for number in queries}
        for name, document in connection.execute(
            f"select search_name, product_id from ({engine.score}) as found"
            " order by search_name, search_rank"
        ):
            found[int(name)].append(int(document))
    return found


def judge(found: dict[int, list[int]], judged: dict[int, set[int]]) -> tuple[float, float]:
    """Return the means of both measures over the queries."""
    return (
        mean(ndcg(documents, judged[query]) for query, documents in found.items()),
        mean(average_precision(documents, judged[query]) for query, documents in found.items()),
    )


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        "| {name} | {reached:.4f} | {limit} | {verdict} |".format(**one)
        for one in results["verdicts"]
    )
    return f"""# Relevance of the search

Made by `make bench-search` with the project's own models and macros on the Cranfield collection,
1,400 abstracts and 225 questions; every judged document counts as relevant. The last row is the
share of the clean NDCG@10 that is left when one word of each query is mistyped.

{common.listed(results["machine"])}

| measure | reached | at least | |
|---|--:|--:|---|
{rows}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.search", description=__doc__)
    parser.add_argument("--cranfield", type=Path, default=os.environ.get("CRANFIELD"))
    parser.add_argument("--seed", type=int, default=1, help="of the typing errors")
    common.add_options(parser)
    given = parser.parse_args()
    if not given.cranfield:
        parser.error("name the collection's folder by --cranfield or the variable CRANFIELD")
    documents = read_records(given.cranfield / "cran.all.1400")
    questions = read_records(given.cranfield / "cran.qry")
    queries = {number: one["W"] for number, one in questions.items()}
    judged = read_judgements(given.cranfield / "QRelsCorrectedforTRECeval")
    draw = random.Random(given.seed)
    with common.arena() as folder:
        engine = Engine(folder)
        index(engine, documents)
        clean = judge(rank(engine, queries), judged)
        wrong = {number: mistyped(text, draw) for number, text in queries.items()}
        typed = judge(rank(engine, wrong), judged)
        reached = dict(zip(LIMITS, (*clean, typed[0] / clean[0]), strict=True))
        verdicts = [
            {"name": name, "reached": value, "limit": LIMITS[name]}
            | {"verdict": "pass" if value >= LIMITS[name] else "FAIL"}
            for name, value in reached.items()
        ]
        results = {"machine": common.machine(), "verdicts": verdicts}
    return common.publish("search", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
