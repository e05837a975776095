"""Shared texts written anew keep their order, whatever they hold."""

from __future__ import annotations

from pipeline.ingest.sheets.usual_form.shared_texts import rewritten_texts


def test_each_text_keeps_its_place_and_comes_as_one() -> None:
    texts = (
        '<sst><si><t>甲&amp;</t></si><si/><si><r><t>12</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>'
        '</si><si><t>综合</t><rPh sb="0" eb="1"><t>ZH</t></rPh></si></sst>'
    )
    anew = b"".join(rewritten_texts([texts.encode()])).decode()
    space = '<t xml:space="preserve">'
    assert anew.partition('main">')[2] == (
        f"<si>{space}甲&amp;</t></si><si>{space}</t></si><si>{space}12</t></si><si>{space}综合</t></si></sst>"
    )
