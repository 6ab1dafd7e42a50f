"""How good the search's ranking is beside bm25s: on the Cranfield collection, also mistyped.

The project's own macros index and rank it as shipped, in a server of their own. Writes search.md
and search.json; exit code 1 when a figure is below its limit. The collection is found by
--cranfield or the variable CRANFIELD: a folder with cran.all.1400, cran.qry and
QRelsCorrectedforTRECeval.
"""

import argparse
import json
import math
import os
import random
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import psycopg

from tools.benchmarks import common
from tools.benchmarks.search_engine import FOUND, Engine
from tools.benchmarks.search_listings import collection

RIVAL = Path(".venv-bench") / "bin" / "python"
LISTINGS, QUERIES = 3000, 200
MEASURES = ("NDCG@10", "MAP")
# by collection and mode, how many times what bm25s reaches
LIMITS: dict[str, dict[str, tuple[float, float]]] = {
    "Cranfield": {"auto": (1.01, 1.03), "broad": (1.03, 1.07)},
    "listings": {"auto": (1, 1), "broad": (1, 1)},
}
# the share of its own score that a mode keeps when each query has one typing error
MISTYPED_LIMITS = {"Cranfield": 0.97, "listings": 0.9}
DEPTH = 1000
Texts = dict[int, dict[str, str]]
Grades = dict[int, dict[int, int]]
Found = dict[str, dict[int, list[int]]]


def read_records(path: Path) -> Texts:
    """Return the records of a file of the collection by their place in it, each by its marks."""
    records = {}
    for place, record in enumerate(re.split(r"^\.I .*\n", path.read_text(), flags=re.M)[1:], 1):
        parts = re.split(r"^\.([A-Z])\n", record, flags=re.M)[1:]
        records[place] = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    return records


def read_judgements(path: Path) -> Grades:
    """Return which documents each query is to find: those that were judged at all, with grade 1."""
    judged: Grades = {}
    for line in path.read_text().splitlines():
        query, _, document, grade = map(int, line.split())
        if grade > 0:
            judged.setdefault(query, {})[document] = 1
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


def ndcg(found: list[int], grades: dict[int, int]) -> float:
    """Return NDCG@10 with gains of 2 to the power of the grade, less 1, and a discount by log2."""

    def gain(ranked: list[int]) -> float:
        return sum(
            ((1 << one) - 1) / math.log2(rank + 1) for rank, one in enumerate(ranked[:10], 1)
        )

    return gain([grades.get(one, 0) for one in found]) / gain(sorted(grades.values())[::-1])


def average_precision(found: list[int], grades: dict[int, int]) -> float:
    """Return the mean, over what has the best grade, of the precision at the rank of each."""
    wanted = {one for one, grade in grades.items() if grade == max(grades.values())}
    hits = [rank for rank, one in enumerate(found, 1) if one in wanted]
    return sum(number / rank for number, rank in enumerate(hits, 1)) / len(wanted)


def index(engine: Engine, documents: Texts) -> None:
    """Index documents, each a mapping of the search's fields to texts."""
    fields = list(next(iter(documents.values())))
    engine.fill(
        ", ".join(["listing_key", "product_id", *fields]),
        ((number, str(number), *map(one.get, fields)) for number, one in documents.items()),
    )
    engine.build()


def rank(engine: Engine, queries: dict[int, str], mode: str = "auto") -> dict[int, list[int]]:
    """Return the documents that queries find in a mode, best first."""
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("truncate search.requests")
        connection.cursor().executemany(
            "insert into search.requests (search_name, search_terms, search_mode, result_limit)"
            f" values (%s, %s, %s, {DEPTH})",
            [(str(number), text, mode) for number, text in queries.items()],
        )
        found: dict[int, list[int]] = {number: [] for number in queries}
        for name, document in connection.execute(
            f"select search_name, product_id from ({FOUND}) as found"
            " order by search_name, search_rank"
        ):
            found[int(name)].append(int(document))
    return found


def beside(program: str, documents: Texts, queries: dict[int, str], **given: Any) -> Found:
    """Return by step or library the documents that a program in `.venv-bench` finds, best first."""
    given |= {
        "documents": [list(one.values()) for one in documents.values()],
        "queries": list(queries.values()),
        "depth": DEPTH,
    }
    command = (common.HERE.parents[1] / RIVAL, common.HERE / program)
    answers: Any = common.run(*command, given=json.dumps(given).encode())
    numbers = list(documents)
    return {
        name: {
            query: [numbers[place] for place in places]
            for query, places in zip(queries, found, strict=True)
        }
        for name, found in answers.items()
    }


def judge(found: dict[int, list[int]], judged: Grades) -> tuple[float, ...]:
    """Return the means of both measures over the queries."""
    return tuple(
        mean(measure(documents, judged[query]) for query, documents in found.items())
        for measure in (ndcg, average_precision)
    )


