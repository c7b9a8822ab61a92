import pytest

from order_states import Door, IllegalTransition, State, next_state


@pytest.mark.parametrize(
    ("state", "event", "expected"),
    [
        pytest.param(State.CART, "pay", State.PAID, id="cart-pay"),
        pytest.param(State.CART, "cancel", State.CANCELLED, id="cart-cancel"),
        pytest.param(State.PAID, "ship", State.SHIPPED, id="paid-ship"),
        pytest.param(State.PAID, "cancel", State.CANCELLED, id="paid-cancel"),
        pytest.param(State.SHIPPED, "deliver", State.DELIVERED, id="shipped-deliver"),
    ],
)
def test_next_state(state, event, expected):
    assert next_state(state, event) == expected


@pytest.mark.parametrize(
    ("state", "event", "message"),
    [
        pytest.param(
            State.CART, "ship", "ship is not possible when cart", id="cart-ship"
        ),
        pytest.param(State.PAID, "pay", "pay is not possible when paid", id="paid-pay"),
        pytest.param(
            State.CANCELLED,
            "pay",
            "pay is not possible when cancelled",
            id="cancelled-pay",
        ),
        pytest.param(
            State.SHIPPED,
            "cancel",
            "cancel is not possible when shipped",
            id="shipped-cancel",
        ),
        pytest.param(
            State.DELIVERED,
            "deliver",
            "deliver is not possible when delivered",
            id="delivered-deliver",
        ),
    ],
)
def test_next_state_raises_illegal_transition(state, event, message):
    with pytest.raises(IllegalTransition, match=message):
        next_state(state, event)


def test_door():
    door = Door()
    assert door.state == "closed"


def test_door_open():
    door = Door()

    door.open()

    assert door.state == "open"


def test_door_open_after_open():
    door = Door()
    door.open()

    door.open()

    assert door.state == "open"


def test_door_open_raises_illegal_transition_when_state_is_locked():
    door = Door()
    door.lock()

    with pytest.raises(IllegalTransition, match="unlock it first"):
        door.open()

    assert door.state == "locked"


def test_door_close():
    door = Door()

    door.close()

    assert door.state == "closed"


def test_door_close_after_lock():
    door = Door()
    door.lock()

    door.close()

    assert door.state == "locked"


def test_door_close_when_state_is_open():
    door = Door()
    door.open()

    door.close()

    assert door.state == "closed"


def test_door_lock():
    door = Door()

    door.lock()

    assert door.state == "locked"


def test_door_lock_after_lock():
    door = Door()
    door.lock()

    door.lock()

    assert door.state == "locked"


def test_door_lock_raises_illegal_transition_when_state_is_open():
    door = Door()
    door.open()

    with pytest.raises(IllegalTransition, match="close it first"):
        door.lock()

    assert door.state == "open"


def test_door_unlock_after_lock():
    door = Door()
    door.lock()

    door.unlock()

    assert door.state == "closed"


def test_door_unlock_raises_illegal_transition():
    door = Door()

    with pytest.raises(IllegalTransition, match="it is not locked"):
        door.unlock()

    assert door.state == "closed"


def test_door_unlock_raises_illegal_transition_after_open():
    door = Door()
    door.open()

    with pytest.raises(IllegalTransition, match="it is not locked"):
        door.unlock()

    assert door.state == "open"
