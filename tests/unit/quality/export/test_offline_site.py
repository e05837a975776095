"""Pages of Data Docs that load only what lies beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.quality.export import offline_site, offline_site_files
from pipeline.quality.export.offline_site import LOCAL_FILES, OWN_STYLES, make_offline, offline_page

HEAD = "<head><title>t</title>{}\n</head><body>{}</body>"


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        (
            '<link rel="stylesheet" href="https://unpkg.com/bootstrap-table@1.19.1/dist/bootstrap-table.min.css">',
            '<link rel="stylesheet" href="../static/offline/bootstrap-table.min.css">',
        ),
        (
            '<script src="https://stackpath.bootstrapcdn.com/bootstrap/4.3.1/js/bootstrap.min.js" integrity="sha384-x" '
            'crossorigin="anonymous"></script>',
            '<script src="../static/offline/bootstrap.bundle.min.js"></script>',
        ),
        ('<script src="https://cdn.jsdelivr.net/npm/vega@5"></script>', ""),
        ('<link rel="stylesheet" href="//cdnjs.cloudflare.com/font-awesome/css/all.min.css">', ""),
        ('<link rel="shortcut icon" href="../../static/images/favicon.ico" type="image/x-icon"/>', ""),
        (
            "<style>a { background: url('https://x.example/l.png') 0 0; }</style>",
            "<style>a { background: none 0 0; }</style>",
        ),
        ('<script src="mine.js"></script>', '<script src="mine.js"></script>'),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_ours_or_left_out(written: str, becomes: str) -> None:
    own = f'<link rel="stylesheet" href="../static/offline/{OWN_STYLES}">\n  '
    expected = HEAD.format(becomes, "").replace("</head>", f"{own}</head>")
    assert offline_page(HEAD.format(written, ""), "../static/offline/") == expected


def test_a_picture_from_elsewhere_becomes_words_and_an_invitation_goes() -> None:
    body = '<img class="x" src="https://x.example/logo.png?d=1" alt="GX"/><footer>\n<a href="https://x.example">Subscribe</a></footer>'
    assert "<body>周报 · Great Expectations</body>" in offline_page(HEAD.format("", body), "")


def test_a_page_that_was_made_so_before_stays_as_it_is() -> None:
    page = offline_page(HEAD.format('<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>', ""), "")
    assert offline_page(page, "") == page


def test_every_page_finds_the_files_from_its_own_depth(tmp_path: Path) -> None:
    script = '<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>'
    pages = [tmp_path / "index.html", tmp_path / "expectations" / "charts" / "t.html"]
    for page in pages:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(HEAD.format(script, ""), "utf-8")
    make_offline(tmp_path, offline_site_files.VENDORED)
    for page in pages:
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page.read_text("utf-8"))
        assert len(loaded) == 2
        assert all((page.parent / address).is_file() for address in loaded), page


def test_every_file_that_pages_load_is_there_and_none_is_there_for_nothing() -> None:
    present = {path.name for path in offline_site_files.VENDORED.iterdir()}
    assert present == {*LOCAL_FILES.values(), OWN_STYLES, "README.md"}


def test_the_plugin_imports_nothing_of_ours_and_finds_its_files_by_the_name_that_the_export_gives_them() -> None:
    assert not re.search(r"^(from|import) pipeline", offline_site_files.MODULE.read_text("utf-8"), re.MULTILINE)
    assert offline_site.PLUGIN_FILES == offline_site_files.PLUGIN_FILES
