"""What the user can put right."""


class DemoError(Exception):
    """A mistake or an obstacle; the message says what to do."""
