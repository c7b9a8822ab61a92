import pytest

from parcels.tracking import check_digit, parse_header, parse_tracking


def test_parse_tracking():
    tracking = parse_tracking("px-104233-3")
    assert tracking.carrier == "PX"
    assert tracking.serial == 104233


def test_parse_tracking_rejects_other_text():
    with pytest.raises(ValueError, match="not a tracking number"):
        parse_tracking("hello")


def test_check_digit_weighs_every_second_digit_three_times():
    assert check_digit(104233) == 3
    assert check_digit(0) == 0


def test_parse_header():
    assert parse_header("Depot: Utrecht") == ("depot", "Utrecht")
