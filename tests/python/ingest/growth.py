"""How time grows with an input: twice as much should take about twice as long."""

import gc
import time
from collections.abc import Callable

# a square would take four times as long
MOST = 2.3
# seconds: what takes less is measured by chance
LEAST = 0.02
# bytes: what is refused sooner than that, whatever its size, does not grow
ENOUGH = 1 << 25


def check_growth(make: Callable[[int], bytes], read: Callable[[bytes], object], size: int) -> None:
    """Make sure that the processor's time grows with the input and not with its square.

    Other programs disturb the measurement, and so do memory that is asked for in steps and caches
    that overflow at one size. But they do not make a square look straight at every size: so it is
    measured again, with more, if need be.

    Args:
        make: makes an input of a size.
        read: reads one.
        size: where to begin; it is doubled until reading takes long enough.
    """
    while _seconds(read, make(size)) < LEAST:
        size *= 2
        if len(make(size)) > ENOUGH:
            return
    for more in (1, 1, 2, 2, 2, 2):
        size *= more
        if 2 * len(make(size)) > ENOUGH:
            return  # what is that large is refused by its size, and memory alone is measured
        once, twice = _seconds(read, make(size)), _seconds(read, make(2 * size))
        if twice <= MOST * once:
            return
    raise AssertionError(f"{size:,} take {once:.3f} s, twice as many {twice:.3f} s")


def _seconds(read: Callable[[bytes], object], content: bytes) -> float:
    """Return the processor's seconds of the fastest of several readings."""
    times = []
    gc.disable()
    try:
        for _ in range(3):
            started = time.process_time()
            read(content)
            times.append(time.process_time() - started)
    finally:
        gc.enable()
    return min(times)
