"""Read `content/`: every file, every problem, and what the files say of each other.

A `Loader` remembers what it read and reads again only the files that changed, so that an
edit among thousands of files is live at once. What it returns is one state of the folder:
when files change under it, it starts again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from knowledge.canned import CannedReplies
from knowledge.city import City
from knowledge.desk_checks import mistakes_in_canned, mistakes_in_desks
from knowledge.desks import Desks
from knowledge.entries import AnyEntry, Department, Guide, facts_in
from knowledge.errors import ContentError, Problem
from knowledge.guide_checks import mistakes_of
from knowledge.phrases import Phrases
from knowledge.reading import line_in, read_file, shown_name

CONTENT = Path(__file__).parent / "content"
PHRASES = "phrases.yml"
CITY = "city.yml"
DESKS = "desks.yml"
CANNED = "canned.yml"
DRAFT = ".draft"
"""`name.draft.yml` is being written: it is checked, but residents never see it."""

type _Single = Phrases | City | Desks | CannedReplies
ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)
_SINGLE: Mapping[str, TypeAdapter[_Single]] = {
    PHRASES: TypeAdapter(Phrases),
    CITY: TypeAdapter(City),
    DESKS: TypeAdapter(Desks),
    CANNED: TypeAdapter(CannedReplies),
}
"""What there is one file of, by its name."""
_LIKE_YAML = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)
"""Also what a Windows editor makes of the name; reading.py says how to write it."""
_SPELLING = "。つづりを確かめるか、直してください"
_TRIES = 20
_GIT_PATIENCE = 10.0
"""Seconds; the largest checkout of content takes less than one."""
_PAUSE = 0.05
"""Seconds before a folder that changed while it was read is read again."""

type _Signature = tuple[int, int, int, int]
type _Read = AnyEntry | _Single | None


@dataclass(frozen=True)
class Content:
    """Everything in `content/`, checked. `files` names each entry's file, relative to it."""

    entries: Mapping[str, AnyEntry]
    phrases: Phrases
    city: City
    desks: Desks
    canned: CannedReplies
    files: Mapping[str, str]

    @cached_property
    def searched(self) -> Sequence[AnyEntry]:
        """What search finds: all but the guides that are reached from other entries alone."""
        return [e for e in self.entries.values() if not isinstance(e, Guide) or e.questions]

    @cached_property
    def guides(self) -> Mapping[str, Guide]:
        """The guides by id."""
        return {entry.id: entry for entry in self.entries.values() if isinstance(entry, Guide)}

    @cached_property
    def guide_called(self) -> Mapping[str, Guide]:
        """The guides by their short names, as buttons have them."""
        return {guide.short: guide for guide in self.guides.values()}

    @cached_property
    def guide_from(self) -> Mapping[str, Guide]:
        """The guide that starts from an entry, by the entry's id; of two the first by name."""
        pairs = [(start, guide) for guide in self.guides.values() for start in (*guide.starts_from, guide.id)]
        return dict(reversed(pairs))

    @property
    def office(self) -> Department:
        """The city's own office."""
        return self.department(None)

    def department(self, entry_id: str | None) -> Department:
        """The department called `entry_id`, the city's own office for None."""
        office = self.entries[entry_id or self.city.office]
        if not isinstance(office, Department):
            raise TypeError(f"{office.id} is no department")  # the loader has refused such content
        return office


def load(root: Path = CONTENT) -> Content:
    """Read and check all of `root` once; raises ContentError with every problem found."""
    return Loader(root).load()


def drafts(root: Path) -> list[Path]:
    """The files that are being written."""
    return [path for path in _yaml_files(root) if path.stem.endswith(DRAFT)]


