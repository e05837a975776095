"""The letters by which a spreadsheet names its columns: A is 1, AA is 27, XFD is 16,384."""

from __future__ import annotations


def column_number(letters: str) -> int:
    """Returns 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Returns A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
