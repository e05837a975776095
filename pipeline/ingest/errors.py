"""The one way in which a file is refused: a sentence for people; what refuses it belongs where it is found out."""


class RefusedFileError(ValueError):
    """A file that cannot be loaded. Its text is one Chinese sentence: what it is, where, and what to do."""
