import seen


def test_seen():
    assert seen.one
