"""Nothing that stands in a text field ever runs: payloads put into the database past every form.

The markup of each page is parsed as a browser does it, and must hold no script, no event handler
and no script address beside those of the page itself. `|safe` is the control that must fail.
"""

import html
import json
import re
from html.parser import HTMLParser

import pytest
from django.template import engines

from cms.models import Credo, GuidelineModule, Standard, Vision
from cms.search import search_guide
from cms.templatetags.cms_text import clean_richtext, excerpt, highlight
from tests.cms.editing import add_module_url, module_form, publish_standard

PAYLOADS = [
    "<script>window.__xss=1</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=window.__xss=1>",
    "<img src='https://evil.example/pixel.gif'>",
    "<svg onload=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=window.__xss=1&gt;'>",
    "<a href='javascript:window.__xss=1'>x</a>",
    "<a href='JaVaScRiPt:window.__xss=1'>x</a>",
    "<a href='java\tscript:window.__xss=1'>x</a>",
    "<a href='&#106;avascript:window.__xss=1'>x</a>",
    "<a href='data:text/html,<script>window.__xss=1</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='x' onclick='window.__xss=1' style='position:fixed;inset:0'>x</a>",
    "<iframe src='javascript:window.__xss=1'></iframe>",
    "<iframe srcdoc='<script>window.__xss=1</script>'></iframe>",
    "<object data='data:text/html,<script>window.__xss=1</script>'></object>",
    "<embed src='https://evil.example/x.swf'>",
    "<embed embedtype='media' url='https://evil.example/video'/>",
    "<embed embedtype='image' id='1' format='left\" onload=\"window.__xss=1' alt='\"><script>window.__xss=1</script>'/>",
    "<a linktype='page' id='1\" onmouseover=\"window.__xss=1'>x</a>",
    "<form action='https://evil.example'><input name=p><button formaction='javascript:window.__xss=1'>x</button></form>",
    "<input autofocus onfocus=window.__xss=1>",
    "<details open ontoggle=window.__xss=1>",
    "<video><source onerror=window.__xss=1></video>",
    "<body onload=window.__xss=1>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:window.__xss=1'>",
    "<base href='https://evil.example/'>",
    "<template><script>window.__xss=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'></noscript>",
    '"><script>window.__xss=1</script>',
    "' onmouseover='window.__xss=1",
    "</title><script>window.__xss=1</script>",
    "</textarea><script>window.__xss=1</script>",
    "<!--><script>window.__xss=1</script>-->",
    "{{ request.user.password }}{% load static %}<script>window.__xss=1</script>",
    "<x onpointerrawupdate=window.__xss=1>x",
]


