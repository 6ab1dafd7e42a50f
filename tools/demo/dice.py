"""Draws that depend on a seed, a purpose and a number only, and exact money as whole micros."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from struct import Struct

Draw = tuple[int, ...]
_SIXTEEN_WORDS = Struct("<16I")


class Dice:
    """The source of all chance in one world."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def purpose(self, name: str) -> Callable[[int], Draw]:
        """Return a function that maps a number to sixteen 32-bit words.

        A hash is used and not `random`, because it gives the thousandth draw without the 999
        before it, and the same one in every Python release.
        """
        fresh = blake2b(f"{self._seed}/{name}/".encode(), digest_size=64).copy
        unpack = _SIXTEEN_WORDS.unpack

        def draw(number: int) -> Draw:
            hasher = fresh()
            hasher.update(b"%d" % number)
            return unpack(hasher.digest())

        return draw


def skewed(word: int, size: int) -> int:
    """Map a 32-bit word to 0 .. size - 1, small numbers more often than large ones."""
    return size * (word >> 16) * (word & 0xFFFF) >> 32


@lru_cache(maxsize=16_384)
def money(micros: int) -> str:
    """Write an amount in millionths as a decimal with two places or as many as it needs."""
    whole, rest = divmod(micros, 1_000_000)
    places = f"{rest:06d}".rstrip("0")
    return f"{whole}.{places:0<2}"
