"""What is shown as a sentence and not as a traceback."""


class SearchError(Exception):
    """Something failed; the message says what to do."""

    exit_code = 1


class UsageError(SearchError):
    """The search itself is wrong, and nothing was looked for."""

    exit_code = 2
