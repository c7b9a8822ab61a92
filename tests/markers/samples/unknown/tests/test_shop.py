from shop import broken_before, price, refund, untouched


def test_all():
    assert price(1) == 3
    assert refund(2) == 2
    assert untouched(1) == 1
    assert broken_before(1) == 3
