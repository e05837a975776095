"""Numbers that are a person's are told from numbers of cases."""

from pipeline.privacy.id_numbers import is_id_number, is_old_id_number, is_rounded_id_number


def test_an_identity_number_has_one_right_check_digit() -> None:
    for digits in ("51010119900101123", "51010119900101004"):
        assert sum(is_id_number(digits + check_digit) for check_digit in "0123456789X") == 1


def test_the_check_digit_may_be_a_letter_of_either_case() -> None:
    assert is_id_number("51010119900101001X")
    assert is_id_number("51010119900101001x")


def test_numbers_of_other_lengths_are_none() -> None:
    assert not is_id_number("5101011990010112345")
    assert not is_id_number("")


def test_fifteen_digits_need_a_day_of_birth() -> None:
    assert is_old_id_number("510101900101123")
    assert not is_old_id_number("510101901331123")
    assert not is_old_id_number("910101900101123")


def test_a_rounded_number_is_told_by_a_day_of_birth_that_no_case_has() -> None:
    assert is_rounded_id_number("510101199001011000")
    assert not is_rounded_id_number("510000202304170001")


def test_the_check_digit_alone_makes_no_identity_number_of_an_enterprises_code() -> None:
    assert not is_id_number("915100007000013693")
    # Foreigners with a permanent residence have numbers that begin with 9, and a day of birth in them.
    assert is_id_number("911124198108030024")


def test_a_day_of_birth_that_no_calendar_has_was_given_out() -> None:
    assert is_id_number("510101199002300019")
