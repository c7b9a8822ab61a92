import pieces


def test_pieces():
    assert pieces.covered_after_all(2) == 1
    assert pieces.covered_after_all(0) == 2
    assert pieces.still_needed(1) == 2
    assert pieces.one_line(1) == 2
    assert pieces.whole_function(0) == 2
    assert pieces.whole_function(1) == 1
    assert pieces.half(1) == 1
    assert pieces.no_branch([1]) == 1
