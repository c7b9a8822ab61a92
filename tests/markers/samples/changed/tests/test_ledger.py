import ledger


def test_all():
    assert ledger.old_gap(0) == 2
    assert ledger.edited(0) == 2
    assert ledger.one_of_two(0) == 2
    assert ledger.branch(2) == 1
