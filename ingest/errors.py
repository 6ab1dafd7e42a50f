"""The one kind of error that is shown to the user as a sentence and not as a traceback."""


class IngestError(Exception):
    """A mistake that the user can mend; the message says what was found and what to do."""


class UsageError(IngestError):
    """A wrong name or setting, found before anything was done."""


class UnreachableError(IngestError):
    """A source does not answer; what was loaded before is untouched."""
