TEXT = r"""---
title: secret draft
---
# Jump *height*

The height is $h_{max} = g\,t^2/8$, measured
over two lines. <b>Bold</b> and [a link](https://example.org "t").[^1]

- one
- two
  1. inner

| Metric | s |
| ------ | - |
| Flight | 0.5 |

$$
h = \frac{1}{8} g t^2
$$

<figure><img alt="" src="x"/>
<figcaption><center>Figure. A jump.</center></figcaption></figure>

```python
height_m = 1
```

[^1]: A note.
"""


def test_markdown_gives_blocks_with_formulas_untouched(parse):
    document = parse("a.md", TEXT)
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Jump height"),
        (
            "paragraph",
            "The height is h_{max} = g\\,t^2/8, measured over two lines. "
            "Bold and a link.[1]",
        ),
        ("list", "- one\n- two\n  1. inner"),
        ("table", "Metric | s\nFlight | 0.5"),
        ("formula", "h = \\frac{1}{8} g t^2"),
        ("caption", "Figure. A jump."),
        ("paragraph", "height_m = 1"),
        ("paragraph", "A note."),
    ]
    assert document.blocks[3].payload == {"rows": [["Metric", "s"], ["Flight", "0.5"]]}
    assert document.blocks[6].payload == {"is_code": True}
    assert any("front matter" in finding.finding for finding in document.findings)
    assert any("of 1 links left out" in f.finding for f in document.findings)


def test_script_in_markdown_is_no_text(parse):
    document = parse("a.md", "Before\n\n<script>alert(1)</script>\n\nAfter")
    assert document.text == "Before\n\nAfter"


def test_heading_of_a_table_of_contents_opens_no_section(parse):
    document = parse(
        "a.md", "# Gait\n\n<h1>Contents<span></span></h1>\n\n## Phases\n\nTwo."
    )
    assert document.blocks[-1].section_path == ("Gait", "Phases")


def test_plain_text_is_cut_at_empty_lines(parse):
    document = parse("a.txt", "one\nline\r\n\r\n two\f three")
    assert [block.text for block in document.blocks] == ["one\nline", "two", "three"]
