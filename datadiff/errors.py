"""What is shown as a sentence and not as a traceback."""


class DiffError(Exception):
    """The two versions could not be compared; the message says why and what to do."""

    exit_code = 1


class UsageError(DiffError):
    """The command itself is wrong, and nothing was built."""

    exit_code = 2
