import pytest

from parcels.shipment import Shipment


@pytest.fixture
def shipment():
    return Shipment("PX-104233-3")


def test_the_usual_journey(shipment):
    for state in ("sorting", "on the road", "delivered"):
        shipment.move(state)

    assert shipment.is_finished()
    assert shipment.history == ["accepted", "sorting", "on the road"]


def test_no_state_can_be_skipped(shipment):
    with pytest.raises(ValueError, match="cannot go from accepted to delivered"):
        shipment.move("delivered")


def test_progress_begins_at_the_counter(shipment):
    assert shipment.progress() == 10
