from shapes import Outer, Size, local


def test_size():
    assert Size(1, 2).area() == 2


def test_outer():
    assert Outer().size == 1
    assert Outer.static(1) == 1
    assert Outer.Inner().method() == 1
    assert local()
