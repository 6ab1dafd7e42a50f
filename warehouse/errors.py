"""The errors that are shown to the user as a sentence and not as a traceback."""


class UserError(Exception):
    """Something that the user can put right; the message says what was found and what to do."""

    exit_code = 1


class UsageError(UserError):
    """A wrong name or setting, found before anything was done."""

    exit_code = 2


class UnreachableError(UserError):
    """A source does not answer; what was loaded before is untouched."""
