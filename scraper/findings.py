"""What a run has found: read by the report and the table, and compared with the last table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scraper.database import Database
from scraper.draft import Draft

# Positions of drafts within one address stay below this, so that address and position sort as one number.
_STRIDE = 10_000_000


@dataclass(frozen=True)
class Findings:
    """What one generation has found, and until it is complete what earlier ones had found too."""

    _database: Database
    _generation: int

    @property
    def complete(self) -> bool:
        """Whether this generation has read every document that it found; images do not count."""
        open_ones = (
            "SELECT 1 FROM urls WHERE role != 'image' AND state IN ('todo', 'failed') AND generation = ? LIMIT 1"
        )
        return self._database.one(open_ones, self._generation) is None

    def product_keys(self) -> Iterator[str]:
        """The keys of all products in the order in which they were found.

        While this generation is not complete, what earlier ones found still counts.
        """
        rows = self._database.execute(
            "SELECT key FROM drafts JOIN urls ON urls.id = parent WHERE generation >= ?"
            f" GROUP BY key ORDER BY min(parent * {_STRIDE} + position)",
            self._oldest(),
        )
        return (key for (key,) in rows)

    def drafts(self, key: str) -> list[Draft]:
        """What was read of one product, in the order in which it was found."""
        rows = self._database.execute(
            "SELECT body FROM drafts JOIN urls ON urls.id = parent WHERE key = ? AND generation >= ?"
            " ORDER BY parent, position",
            key,
            self._oldest(),
        )
        return [Draft.unpacked(body) for (body,) in rows]

    def image(self, url: str) -> tuple[str, str]:
        """The file and the sha256 of an image's address; empty when it was not had."""
        row = self._database.one("SELECT file, sha256 FROM urls WHERE url = ? AND role = 'image'", url)
        return (str(row[0]), str(row[1])) if row else ("", "")

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many addresses of this generation have each (role, state, reason)."""
        return self._database.execute(
            "SELECT role, state, reason, count(*) FROM urls WHERE generation = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            self._generation,
        ).fetchall()

    def examples(self, most: int = 3) -> dict[str, list[str]]:
        """Some addresses for each reason why one was not had."""
        rows = self._database.execute(
            "SELECT reason, url, detail FROM urls WHERE generation = ? AND state IN ('failed', 'refused') ORDER BY id",
            self._generation,
        )
        found: dict[str, list[str]] = {}
        for reason, url, detail in rows:
            if len(found.setdefault(reason, [])) < most:
                found[reason].append(f"{url}: {detail}" if detail and detail != url else url)
        return found

    def skips(self) -> Counter[str]:
        """What could not be used on the pages of this generation, by reason."""
        rows = self._database.execute(
            "SELECT skips.reason, sum(count) FROM skips JOIN urls ON urls.id = parent WHERE generation = ? GROUP BY 1",
            self._generation,
        )
        return Counter(dict(rows.fetchall()))

    def publish(self, id: str, digest: str, turn: int) -> str:
        """Note a product of the table being written: `added`, `changed`, `kept`, or a `duplicate` in this turn."""
        row = self._database.one("SELECT digest, turn FROM published WHERE id = ?", id)
        if row and row[1] == turn:
            return "duplicate"
        self._database.execute("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", id, digest, turn)
        return "added" if not row else "kept" if row[0] == digest else "changed"

    def published(self) -> tuple[int, int]:
        """How many products the last table had, and its turn."""
        count, turn = self._database.one("SELECT count(*), coalesce(max(turn), 0) FROM published")
        return int(count), int(turn)

    def withdraw(self, turn: int) -> int:
        """Forget the products of earlier turns; how many they were."""
        return self._database.execute("DELETE FROM published WHERE turn < ?", turn).rowcount

    def prune(self) -> list[str]:
        """Forget what earlier generations found; the files that nothing needs any more."""
        gone = self._database.execute(
            "SELECT DISTINCT file FROM urls WHERE generation < ?1 AND file != '' AND sha256 NOT IN"
            " (SELECT sha256 FROM urls WHERE generation >= ?1 AND sha256 != '')",
            self._generation,
        ).fetchall()
        for table in ("links", "drafts", "skips"):
            self._database.execute(
                f"DELETE FROM {table} WHERE parent IN (SELECT id FROM urls WHERE generation < ?)", self._generation
            )
        self._database.execute("DELETE FROM urls WHERE generation < ?", self._generation)
        return [str(file) for (file,) in gone]

    def _oldest(self) -> int:
        """The oldest generation that still counts."""
        return self._generation if self.complete else 0
