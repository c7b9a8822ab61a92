from pathlib import Path

from greenline.ports.project import Project
from greenline.services.list_gaps import ListGaps
from greenline.services.show_coverage import Picture

ROOT = Path("/project")


class World:
    """A project of three files, one of which is not text."""

    files = (ROOT / "src" / "a.py", ROOT / "src" / "b.py", ROOT / "other" / "c.py")

    def project_of(self, path: Path) -> Project:
        return Project(ROOT, ROOT / "pyproject.toml", (ROOT,), ())

    def python_files(self, project: Project) -> list[Path]:
        return list(self.files)

    def read(self, path: Path) -> str | None:
        if path.name == "b.py":
            raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid start byte")
        return "x = 1\n"

    def picture(self, path: Path, text: str) -> Picture:
        return Picture(path, "measured")


def listed(*paths: Path) -> dict[str, str]:
    world = World()
    pictures = ListGaps(world, world, world, world).pictures(paths)  # type: ignore[arg-type]
    assert len(pictures) == len({picture.path for picture in pictures})
    return {picture.path.name: picture.state for picture in pictures}


def test_a_folder_stands_for_the_sources_below_it() -> None:
    assert listed(ROOT / "src") == {"a.py": "measured", "b.py": "broken-source"}


def test_paths_that_overlap_give_each_file_once() -> None:
    assert list(listed(ROOT / "src", ROOT)) == ["a.py", "b.py", "c.py"]
