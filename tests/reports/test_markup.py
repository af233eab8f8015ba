from invariants.reports.markup import Markup, element, joined


def test_texts_are_escaped_and_elements_are_not() -> None:
    assert element("p", "<b> & \x1b", element("i", "'")) == "<p>&lt;b&gt; &amp; \\x1b<i>&#x27;</i></p>"
    assert joined(Markup("<br>"), "<br>") == "<br>&lt;br&gt;"


def test_an_attribute_cannot_be_broken_out_of() -> None:
    assert element("p", class_="", id="\"><script x='") == '<p id="&quot;&gt;&lt;script x=&#x27;"></p>'
    assert element("p", data_line="1") == '<p data-line="1"></p>'
