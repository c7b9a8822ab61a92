import pytest

from reading import Reading, to_row


def test_reading_check_range():
    reading = Reading("sensor", 2.5)
    assert reading.sensor == "sensor"
    assert reading.value == 2.5
    assert reading.unit == "C"
    assert reading.tags == []
    assert reading.is_frost is False


def test_reading_check_range_raises_value_error():
    with pytest.raises(ValueError, match=r"no sensor tells 61\.0 C"):
        Reading("sensor", 61.0)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        pytest.param(Reading("sensor", 2.5), False, id="reading-sensor-2-5"),
        pytest.param(Reading("sensor", 0.0), True, id="reading-sensor-0"),
        pytest.param(Reading("sensor", 1.0), False, id="reading-sensor-1"),
    ],
)
def test_reading_is_frost(reading, expected):
    assert reading.is_frost is expected


def test_reading_corrected_without_offset():
    reading = Reading("sensor", 2.5)
    assert reading.corrected(0.0) == Reading(sensor="sensor", value=2.5, tags=[])


def test_reading_corrected():
    reading = Reading("sensor", 2.5)
    assert reading.corrected(2.5) == Reading(
        sensor="sensor", value=5.0, tags=["corrected"]
    )


def test_to_row_when_frost():
    assert to_row(Reading(sensor="sensor", value=0.0)) == {
        "sensor": "sensor",
        "value": 0.0,
        "unit": "C",
        "alarm": "frost",
    }


def test_to_row_when_not_frost():
    assert to_row(Reading(sensor="sensor", value=2.5, tags=["one"])) == {
        "sensor": "sensor",
        "value": 2.5,
        "unit": "C",
        "tags": ["one"],
    }
