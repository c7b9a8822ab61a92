import pytest

from parcel_states import Parcel, Refused


def test_parcel():
    parcel = Parcel()
    assert parcel.state == "announced"
    assert parcel.history == []


@pytest.mark.parametrize(
    "target",
    [
        "lost",
        "received",
    ],
)
def test_parcel_move(target):
    parcel = Parcel()

    parcel.move(target)

    assert parcel.state == target
    assert parcel.history == ["announced"]


@pytest.mark.parametrize(
    "target",
    [
        "lost",
        "sorted",
    ],
)
def test_parcel_move_2(target):
    parcel = Parcel()
    parcel.move("received")

    parcel.move(target)

    assert parcel.state == target
    assert parcel.history == ["announced", "received"]


@pytest.mark.parametrize(
    "target",
    [
        "lost",
        "loaded",
    ],
)
def test_parcel_move_3(target):
    parcel = Parcel()
    parcel.move("received")
    parcel.move("sorted")

    parcel.move(target)

    assert parcel.state == target
    assert parcel.history == ["announced", "received", "sorted"]


def test_parcel_move_after_move():
    parcel = Parcel()
    parcel.move("received")
    parcel.move("sorted")
    parcel.move("loaded")

    parcel.move("delivered")

    assert parcel.state == "delivered"
    assert parcel.history == ["announced", "received", "sorted", "loaded"]


def test_parcel_move_raises_refused():
    parcel = Parcel()

    with pytest.raises(Refused, match="a parcel that is announced cannot be sorted"):
        parcel.move("sorted")

    assert parcel.state == "announced"


def test_parcel_move_raises_refused_after_move():
    parcel = Parcel()
    parcel.move("received")

    with pytest.raises(Refused, match="a parcel that is received cannot be loaded"):
        parcel.move("loaded")

    assert parcel.state == "received"


def test_parcel_move_raises_refused_a_parcel_that_is_lost_cannot():
    parcel = Parcel()
    parcel.move("lost")

    with pytest.raises(Refused, match="a parcel that is lost cannot be delivered"):
        parcel.move("delivered")

    assert parcel.state == "lost"


def test_parcel_move_raises_refused_a_parcel_that_is_sorted_cannot():
    parcel = Parcel()
    parcel.move("received")
    parcel.move("sorted")

    with pytest.raises(Refused, match="a parcel that is sorted cannot be received"):
        parcel.move("received")

    assert parcel.state == "sorted"


def test_parcel_move_raises_refused_a_parcel_that_is_loaded_cannot():
    parcel = Parcel()
    parcel.move("received")
    parcel.move("sorted")
    parcel.move("loaded")

    with pytest.raises(Refused, match="a parcel that is loaded cannot be lost"):
        parcel.move("lost")

    assert parcel.state == "loaded"
