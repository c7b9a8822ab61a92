from __future__ import annotations

import pytest

from greenline.domain.code.documented_code import documented_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n```python\nf(1)\nf(2)\n```\nb\n```sh\nrm x\n```\n", ["f(1)\nf(2)"]),
        ("```pycon\n>>> f(1)\n2\n>>> if x:\n...     f(2)\n```\n", ["f(1)\nif x:\n    f(2)"]),
        ("Like\n\n.. code-block:: python\n   :linenos:\n\n   f(1)\n\n   f(2)\n\nEnd\n", ["f(1)\n\nf(2)"]),
        ("Say::\n\n    >>> f('a')\n    'b'\n\nand\n\n>>> f('c')\n", ["f('a')\nf('c')"]),
        ('1. item\n\n   ```py title="x"\n   f(1)\n   ```\n', ["f(1)"]),
        ("nothing", []),
        ("```python\nnever closed", []),
    ],
)
def test_what_is_shown_as_python(text: str, code: list[str]) -> None:
    assert documented_code(text) == code
