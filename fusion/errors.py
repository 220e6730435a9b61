"""The errors that people are meant to read: one sentence that names the cause and the remedy."""


class FusionError(ValueError):
    """Bad input or a missing piece. The message is shown as it is; the command line exits with code 2."""
