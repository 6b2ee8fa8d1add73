"""Hooks of the documentation site: pages that stand at the top of the repository are pages of the site as well."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).parent.parent
FROM_TOP: Final = {
    "CONTRIBUTING.md": "develop/contributing.md",
    "SECURITY.md": "develop/security.md",
    "CHANGELOG.md": "develop/changes.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from the top; their links into `docs/` lead to the site's own pages."""
    for name, page in FROM_TOP.items():
        text = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](../")
        files.append(File.generated(config, page, content=text))
    return files
