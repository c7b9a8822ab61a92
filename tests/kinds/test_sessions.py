"""Sessions that functions get while they are explored, as like those of a test as can be seen."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from kinds.generated import ROOT, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

SESSIONS = """
import sys
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from greenline_probe.explore.kinds.sqlalchemy_sessions import Memory


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


memory, left = Memory([Base.metadata]), []
for done in sys.argv[1:]:
    session = next(opened := memory.session())
    session.add(Book(title="A title"))
    session.flush()
    try:
        exec(done)
    except Exception as error:
        print(type(error).__name__, end=" ")
    left.append(opened)
session = next(memory.session())
found = session.scalars(select(Book.id)).all()
session.add(Book(title="A title"))
left.clear()
session.flush()
print(found, session.scalars(select(Book.id)).all(), memory.made)
"""


@pytest.mark.parametrize(
    ("done", "printed"),
    [
        pytest.param("pass", "[] [1] 1", id="nothing"),
        pytest.param("session.commit()", "[] [1] 1", id="committed"),
        pytest.param("session.add(Book(title=None)); session.commit()", "IntegrityError [] [1] 1", id="refused"),
        pytest.param("session.execute(text('DROP TABLE books')); session.commit()", "[] [1] 2", id="another-schema"),
        pytest.param("session.get_bind().dispose()", "[] [1] 2", id="closed"),
    ],
)
def test_each_session_is_of_a_database_as_new(environment_of_kinds: Path, done: str, printed: str) -> None:
    """Only where deleting rows is not enough is one made anew: that takes longer than most calls."""
    command = [str(environment_of_kinds), "-c", SESSIONS, done]
    server = str(ROOT / "server")
    ran = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=SECONDS, env={"PYTHONPATH": server}
    )
    assert ran.stdout == f"{printed}\n", ran.stderr
