"""Sessions that functions get while they are explored, as like those of a test as can be seen."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from kinds.generated import ROOT, SECONDS, written_for

if TYPE_CHECKING:
    from pathlib import Path

SESSIONS = """
import sys
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from greenline_probe.explore.kinds.sqlalchemy_memory import Memory


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


MODEL = """
    from __future__ import annotations
    {imports}
    from sqlalchemy import select
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


    class Base(DeclarativeBase):
        pass


    class Book(Base):
        __tablename__ = "books"

        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[{title}]
"""
ASYNCHRONOUS = """

    async def titles(session: AsyncSession) -> list[str]:
        return list(await session.scalars(select(Book.title)))
"""
SYNCHRONOUS = """

    def titles(session: Session) -> list[str]:
        return list(session.scalars(select(Book.title)))
"""
GREENLET = "class greenlet:\n    pass\n\n\ndef getcurrent():\n    return None\n"
"""Stands in for the package, which SQLAlchemy asks for at import, where that is not installed."""
UNRESOLVED = "from typing import TYPE_CHECKING\n\n    if TYPE_CHECKING:\n        "
ASYNC_SESSION = "from sqlalchemy.ext.asyncio import AsyncSession"


@pytest.mark.usefixtures("environment_of_kinds")
@pytest.mark.parametrize(
    ("imports", "title", "function", "reason"),
    [
        pytest.param(ASYNC_SESSION, "str", ASYNCHRONOUS, "`session` is an `AsyncSession`", id="asynchronous"),
        pytest.param(
            UNRESOLVED + ASYNC_SESSION, "str", ASYNCHRONOUS, "`session` is an `AsyncSession`", id="not-imported"
        ),
        pytest.param(
            "from sqlalchemy.dialects.postgresql import INET",
            "str] = mapped_column(INET",
            SYNCHRONOUS,
            "none could be made of a database in memory (CompileError: ",
            id="not-in-sqlite",
        ),
    ],
)
def test_a_session_that_no_test_can_be_given_is_refused_with_the_reason(
    tmp_path: Path, imports: str, title: str, function: str, reason: str
) -> None:
    text = MODEL.format(imports=imports, title=title).replace("(INET]", "(INET)")
    said, tests = written_for("books.py::titles", tmp_path, {"books.py": text + function, "greenlet.py": GREENLET})

    assert reason in " ".join(said.split()), said
    assert tests == ""


def test_a_session_of_the_projects_own_fixture_is_used_and_rolled_back(
    environment_of_kinds: Path, tmp_path: Path
) -> None:
    assert environment_of_kinds.exists()
    conftest = """
        import pytest
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session

        from books import Base


        @pytest.fixture
        def db():
            engine = create_engine("sqlite://")
            Base.metadata.create_all(engine)
            with Session(engine) as session:
                yield session
                session.rollback()
            engine.dispose()
    """
    text = MODEL.format(imports="", title="str")
    said, tests = written_for(
        "books.py::titles", tmp_path, {"books.py": text + SYNCHRONOUS, "tests/conftest.py": conftest}
    )

    assert "1 confirmed" in said, said
    assert "(db):\n    db.add(Book(title=" in tests
    assert "    db.flush()\n" in tests
    assert "create_engine" not in tests
