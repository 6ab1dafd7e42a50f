"""The library bm25s, as its documentation shows it, on texts and queries; run in `.venv-bench`.

Takes JSON with lists of `documents`, each a list of texts, and of `queries` from stdin. Prints for
each query the places of the documents that it finds, best first, under the name bm25s, as JSON.
"""

import json
import sys
from typing import Any


def main() -> int:
    """Run the command line."""
    import bm25s
    import Stemmer

    given = json.load(sys.stdin)
    depth = min(given["depth"], len(given["documents"]))

    def words(texts: list[str]) -> Any:
        stemmer = Stemmer.Stemmer("english")
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    ranking = bm25s.BM25(k1=1.5, b=0.75)
    ranking.index(words(list(map(" ".join, given["documents"]))), show_progress=False)
    found, _ = ranking.retrieve(words(given["queries"]), k=depth, show_progress=False)
    print(json.dumps({"bm25s": found.tolist()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
