import pytest

from garden.allotment import NoBed, assign, fees_of, labels
from garden.models import Bed, Gardener


@pytest.mark.django_db
def test_assign():
    Bed.objects.create(label="label", size=3, sun="full")

    result = assign(Gardener.objects.create(name="Ada", email="ada@example.com"))

    assert result.label == "label"
    assert result.size == 3
    assert result.sun == "full"
    assert result.gardener.name == "Ada"


@pytest.mark.django_db
def test_assign_2():
    Bed.objects.create(label="label", size=3, sun="full")
    Bed.objects.create(label="label 3", size=0, sun="half")
    Bed.objects.create(label="label 2", size=1, sun="full")

    result = assign(Gardener.objects.create(name="Ada", email="ada@example.com"))

    assert result.label == "label 2"
    assert result.size == 1
    assert result.sun == "full"
    assert result.gardener.name == "Ada"


@pytest.mark.django_db
def test_assign_raises_no_bed_without_bed():
    gardener = Gardener.objects.create(name="Ada", email="ada@example.com")
    Bed.objects.create(label="label", size=3, sun="full", gardener=gardener)
    with pytest.raises(NoBed, match="no free bed is larger than 0"):
        assign(gardener)


@pytest.mark.django_db
def test_fees_of():
    assert fees_of(Gardener.objects.create(name="Ada", email="ada@example.com")) == 0


@pytest.mark.django_db
def test_fees_of_gives_0():
    Bed.objects.create(label="label", size=3, sun="full")
    assert fees_of(Gardener.objects.create(name="Ada", email="ada@example.com")) == 0


@pytest.mark.django_db
def test_fees_of_of_gardener():
    gardener = Gardener.objects.create(name="Ada", email="ada@example.com")
    Bed.objects.create(label="label", size=3, sun="full", gardener=gardener)
    assert fees_of(gardener) == 9


@pytest.mark.django_db
def test_fees_of_gives_4():
    gardener = Gardener.objects.create(
        name="Ada", email="ada@example.com", is_active=False
    )
    Bed.objects.create(label="label", size=3, sun="full", gardener=gardener)
    assert fees_of(gardener) == 4


@pytest.mark.django_db
def test_labels():
    assert labels() == []


@pytest.mark.django_db
def test_labels_gives_label():
    Bed.objects.create(label="label", size=3, sun="full")
    assert labels() == ["label"]


@pytest.mark.django_db
def test_labels_with_sun():
    Bed.objects.create(label="label", size=3, sun="full")
    Bed.objects.create(label="label 3", size=0, sun="half")
    Bed.objects.create(label="label 2", size=1, sun="full")
    assert labels(sun="full") == ["label", "label 2"]
