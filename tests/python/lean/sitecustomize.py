"""For the Python processes that a test's command starts: look for garbage seldom.

dbt holds so many objects that to look through them takes a third of the time of a build.
"""

import gc

gc.set_threshold(100_000, 20, 100)
