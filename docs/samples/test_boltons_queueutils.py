import pytest

from boltons.queueutils import BasePriorityQueue, HeapPriorityQueue, SortedPriorityQueue


def test_base_priority_queue():
    base_priority_queue = BasePriorityQueue()
    assert len(base_priority_queue) == 0


def test_base_priority_queue_with_priority_key():
    base_priority_queue = BasePriorityQueue(priority_key="abc")
    assert len(base_priority_queue) == 0


def test_base_priority_queue_raises_type_error_with_kw():
    with pytest.raises(
        TypeError, match=r"unexpected keyword arguments: dict_keys\(\['kw'\]\)"
    ):
        BasePriorityQueue(kw="abc")


def test_base_priority_queue_pop_entry_returns_none():
    assert BasePriorityQueue._pop_entry(3) is None


@pytest.mark.parametrize(
    "task",
    [
        "task",
        3,
    ],
)
def test_base_priority_queue_add(task):
    base_priority_queue = BasePriorityQueue()

    base_priority_queue.add(task)

    assert len(base_priority_queue) == 1


def test_base_priority_queue_add_returns_none_when_task_in_entry_map():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    assert base_priority_queue.add("task") is None


def test_base_priority_queue_add_after_add_and_pop():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    base_priority_queue.pop()

    base_priority_queue.add("task")

    assert len(base_priority_queue) == 1


def test_base_priority_queue_remove_after_add():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("other")
    base_priority_queue.add("other")
    base_priority_queue.add("task")

    base_priority_queue.remove("task")

    assert len(base_priority_queue) == 1


def test_base_priority_queue_remove_raises_key_error():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(KeyError, match="3"):
        base_priority_queue.remove(3)


def test_base_priority_queue_cull_returns_none_without_raise_exc():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue._cull(raise_exc=False) is None


def test_base_priority_queue_cull_raises_index_error_with_raise_exc():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match="empty priority queue"):
        base_priority_queue._cull()


@pytest.mark.parametrize(
    "given",
    [
        "task",
        "other",
    ],
)
def test_base_priority_queue_peek(given):
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    base_priority_queue.add(given)
    assert base_priority_queue.peek() == "task"


def test_base_priority_queue_peek_when_default_is_not_removed():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue.peek(default=3) == 3


def test_base_priority_queue_peek_after_add():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    assert base_priority_queue.peek() == "task"


def test_base_priority_queue_peek_when_task_is_removed():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    base_priority_queue.add("task")
    base_priority_queue.add("task")
    assert base_priority_queue.peek() == "task"


def test_base_priority_queue_peek_raises_index_error():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match="peek on empty queue"):
        base_priority_queue.peek()


def test_base_priority_queue_peek_raises_index_error_with_raise_exc():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    base_priority_queue.remove("task")
    with pytest.raises(IndexError, match="peek on empty queue"):
        base_priority_queue.peek()


def test_base_priority_queue_pop_when_default_is_not_removed():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue.pop(default=3) == 3


def test_base_priority_queue_pop_after_add():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("task")
    assert base_priority_queue.pop() == "task"
    assert len(base_priority_queue) == 0


def test_base_priority_queue_pop():
    base_priority_queue = SortedPriorityQueue()
    base_priority_queue.add("task")
    base_priority_queue.add("task")
    assert base_priority_queue.pop() == "task"
    assert len(base_priority_queue) == 0


def test_base_priority_queue_pop_raises_index_error():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match="pop on empty queue"):
        base_priority_queue.pop()


def test_heap_priority_queue_pop_entry():
    backend = [3, 1, 2]
    assert HeapPriorityQueue._pop_entry(backend) == 3
    assert backend == [1, 2]


def test_heap_priority_queue_push_entry():
    backend = [3, 1, 2]

    HeapPriorityQueue._push_entry(backend, 3)

    assert backend == [3, 1, 2, 3]


def test_sorted_priority_queue_pop_entry():
    backend = [3]
    assert SortedPriorityQueue._pop_entry(backend) == 3
    assert backend == []


def test_sorted_priority_queue_push_entry_for_empty_backend():
    backend = []

    SortedPriorityQueue._push_entry(backend, "entry")

    assert backend == ["entry"]
