"""What each step of the ranking brings, those left out included; run in `.venv-bench`.

A ranking of its own, in memory, so that a step is tried before it is built. Takes JSON with
`documents` (of two texts each), `queries` and `stop_words` from stdin, and prints, for each step
beginning with the plainest, its name and the places of the documents by query, as JSON.
"""

import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

WEIGHTS, NORMALISATIONS = (3, 1), (0.5, 0.75)
GAP = 100  # between the fields
Scores = dict[int, float]
Terms = Mapping[str, float]


class Ranking:
    """BM25F over documents of two fields, with the figures of `seeds/search_fields.csv`."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Take the documents apart."""
        import Stemmer

        self.stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
        self.stop_words = set(given["stop_words"])
        self.fields = [[self.words(text) for text in texts] for texts in given["documents"]]
        self.impacts: dict[float, dict[str, Scores]] = {}
        self.places: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        forms: Counter[str] = Counter()
        for document, texts in enumerate(self.fields):
            place = 0
            for text in texts:
                for word in text:
                    place += 1
                    self.places[self.stem(word)][document].append(place)
                place += GAP
            forms.update({word for text in texts for word in text})
        self.frequency = {term: len(found) for term, found in self.places.items()}
        self.summed_frequency: Counter[str] = Counter()
        for word, count in forms.items():
            self.summed_frequency[self.stem(word)] += count

    def words(self, text: str) -> list[str]:
        """Return the words of a text, without those that say nothing."""
        return [
            word
            for word in re.findall(r"[^\W_]+", text.lower().replace("'", ""))
            if word not in self.stop_words
        ]

    def terms(self, query: str) -> Counter[str]:
        """Return how often each term is asked for."""
        return Counter(map(self.stem, self.words(query)))

    def rarity(self, term: str, exact: bool) -> float:
        """Return a term's weight, by the listings that have it or by the sum over its forms."""
        count = (self.frequency if exact else self.summed_frequency)[term]
        return math.log(1 + max(0, len(self.fields) - count + 0.5) / (count + 0.5))

    def weighed(self, saturation: float) -> dict[str, Scores]:
        """Return the impact of each term in each document."""
        if saturation not in self.impacts:
            lengths = [sum(map(len, texts)) / len(self.fields)
                       for texts in zip(*self.fields, strict=True)]  # fmt: skip
            counts: dict[str, Scores] = defaultdict(lambda: defaultdict(float))
            for document, texts in enumerate(self.fields):
                for text, weight, part, length in zip(
                    texts, WEIGHTS, NORMALISATIONS, lengths, strict=True
                ):
                    for term, count in Counter(map(self.stem, text)).items():
                        against = 1 - part + part * len(text) / length
                        counts[term][document] += weight * count / against
            self.impacts[saturation] = {
                term: {one: (saturation + 1) * n / (saturation + n) for one, n in found.items()}
                for term, found in counts.items()
            }
        return self.impacts[saturation]

    def score(self, terms: Terms, saturation: float, exact: bool = False) -> Scores:
        """Return the score of each document that has any of the terms, which have weights."""
        scores: Scores = defaultdict(float)
        for term, weight in terms.items():
            for document, impact in self.weighed(saturation).get(term, {}).items():
                scores[document] += weight * self.rarity(term, exact) * impact
        return scores

    def near(self, query: str, scores: Scores, weight: float) -> Scores:
        """Add for words that stand side by side as in the query, in the best 200."""
        terms = [self.stem(word) for word in self.words(query)]
        best = sorted(scores, key=lambda one: -scores[one])[:200]
        nearer = dict(scores)
        for left, right in pairwise(terms):
            for one in best:
                follow = {place + 1 for place in self.places[left].get(one, ())}
                count = len(follow.intersection(self.places[right].get(one, ())))
                rarity = (self.rarity(left, False) + self.rarity(right, False)) / 2 if count else 0
                nearer[one] += weight * rarity * count * 3 / (2 + count)
        return nearer

    def joined(self, query: str) -> dict[str, float]:
        """Return the terms, and those of two neighbours written as one word."""
        words = self.words(query)
        pairs = {self.stem(left + right): 0.5 for left, right in pairwise(words)}
        known = {term: weight for term, weight in pairs.items() if term in self.frequency}
        return known | dict.fromkeys(self.terms(query), 1)

    def broad(self, query: str, saturation: float, best: int, words: int) -> Scores:
        """Return the scores with words of the best documents added, as the mode broad does."""
        asked = dict.fromkeys(self.terms(query), 1.0)
        scores = self.score(asked, saturation)
        added: dict[str, float] = defaultdict(float)
        for one in sorted(scores, key=lambda one: (-scores[one], one))[:best]:
            for term in {self.stem(word) for text in self.fields[one] for word in text}:
                added[term] += scores[one] * self.weighed(saturation)[term][one]
        chosen = sorted(added.items(), key=lambda one: (-one[1], one[0]))[:words]
        total = sum(weight for _, weight in chosen)
        for term, weight in chosen:
            asked[term] = asked.get(term, 0) + 0.8 * len(self.terms(query)) * weight / total
        return self.score(asked, saturation)


def main() -> int:
    """Run the command line."""
    given = json.load(sys.stdin)
    ranking = Ranking(given)
    kept = 1.75

    def once(query: str) -> dict[str, float]:
        return dict.fromkeys(ranking.terms(query), 1.0)

    steps: dict[str, Callable[[str], Scores]] = {
        "fields weighted together, saturation 1.2": lambda q: ranking.score(ranking.terms(q), 1.2),
        "… and a word typed twice counts once": lambda q: ranking.score(once(q), 1.2),
        "… and saturation 1.75: the mode auto": lambda q: ranking.score(once(q), kept),
        "left out: a stem's listings counted exactly": lambda q: ranking.score(once(q), kept, True),
        "left out: words side by side, 0.2": lambda q: ranking.near(
            q, ranking.score(once(q), kept), 0.2
        ),
        "left out: neighbours written as one word": lambda q: ranking.score(
            ranking.joined(q), kept
        ),
        "10 words of the best 10": lambda q: ranking.broad(q, kept, 10, 10),
        "10 words of the best 5": lambda q: ranking.broad(q, kept, 5, 10),
        "20 words of the best 5: the mode broad": lambda q: ranking.broad(q, kept, 5, 20),
    }
    found: dict[str, list[list[int]]] = {}
    for name, step in steps.items():
        found[name] = []
        for query in given["queries"]:
            scores = step(query)
            ranked = sorted(scores, key=lambda one: (-scores[one], one))
            found[name].append(ranked[: given["depth"]])
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
