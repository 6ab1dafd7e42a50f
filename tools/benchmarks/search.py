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
from pathlib import Path
from statistics import mean
from typing import Any

import psycopg

from tools.benchmarks import common
from tools.benchmarks.search_engine import Engine

RIVAL = Path(".venv-bench") / "bin" / "python"
MEASURES = ("NDCG@10", "MAP")
# by mode, how many times what bm25s reaches; and the share of its own score that a mode keeps when
# each query has one typing error
LIMITS = {"auto": (1.01, 1.03), "broad": (1.03, 1.07)}
MISTYPED_LIMIT = 0.97
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
    """Index titles and texts."""
    engine.fill(
        "listing_key, product_id, title, description",
        ((number, str(number), one["T"], one["W"]) for number, one in documents.items()),
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
            f"select search_name, product_id from ({engine.score}) as found"
            " order by search_name, search_rank"
        ):
            found[int(name)].append(int(document))
    return found


def rival(documents: dict[int, dict[str, str]], queries: dict[int, str]) -> dict[int, list[int]]:
    """Return the documents that bm25s finds, best first."""
    numbers = list(documents)
    given = {
        "documents": [f"{one['T']} {one['W']}" for one in documents.values()],
        "queries": list(queries.values()),
        "depth": DEPTH,
    }
    command = (common.HERE.parents[1] / RIVAL, common.HERE / "search_rival.py")
    found: Any = common.run(*command, given=json.dumps(given).encode())
    return {
        query: [numbers[place] for place in places]
        for query, places in zip(queries, found, strict=True)
    }


def judge(found: dict[int, list[int]], judged: dict[int, set[int]]) -> tuple[float, float]:
    """Return the means of both measures over the queries."""
    return (
        mean(ndcg(documents, judged[query]) for query, documents in found.items()),
        mean(average_precision(documents, judged[query]) for query, documents in found.items()),
    )


def facts(
    clean: dict[str, tuple[float, float]], typed: dict[str, tuple[float, float]]
) -> list[dict[str, Any]]:
    """Compare each mode with bm25s, and what it finds mistyped with what it finds.

    Args:
        clean: both measures by mode, and of bm25s.
        typed: both measures by mode, where each query has a typing error.
    """
    rows = []
    for mode, limits in LIMITS.items():
        for place, measure in enumerate(MEASURES):
            compared = {"ours": clean[mode][place], "other": clean["bm25s"][place]}
            rows.append({"name": f"{measure}, {mode}", "limit": limits[place], **compared})
        for place, measure in enumerate(MEASURES):
            compared = {"ours": typed[mode][place], "other": clean[mode][place]}
            name = f"{measure}, {mode}, mistyped against clean"
            rows.append({"name": name, "limit": MISTYPED_LIMIT, **compared})
    for row in rows:
        row["ratio"] = row["ours"] / row["other"]
        row["verdict"] = "pass" if row["ratio"] >= row["limit"] else "FAIL"
    return rows


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        "| {name} | {ours:.4f} | {other:.4f} | {ratio:.3f} | {limit} | {verdict} |".format(**one)
        for one in results["verdicts"]
    )
    return f"""# Relevance of the search

Made by `make bench-search` with the project's own models and macros, as shipped, on the Cranfield
collection, 1,400 abstracts and 225 questions; every judged document counts as relevant. The other
is the library bm25s on the same texts, with its stop words and PyStemmer, k1 1.5 and b 0.75; of
mistyped queries, one word in each, it is what the same mode reaches with clean ones.

{common.listed(results["machine"])}

| measure and mode | ours | the other | ratio | at least | |
|---|--:|--:|--:|--:|---|
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
    wrong = {number: mistyped(text, draw) for number, text in queries.items()}
    with common.arena() as folder:
        engine = Engine(folder)
        index(engine, documents)
        clean = {mode: judge(rank(engine, queries, mode), judged) for mode in LIMITS}
        clean["bm25s"] = judge(rival(documents, queries), judged)
        typed = {mode: judge(rank(engine, wrong, mode), judged) for mode in LIMITS}
        results = {"machine": common.machine(), "verdicts": facts(clean, typed)}
    return common.publish("search", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
