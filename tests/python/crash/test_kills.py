"""A load that is killed at any moment is as if it had never begun, or it is done; never between.

CRASH_KILLS is the number of kills over all kinds of load, CRASH_SEED repeats their moments.
"""

import os
import time
from collections import Counter

import pytest
from crash.cases import CASES

KILLS = -(-int(os.environ.get("CRASH_KILLS", "60")) // len(CASES))


@pytest.mark.parametrize("case", CASES)
def test_after_kills_a_re_run_makes_what_one_clean_run_makes(
    stage, dice, record_property, case
) -> None:
    here = stage(case)
    seconds = here.seconds
    # spread evenly, a little beyond the end
    moments = [1.05 * (number + dice.random()) / KILLS for number in range(KILLS)]
    dice.shuffle(moments)
    hit, attempts = Counter(), 0
    while hit.total() < KILLS:
        attempts += 1
        assert attempts < 20 + 10 * KILLS, f"only {hit.total()} kills hit a load"
        here.restore()
        kills = 2 if dice.random() < 0.2 else 1
        for _ in range(kills):
            moment = moments.pop() if moments else dice.random()
            task = here.load()
            time.sleep(seconds * moment)
            doing = here.doing()
            hit[doing] += task.kill()
        assert here.left_behind() == []
        possible = here.states[1 : 2 + kills]
        if dice.random() < 0.5:  # else the re-run meets what the killed one left behind
            here.settle()
            state = here.state()
            assert state in here.states, f"after a kill at {moment:.3f} of a load ({doing})"
            number = here.states.index(state)
            possible = [here.states[number + 1]]
        result = here.loaded()
        assert result.notes == [], f"after a kill at {moment:.3f} of a load ({doing})"
        state = here.state()
        assert state in possible, f"after a kill at {moment:.3f} of a load ({doing})"
        if result.status == "loaded" and state == here.states[1]:
            seconds = result.seconds  # on a busy machine no load is as fast as the one before
    doing = ", ".join(f"{word} {number}" for word, number in hit.most_common() if number)
    record_property("kills", f"{case}: {hit.total()} in loads of {seconds:.2f} s: {doing}")
