"""The ways in which a file is not taken: a sentence for people; what finds it out is written where it is found out."""


class RefusedFileError(ValueError):
    """A file that cannot be loaded. Its text is one Chinese sentence: what it is, where, and what to do."""


class WaitingFileError(RefusedFileError):
    """A file that cannot be read yet (still being written, or locked): it stays in the inbox for the next run."""
