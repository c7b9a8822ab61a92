import pytest

from humanize.filesize import naturalsize


@pytest.mark.parametrize(
    ("value", "binary", "gnu", "expected"),
    [
        pytest.param(3000000, False, False, "3.0 MB", id="3000000"),
        pytest.param(3000, True, False, "2.9 KiB", id="3000-binary"),
        pytest.param(10**28, False, False, "10.0 RB", id="no-binary"),
        pytest.param(-4096, True, False, "-4.0 KiB", id="minus-4096-binary"),
        pytest.param(300, False, True, "300B", id="300-gnu"),
        pytest.param(10**34 * 3, False, False, "30000.0 QB", id="no-binary-2"),
        pytest.param(3000, False, True, "2.9K", id="3000-gnu"),
        pytest.param(2.5, False, False, "2 Bytes", id="2.5"),
        pytest.param(1, False, False, "1 Byte", id="1"),
        pytest.param(1, False, True, "1B", id="1-gnu"),
        pytest.param(999, False, False, "999 Bytes", id="999"),
        pytest.param(1024, True, False, "1.0 KiB", id="1024-binary"),
        pytest.param("2", False, False, "2 Bytes", id="2"),
    ],
)
def test_naturalsize(value, binary, gnu, expected):
    assert naturalsize(value, binary=binary, gnu=gnu) == expected


def test_naturalsize_with_gnu():
    assert naturalsize(3000, binary=False, gnu=True, format="%.3f") == "2.930K"
