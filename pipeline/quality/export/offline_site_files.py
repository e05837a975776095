"""Where the plugin that makes Data Docs work without the internet stands, and the files that its pages load.

The plugin itself, `offline_site`, imports Great Expectations, which takes seconds: here its path is enough.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
MODULE: Final = _HERE / "offline_site.py"
VENDORED: Final = _HERE / "vendored"
# The folder of these files among the plugins; `offline_site` has the same word, as it goes alone into a folder.
PLUGIN_FILES: Final = "data_docs_files"
