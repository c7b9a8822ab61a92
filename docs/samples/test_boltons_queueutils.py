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
        TypeError, match=r"^unexpected keyword arguments: dict_keys\(\['kw'\]\)"
    ):
        BasePriorityQueue(kw="abc")


def test_base_priority_queue_pop_entry_returns_none():
    assert BasePriorityQueue._pop_entry(3) is None


def test_base_priority_queue_add_when_task_not_in_entry_map():
    base_priority_queue = BasePriorityQueue()

    base_priority_queue.add("abc")

    assert len(base_priority_queue) == 1


def test_base_priority_queue_add_returns_none_when_task_in_entry_map():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("abc")
    assert base_priority_queue.add("abc") is None


def test_base_priority_queue_add():
    base_priority_queue = BasePriorityQueue()

    base_priority_queue.add(3)

    assert len(base_priority_queue) == 1


def test_base_priority_queue_remove_after_add():
    base_priority_queue = BasePriorityQueue()
    base_priority_queue.add("abc")

    base_priority_queue.remove("abc")

    assert len(base_priority_queue) == 0


def test_base_priority_queue_cull_returns_none_without_raise_exc():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue._cull(raise_exc=False) is None


def test_base_priority_queue_cull_raises_index_error_with_raise_exc():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match=r"^empty priority queue"):
        base_priority_queue._cull()


def test_base_priority_queue_peek_when_default_is_not_removed():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue.peek(default=3) == 3


def test_base_priority_queue_peek_after_add():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("abc")
    base_priority_queue.add("abc")
    assert base_priority_queue.peek() == "abc"


def test_base_priority_queue_peek():
    base_priority_queue = SortedPriorityQueue()
    base_priority_queue.add("abc")
    base_priority_queue.add(3)
    assert base_priority_queue.peek() == "abc"


def test_base_priority_queue_peek_when_task_is_not_removed():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("abc")
    base_priority_queue.add("abc")
    base_priority_queue.add("abc")
    assert base_priority_queue.peek() == "abc"


def test_base_priority_queue_peek_raises_index_error_when_default_is_removed():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match=r"^peek on empty queue"):
        base_priority_queue.peek()


def test_base_priority_queue_pop_when_default_is_not_removed():
    base_priority_queue = BasePriorityQueue()
    assert base_priority_queue.pop(default=3) == 3


def test_base_priority_queue_pop_after_add():
    base_priority_queue = HeapPriorityQueue()
    base_priority_queue.add("abc")
    assert base_priority_queue.pop() == "abc"
    assert len(base_priority_queue) == 0


def test_base_priority_queue_pop():
    base_priority_queue = SortedPriorityQueue()
    base_priority_queue.add("abc")
    base_priority_queue.add("abc")
    assert base_priority_queue.pop() == "abc"
    assert len(base_priority_queue) == 0


def test_base_priority_queue_pop_raises_index_error_when_default_is_removed():
    base_priority_queue = BasePriorityQueue()
    with pytest.raises(IndexError, match=r"^pop on empty queue"):
        base_priority_queue.pop()


def test_heap_priority_queue_pop_entry():
    backend = [3, 1, 2]
    assert HeapPriorityQueue._pop_entry(backend) == 3
    assert backend == [1, 2]


def test_heap_priority_queue_push_entry_for_empty_backend():
    backend = []

    HeapPriorityQueue._push_entry(backend, "abc")

    assert backend == ["abc"]


def test_sorted_priority_queue_pop_entry():
    backend = [3]
    assert SortedPriorityQueue._pop_entry(backend) == 3
    assert backend == []


def test_sorted_priority_queue_push_entry_for_zero_entry():
    backend = [3]

    SortedPriorityQueue._push_entry(backend, 0)

    assert backend == [0, 3]