class Dangers(HTMLParser):
    """Collects what could run: elements, handlers, addresses, remote loads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"iframe", "object", "embed", "base", "math", "style", "template", "x"}:
            self.found.append(tag)
        if tag == "script" and not re.match(r"/static/(django_htmx|js|vendor)/", values.get("src", "")):
            self.found.append("script")
        if tag == "meta" and "http-equiv" in values:
            self.found.append("meta refresh")
        for name, value in values.items():
            address = re.sub(r"[\x00-\x20]", "", html.unescape(value)).lower()
            if name.startswith("on") or name in {"style", "srcdoc", "formaction"}:
                self.found.append(f"{tag} {name}")
            elif name in {"href", "src", "action", "data", "poster", "srcset"} and (
                address.startswith(("javascript:", "data:text", "vbscript:"))
                or (name != "href" and "evil.example" in address)
                or (tag == "link" and "evil.example" in address)
            ):
                self.found.append(f"{tag} {name}={address[:40]}")


def dangers(markup: str) -> list[str]:
    parser = Dangers()
    parser.feed(markup)
    parser.close()
    return parser.found


def test_the_detector_sees_what_safe_lets_through():
    template = engines["django"].from_string("{{ value|safe }}")
    seen = [bool(dangers(template.render({"value": payload}))) for payload in PAYLOADS]
    assert sum(seen) >= len(PAYLOADS) - 4  # a few are fragments that need another context to bite
    assert len(PAYLOADS) >= 30


@pytest.mark.parametrize("payload", PAYLOADS)
def test_rich_text_is_reduced_to_the_allow_list(db, payload):
    assert dangers(clean_richtext(payload)) == []
    assert dangers(clean_richtext(f"<p>before {payload} after</p>")) == []


def test_honest_rich_text_survives(db):
    source = '<h3>Head</h3><p>A <b>bold</b> and <i>quiet</i> <a href="https://example.com/a?b=1&amp;c=2">link</a><br/></p><ul><li>one</li></ul><blockquote>said</blockquote>'
    cleaned = clean_richtext(source)
    for piece in (
        "<h3>Head</h3>",
        "<b>bold</b>",
        "<i>quiet</i>",
        'href="https://example.com/a?b=1&amp;c=2"',
        "<li>one</li>",
        "<blockquote>said</blockquote>",
    ):
        assert piece in cleaned
    assert 'rel="noopener noreferrer"' in cleaned


@pytest.mark.parametrize("payload", PAYLOADS)
def test_search_highlight_escapes(payload):
    terms = ["script", "img", "xss", "x"]
    assert dangers(highlight(excerpt(payload, terms), terms)) == []
    assert dangers(highlight(payload, [])) == [] or "<" not in str(highlight(payload, []))


def test_no_field_of_any_page_runs(guide, cast, sign_in):
    everything = " ".join(["findable", *PAYLOADS])
    short = PAYLOADS[0] + PAYLOADS[2]
    standard = Standard.objects.create(
        key="hostile", title=short, behaviour=everything, why=everything, good_example=everything, bad_example=everything,
        empowerment_limit=everything,
    )  # fmt: skip
    Credo.objects.create(sentence=short, explanation=everything, standard=standard)
    guide.title, guide.lead = short, everything
    guide.save()
    guide.add_child(
        instance=Vision(
            title=short, slug="vision", statement=short, text=everything,
            objectives=[("objective", {"title": everything, "text": everything})],
        )
    )  # fmt: skip
    body = [
        ("section", everything),
        ("text", everything),
        ("do_dont", {"situation": everything, "do": everything, "dont": everything, "because": everything}),
        ("conversation", {
            "title": everything, "setting": everything,
            "turns": [{"speaker": "rep", "text": everything, "note": everything}, {"speaker": "customer", "text": everything, "note": ""}],
        }),
        ("checklist", {"title": everything, "items": [everything]}),
    ]  # fmt: skip
    raw = [{"type": kind, "value": value} for kind, value in body]
    raw.append({"type": "standards", "value": {"standards": [standard.pk]}})
    page = GuidelineModule(title=short, slug="hostile", intro=everything, body=json.dumps(raw))
    guide.add_child(instance=page)
    reader = sign_in(cast.rita)
    urls = [
        "/guide/",
        "/guide/vision/",
        "/guide/hostile/",
        "/guide/standards/",
        "/guide/standards/hostile/",
        "/guide/search/?q=findable",
        "/guide/search/?q=window",
    ]
    for url in urls:
        response = reader.get(url)
        assert response.status_code == 200, url
        assert "__xss" in response.content.decode(), url  # the text is there, harmless
        assert dangers(response.content.decode()) == [], url
        policy = response["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert search_guide("findable", cast.rita).hits
    # Wagtail's own editor refuses to open rich text that is not well formed; the other fields stay hostile.
    raw[1]["value"] = "<p>well formed</p>"
    page.body = json.dumps(raw)
    page.save()
    editor = sign_in(cast.edda)
    for url in (
        f"/cms/pages/{page.pk}/edit/",
        f"/cms/pages/{guide.pk}/",
        f"/cms/snippets/cms/standard/edit/{standard.pk}/",
        "/cms/snippets/cms/standard/",
        "/cms/snippets/cms/credo/",
    ):
        markup = editor.get(url, follow=True).content.decode()
        assert "<script>window.__xss" not in markup, url
        assert "<img src=x onerror" not in markup, url


def test_a_crafted_request_instead_of_the_editor_smuggles_nothing(guide, cast, sign_in):
    """What Draftail would never send: a script address in a link, markup in the text."""
    publish_standard(sign_in(cast.edda))
    block = {
        "key": "aaaaa", "text": "press <script>window.__xss=1</script>", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 5, "key": 0}],
    }  # fmt: skip
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:window.__xss=1"}}
    form = module_form(Standard.objects.get().pk, **{"body-1-value": json.dumps({"blocks": [block], "entityMap": {"0": entity}})})
    sign_in(cast.edda).post(add_module_url(), {**form, "action-publish": "1"})
    markup = sign_in(cast.rita).get("/guide/saying-no-kindly/").content.decode()
    assert "press" in markup
    assert dangers(markup) == []
