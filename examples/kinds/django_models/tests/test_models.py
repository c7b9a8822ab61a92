import pytest
from django.core.exceptions import ValidationError

from garden.models import Bed, Gardener


@pytest.mark.parametrize(
    ("gardener", "expected"),
    [
        pytest.param(
            Gardener(name="Ada", email="ada@example.com"),
            "Ada",
            id="name-ada-email-ada-example-com",
        ),
        pytest.param(
            Gardener(name="Ada", email="ada@example.com", is_active=False),
            "Ada (away)",
            id="name-ada-email-ada-example-com-is-active",
        ),
    ],
)
def test_gardener_str(gardener, expected):
    assert str(gardener) == expected


@pytest.mark.django_db
def test_bed_query_set_free():
    result = Bed.objects.free()
    assert [each.label for each in result] == []


@pytest.mark.django_db
def test_bed_query_set_free_2():
    Bed.objects.create(label="label", size=3, sun="full")

    result = Bed.objects.free()

    assert [each.label for each in result] == ["label"]


@pytest.mark.django_db
def test_bed_query_set_larger_than():
    result = Bed.objects.larger_than(3)
    assert [each.label for each in result] == []


@pytest.mark.django_db
def test_bed_query_set_larger_than_of_3():
    Bed.objects.create(label="label", size=3, sun="full")

    result = Bed.objects.larger_than(3)

    assert [each.label for each in result] == []


@pytest.mark.django_db
def test_bed_query_set_larger_than_for_negative_square_metres():
    Bed.objects.create(label="label", size=3, sun="full")
    Bed.objects.create(label="label 3", size=0, sun="half")
    Bed.objects.create(label="label 2", size=1, sun="full")

    result = Bed.objects.larger_than(-1)

    assert [each.label for each in result] == ["label 3", "label 2", "label"]


@pytest.mark.django_db
def test_bed_clean_returns_none_with_label():
    bed = Bed(label="label")
    assert bed.full_clean() is None


@pytest.mark.django_db
def test_bed_clean_returns_none_with_label_and_size():
    bed = Bed(label="label", size=20)
    assert bed.full_clean() is None


@pytest.mark.django_db
def test_bed_clean_raises_validation_error_when_size_above_20_and_without_gardener():
    bed = Bed(label="label", size=21)
    with pytest.raises(ValidationError, match="a large bed needs a gardener"):
        bed.full_clean()


@pytest.mark.parametrize(
    ("bed", "expected"),
    [
        pytest.param(Bed(label="label"), 12, id="label-label"),
        pytest.param(Bed(label="label", sun="ful"), 8, id="label-label-sun-ful"),
    ],
)
def test_bed_fee(bed, expected):
    assert bed.fee == expected
