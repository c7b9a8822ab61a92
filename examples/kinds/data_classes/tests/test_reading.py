import pytest

from reading import Reading, to_row


def test_reading_check_range():
    reading = Reading("C", 2.5)
    assert reading.sensor == "C"
    assert reading.value == 2.5
    assert reading.unit == "C"
    assert reading.tags == []
    assert reading.is_frost is False


def test_reading_check_range_raises_value_error():
    with pytest.raises(ValueError, match=r"^no sensor tells 61\.0 C"):
        Reading("C", 61.0)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        pytest.param(Reading("abc", 2.5), False, id="reading-abc-2-5"),
        pytest.param(Reading("abc", 0.0), True, id="reading-abc-0"),
        pytest.param(Reading("abc", 1.0), False, id="reading-abc-1"),
    ],
)
def test_reading_is_frost(reading, expected):
    assert reading.is_frost is expected


def test_reading_corrected_without_offset():
    reading = Reading("abc", 2.5)
    assert reading.corrected(0.0) == Reading(sensor="abc", value=2.5, tags=[])


def test_reading_corrected_with_offset():
    reading = Reading("abc", 2.5)
    assert reading.corrected(2.5) == Reading(
        sensor="abc", value=5.0, tags=["corrected"]
    )


def test_to_row_when_frost():
    assert to_row(Reading(sensor="abc", value=0.0)) == {
        "sensor": "abc",
        "value": 0.0,
        "unit": "C",
        "alarm": "frost",
    }


def test_to_row_when_not_frost():
    assert to_row(Reading(sensor="abc", value=2.5, tags=["abc"])) == {
        "sensor": "abc",
        "value": 2.5,
        "unit": "C",
        "tags": ["abc"],
    }
