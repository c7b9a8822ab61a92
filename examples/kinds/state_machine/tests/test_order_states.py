import pytest

from order_states import Door, IllegalTransition, State, next_state


def test_next_state():
    assert next_state(State.CART, "pay") == State.PAID


def test_next_state_raises_illegal_transition():
    with pytest.raises(IllegalTransition, match=r"^abc is not possible when cart"):
        next_state(State.CART, "abc")


def test_door():
    door = Door()
    assert door.state == "closed"


def test_door_open_when_state_is_not_locked():
    door = Door()

    door.open()

    assert door.state == "open"


def test_door_open_raises_illegal_transition_when_state_is_locked():
    door = Door()
    door.lock()
    with pytest.raises(IllegalTransition, match=r"^unlock it first"):
        door.open()


def test_door_close_returns_none_when_state_is_not_open():
    door = Door()
    door.lock()
    assert door.close() is None


def test_door_close_when_state_is_open():
    door = Door()
    door.open()

    door.close()

    assert door.state == "closed"


def test_door_lock_when_state_is_not_open():
    door = Door()

    door.lock()

    assert door.state == "locked"


def test_door_lock_raises_illegal_transition_when_state_is_open():
    door = Door()
    door.open()
    with pytest.raises(IllegalTransition, match=r"^close it first"):
        door.lock()


def test_door_unlock_when_state_is_locked():
    door = Door()
    door.lock()

    door.unlock()

    assert door.state == "closed"


def test_door_unlock_raises_illegal_transition_when_state_is_not_locked():
    door = Door()
    with pytest.raises(IllegalTransition, match=r"^it is not locked"):
        door.unlock()
