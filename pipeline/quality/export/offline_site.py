"""Data Docs that load nothing from the internet: Great Expectations' own pages with files that lie beside them.

This file also goes into every exported folder, as `gx/plugins/zhoubao_data_docs.py`: whoever builds the pages there
with plain Great Expectations gets the same. So it imports nothing of ours.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.site_builder import SiteBuilder

# Where the plugins of an exported folder have the files that pages load, and where a site has them.
PLUGIN_FILES = "data_docs_files"
SITE_FILES = Path("static") / "offline"
OWN_STYLES = "zhoubao.css"
# The last part of an address on a public server, and the file of ours; what is not here is left out, such as the
# drawings of profiles (vega), a second set of colours and the icon font.
LOCAL_FILES = {
    "bootstrap.min.css": "bootstrap.min.css",
    "bootstrap-table.min.css": "bootstrap-table.min.css",
    "bootstrap-table-filter-control.css": "bootstrap-table-filter-control.min.css",
    "bootstrap-table-filter-control.min.css": "bootstrap-table-filter-control.min.css",
    "bootstrap-datepicker.min.css": "bootstrap-datepicker.min.css",
    "jquery-3.7.1.min.js": "jquery.min.js",
    "bootstrap.min.js": "bootstrap.bundle.min.js",
    "bootstrap-table.min.js": "bootstrap-table.min.js",
    "bootstrap-table-filter-control.min.js": "bootstrap-table-filter-control.min.js",
    "bootstrap-datepicker.min.js": "bootstrap-datepicker.min.js",
}
# <link rel="stylesheet" href="https://unpkg.com/…/bootstrap-table.min.css">
_STYLES = re.compile(r'<link\b[^>]*\bhref="(?:https?:)?//([^"]*)"[^>]*>')
# <script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>
_SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?:https?:)?//([^"]*)"[^>]*>\s*</script>')
# <img class="NO-CACHE" src="https://…/logo-long.png?d=…" …/>
_IMAGE = re.compile(r'<img\b[^>]*\bsrc="(?:https?:)?//[^"]*"[^>]*>')
# The picture behind the name: url('https://…/full_logo_dark.png')
_ADDRESS_IN_STYLES = re.compile(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)")
# <link rel="shortcut icon" href="../../static/images/favicon.ico">, whose number of steps up is wrong for results.
_ICON = re.compile(r'<link\b[^>]*\brel="shortcut icon"[^>]*>')
# An invitation to a newsletter.
_FOOTER = re.compile(r"<footer\b.*?</footer>", re.DOTALL)


class OfflineSiteBuilder(SiteBuilder):
    """Great Expectations' builder of Data Docs, whose pages load nothing from the internet."""

    def build(self, resource_identifiers: Any = None, build_index: bool = True) -> Any:
        """Builds the pages as its parent does, and makes them independent of other servers."""
        built = super().build(resource_identifiers=resource_identifiers, build_index=build_index)
        plugins = Path(str(self.data_context.plugins_directory))
        site = Path(self.target_store.store_backends["index_page"].full_base_directory)
        make_offline(site, plugins / PLUGIN_FILES)
        return built


def make_offline(site: Path, files: Path) -> None:
    """Copies `files` into a site and lets every page load them from there, and nothing from anywhere else."""
    shutil.copytree(files, site / SITE_FILES, dirs_exist_ok=True)
    for styles in (site / "static" / "styles").glob("*.css"):
        styles.write_text(_ADDRESS_IN_STYLES.sub("none", styles.read_text("utf-8")), "utf-8")
    for page in sorted(site.rglob("*.html")):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text("utf-8")
        offline = offline_page(text, f"{up}{SITE_FILES.as_posix()}/")
        if offline != text:
            page.write_text(offline, "utf-8")


def offline_page(text: str, files: str) -> str:
    """Returns a page that loads from `files`, a relative address, what it loaded from public servers.

    A page that was made so before stays as it is.
    """
    styles = _STYLES.sub(lambda tag: _style_tag(files, _local_file(tag[1])), text)
    scripts = _SCRIPT.sub(lambda tag: _script_tag(files, _local_file(tag[1])), styles)
    without_images = _IMAGE.sub("周报 · Great Expectations", scripts)
    without_addresses = _ADDRESS_IN_STYLES.sub("none", without_images)
    page = _FOOTER.sub("", _ICON.sub("", without_addresses))
    own = _style_tag(files, OWN_STYLES)
    return page if own in page else page.replace("</head>", f"{own}\n  </head>", 1)


def _local_file(address: str) -> str | None:
    """unpkg.com/bootstrap-table@1.19.1/dist/bootstrap-table.min.css → bootstrap-table.min.css"""
    name = address.partition("?")[0].rsplit("/", maxsplit=1)[-1]
    return LOCAL_FILES.get(name)


def _style_tag(files: str, name: str | None) -> str:
    return f'<link rel="stylesheet" href="{files}{name}">' if name else ""


def _script_tag(files: str, name: str | None) -> str:
    return f'<script src="{files}{name}"></script>' if name else ""