def cranfield(folder: Path) -> tuple[Texts, dict[int, str], Grades]:
    """Return documents, queries and grades of the collection in a folder."""
    documents = {
        number: {"title": one["T"], "description": one["W"]}
        for number, one in read_records(folder / "cran.all.1400").items()
    }
    queries = {number: one["W"] for number, one in read_records(folder / "cran.qry").items()}
    return documents, queries, read_judgements(folder / "QRelsCorrectedforTRECeval")


def compare(
    name: str, documents: Texts, queries: dict[int, str], judged: Grades, draw: random.Random
) -> Iterator[dict[str, Any]]:
    """Compare each mode with bm25s on a collection, and mistyped queries with clean ones."""
    wrong = {number: mistyped(text, draw) for number, text in queries.items()}
    others = judge(beside("search_rival.py", documents, queries)["bm25s"], judged)
    with common.arena() as folder:
        engine = Engine(folder)
        index(engine, documents)
        for mode, limits in LIMITS[name].items():
            clean = judge(rank(engine, queries, mode), judged)
            typed = judge(rank(engine, wrong, mode), judged)
            least = [MISTYPED_LIMITS[name]] * len(MEASURES)
            for what, found, set_against, bounds in (
                ("", clean, others, limits),
                (", mistyped", typed, clean, least),
            ):
                for row in zip(MEASURES, found, set_against, bounds, strict=True):
                    measure, ours, other, limit = row
                    yield {
                        "name": f"{name}, {mode}{what}: {measure}",
                        "ours": ours,
                        "other": other,
                        "ratio": ours / other,
                        "limit": limit,
                        "verdict": "pass" if ours / other >= limit else "FAIL",
                    }


def steps(documents: Texts, queries: dict[int, str], judged: Grades) -> dict[str, list[float]]:
    """Return what each step of the ranking reaches, tried in memory, and bm25s first."""
    words = " ".join(queries.values()).lower().split()
    with psycopg.connect() as connection:
        query = (
            "select word from unnest(cast(%s as text[])) as typed (word)"
            " where ts_lexize('pg_catalog.english_stem', word) = cast('{}' as text[])"
        )
        stop_words = [word for (word,) in connection.execute(query, (sorted(set(words)),))]
    found = beside("search_rival.py", documents, queries)
    found |= beside("search_steps.py", documents, queries, stop_words=stop_words)
    return {name: list(judge(ranked, judged)) for name, ranked in found.items()}


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        "| {name} | {ours:.4f} | {other:.4f} | {ratio:.3f} | {limit} | {verdict} |".format(**one)
        for one in results["verdicts"]
    )
    lines = []
    for name, reached in results["steps"].items():
        shares = [
            one / other for one, other in zip(reached, results["steps"]["bm25s"], strict=True)
        ]
        cells = [name, *(f"{one:.4f}" for one in reached), *(f"{one:.3f}" for one in shares)]
        lines.append(f"| {' | '.join(cells)} |")
    steps = "\n".join(lines)
    return f"""# Relevance of the search

Made by `make bench-search` with the project's own models and macros, as shipped. Cranfield has
1,400 abstracts and 225 questions; every judged document counts as relevant. The listings are
{LISTINGS:,}, in English and German, made of the sample data's words, with {QUERIES} queries and
grades by rule; for MAP those count that are all that was asked for. The other is the library bm25s
on the same texts, with its stop words and PyStemmer, k1 1.5 and b 0.75; of mistyped queries, one
word in each, it is what the same mode reaches with clean ones.

{common.listed(results["machine"])}

| collection, mode: measure | ours | the other | ratio | at least | |
|---|--:|--:|--:|--:|---|
{rows}

## What each step brings

Tried on Cranfield by `tools/benchmarks/search_steps.py`, a ranking in memory, before it is built.

| step | NDCG@10 | MAP | NDCG@10 of bm25s | MAP of bm25s |
|---|--:|--:|--:|--:|
{steps}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.search", description=__doc__)
    parser.add_argument("--cranfield", type=Path, default=os.environ.get("CRANFIELD"))
    parser.add_argument("--seed", type=int, default=1, help="of listings and typing errors")
    common.add_options(parser)
    given = parser.parse_args()
    if not given.cranfield:
        parser.error("name the collection's folder by --cranfield or the variable CRANFIELD")
    draw = random.Random(given.seed)
    judged = cranfield(given.cranfield)
    verdicts = [
        *compare("Cranfield", *judged, draw),
        *compare("listings", *collection(LISTINGS, QUERIES, draw), draw),
    ]
    with common.arena():
        results = {"machine": common.machine(), "verdicts": verdicts, "steps": steps(*judged)}
    return common.publish("search", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