class Loader:
    """Reads one folder again and again; entries of unchanged files stay the same objects."""

    def __init__(self, root: Path = CONTENT) -> None:
        self._root = root
        self._cache: dict[Path, tuple[_Signature, _Read, tuple[Problem, ...]]] = {}

    def load(self) -> Content:
        """Read and check the folder; raises ContentError with every problem found."""
        for _ in range(_TRIES):
            _wait_for_git(self._root)
            before = self._scan()
            outcome = self._read(before)
            if self._scan() == before:
                break
            time.sleep(_PAUSE)
        else:
            raise ContentError(
                (Problem(".", 1, "ファイルが変わり続けていて読めません。終わるまでお待ちください"),)
            )
        if isinstance(outcome, ContentError):
            raise outcome
        return outcome

    def _scan(self) -> dict[Path, _Signature]:
        """What tells whether a file has changed, of every file there is."""
        found = {}
        for path in _yaml_files(self._root):
            if path.stem.endswith(DRAFT):
                continue
            try:
                what = path.stat()
            except (OSError, RuntimeError):
                found[path] = (0, 0, 0, 0)
            else:
                found[path] = (what.st_mtime_ns, what.st_ctime_ns, what.st_size, what.st_ino)
        return found

    def _read(self, files: Mapping[Path, _Signature]) -> Content | ContentError:
        self._cache = {path: self._read_one(path, signature) for path, signature in files.items()}
        problems = [problem for _, _, found in self._cache.values() for problem in found]
        entries: dict[str, AnyEntry] = {}
        names: dict[str, str] = {}
        for path, (_, read, _) in self._cache.items():
            if read is None or isinstance(read, Phrases | City | Desks | CannedReplies):
                continue
            name = shown_name(path, self._root)
            problems.extend(_name_problems(read, path, self._root, names))
            entries[read.id] = read
            names[read.id] = name
        phrases, city = self._only(PHRASES, Phrases, problems), self._only(CITY, City, problems)
        desks = self._only(DESKS, Desks, problems)
        canned = self._only(CANNED, CannedReplies, problems)
        broken = frozenset(Path(problem.path).stem for problem in problems)
        problems.extend(_broken_references(self._root, entries, names, city, broken))
        problems.extend(_broken_desks(self._root, desks, canned, entries, broken))
        if problems or phrases is None or city is None or desks is None or canned is None:
            return ContentError(tuple(sorted(problems, key=lambda problem: (problem.path, problem.line))))
        return Content(entries, phrases, city, desks, canned, names)

    def _read_one(self, path: Path, signature: _Signature) -> tuple[_Signature, _Read, tuple[Problem, ...]]:
        known = self._cache.get(path)
        if known and known[0] == signature != (0, 0, 0, 0):
            return known
        problems: list[Problem] = []
        read: _Read
        if path.parent == self._root and path.name in _SINGLE:
            read = read_file(path, self._root, _SINGLE[path.name], problems)
        else:
            read = read_file(path, self._root, ENTRY, problems)
        return signature, read, tuple(problems)

    def _only[T: _Single](self, name: str, kind: type[T], problems: list[Problem]) -> T | None:
        """The one file called `name`."""
        _, read, _ = self._cache.get(self._root / name, ((), None, ()))
        if read is None and not any(problem.path == name for problem in problems):
            problems.append(Problem(name, 1, "ファイルがありません。元に戻すか、作ってください"))
        return read if isinstance(read, kind) else None


