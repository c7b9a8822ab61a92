from orders import Basket, guarded, label, on_one_line, outer, total


def test_total():
    assert total([1, 2]) == 3


def test_label():
    assert label(3) == "3 of them"


def test_others():
    assert on_one_line(1) == 1
    assert guarded("3") == 3
    assert outer(1) == 2


def test_basket():
    basket = Basket(1)
    basket.add()
    assert not basket.is_empty