def _yaml_files(root: Path) -> list[Path]:
    """All YAML files, and what looks like one or cannot be looked into: that is told, not passed over.

    Names that begin with a dot are editors' and file systems' own.
    """
    found: list[Path] = []

    def note(error: OSError) -> None:
        if isinstance(error, PermissionError):
            found.append(Path(error.filename))

    for folder, folders, files in root.walk(on_error=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [folder / name for name in folders if _LIKE_YAML.search(name)]
        found += [
            folder / name
            for name in files
            if not name.startswith(".") and (_LIKE_YAML.search(name) or (folder / name).is_dir())
        ]  # a folder among the files is a link
    return sorted(found)


def _name_problems(entry: AnyEntry, path: Path, root: Path, files: Mapping[str, str]) -> Iterable[Problem]:
    def problem(message: str) -> Problem:
        return Problem(shown_name(path, root), line_in(path, ("id",)), f"id「{entry.id}」{message}")

    if entry.id in files:
        yield problem(f"は {files[entry.id]} でも使われています。別の名前にしてください")
    if entry.id != path.stem:
        yield problem(f"とファイル名「{path.name}」が違います。同じにしてください")


def _broken_references(
    root: Path,
    entries: Mapping[str, AnyEntry],
    files: Mapping[str, str],
    city: City | None,
    broken: frozenset[str],
) -> Iterable[Problem]:
    """References to what is not there; `broken` names the entries whose own files can't be read yet."""
    for entry in entries.values():
        name = files[entry.id]
        for loc, message in broken_references_of(entry, entries, city, broken):
            yield Problem(name, line_in(root / name, loc), message)
    elsewhere = city.other_towns if city else None
    if elsewhere and elsewhere not in broken and _kind(entries, elsewhere) != "outside":
        why = f"other_towns「{elsewhere}」という outside の項目はありません{_SPELLING}"
        yield Problem(CITY, line_in(root / CITY, ("other_towns",)), why)
    if city and city.office not in broken and _kind(entries, city.office) != "department":
        why = f"office「{city.office}」という担当課はありません{_SPELLING}"
        yield Problem(CITY, line_in(root / CITY, ("office",)), why)


def _broken_desks(
    root: Path,
    desks: Desks | None,
    canned: CannedReplies | None,
    entries: Mapping[str, AnyEntry],
    broken: frozenset[str],
) -> Iterable[Problem]:
    departments = {entry_id for entry_id in entries if _kind(entries, entry_id) == "department"}
    for loc, message in mistakes_in_desks(desks, departments | broken) if desks else ():
        yield Problem(DESKS, line_in(root / DESKS, loc), message)
    for loc, message in mistakes_in_canned(canned, desks) if canned else ():
        yield Problem(CANNED, line_in(root / CANNED, loc), message)


def broken_references_of(
    entry: AnyEntry,
    entries: Mapping[str, AnyEntry],
    city: City | None,
    broken: frozenset[str] = frozenset(),
) -> Iterator[tuple[Sequence[int | str], str]]:
    """What `entry` refers to and `entries` do not hold: its place in the file, and a sentence."""
    for position, target in enumerate(entry.related):
        if target not in entries and target not in broken:
            yield ("related", position), f"related の「{target}」という項目はありません{_SPELLING}"
    numbers = {item.number for item in city.priority} if city else set(entry.covers)
    for position, number in enumerate(entry.covers):
        if number not in numbers:
            yield ("covers", position), f"city.yml に「{number}」という番号はありません{_SPELLING}"
    if isinstance(entry, Guide):
        yield from mistakes_of(entry, entries, broken)
    departments: list[tuple[Sequence[int | str], str | None]] = [(("department",), entry.department)]
    departments += [((*loc, "department"), fact.department) for loc, fact in facts_in(entry)]
    for loc, department in departments:
        if department and department not in broken and _kind(entries, department) != "department":
            yield loc, f"department「{department}」という担当課はありません{_SPELLING}"


def _kind(entries: Mapping[str, AnyEntry], entry_id: str) -> str | None:
    return entries[entry_id].kind if entry_id in entries else None


def _wait_for_git(root: Path) -> None:
    """Wait while git changes the files below `root`: it holds `index.lock` for the whole of a checkout.

    Not longer than _GIT_PATIENCE, and not for a lock that old, which a crash has left behind.
    """
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").is_dir()), None)
    if repository is None:
        return
    lock, deadline = repository / ".git" / "index.lock", time.time() + _GIT_PATIENCE
    while time.time() < deadline:
        try:
            if time.time() - lock.stat().st_mtime > _GIT_PATIENCE:
                return
        except FileNotFoundError:
            return
        time.sleep(_PAUSE)
