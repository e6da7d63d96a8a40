// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

extension Element.Name {
    fileprivate static let mark = Self("mark", .line, end: .slash)
    fileprivate static let marks = Self("marks", .block)
}

@Suite struct `An element` {
    private static let hostile = "<b a=\"1\" c='2'>&amp;</b>"
    private static let escaped = "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;"

    @Test func `escapes its text and its attributes' values`() {
        #expect(Element(.b, Self.hostile).text == "<b>\(Self.escaped)</b>")
        #expect(Element(.b) { Self.hostile }.text == "<b>\(Self.escaped)</b>")
        #expect(
            Element(.a, class: Self.hostile, ["href": Self.hostile], "here").text
                == "<a class=\"\(Self.escaped)\" href=\"\(Self.escaped)\">here</a>")
        #expect(Element.meta(["content": Self.hostile]).text == "<meta content=\"\(Self.escaped)\">\n")
    }

    @Test(arguments: ["\0", "\u{8}", "\u{1B}", "\r", "\u{FFFE}", "\u{FFFF}"])
    func `has blanks for what XML forbids`(character: String) {
        #expect(Element(.b, ["id": "a\(character)b"], "c\(character)d").text == "<b id=\"a b\">c d</b>")
    }

    @Test(arguments: ["a\nb\tc", "caf\u{E9} \u{2019} \u{FB01} \u{FF1C} \u{1F600}", ""])
    func `keeps every other character`(text: String) {
        #expect(Element(.b, text).text == "<b>\(text)</b>")
    }

    /// A character of several scalars begins with one that is markup.
    @Test func `escapes a mark of markup with an accent upon it`() {
        #expect(Element(.b, "<\u{338}&\u{301}").text == "<b>&lt;\u{338}&amp;\u{301}</b>")
    }

    @Test func `leaves out attributes that have no value, and keeps the order of the others`() {
        #expect(Element(.td, class: nil, ["id": nil], "").text == "<td></td>")
        #expect(
            Element(.td, ["scope": "row", "class": "text", "id": ""], "").text
                == "<td scope=\"row\" class=\"text\" id=\"\"></td>")
    }

    @Test func `ends as its kind does if it holds nothing`() {
        #expect(Element.meta(["charset": "utf-8"]).text == "<meta charset=\"utf-8\">\n")
        #expect(Element(.mark).text == "<mark/>\n")
        #expect(Element(.mark, "held").text == "<mark>held</mark>\n")
        #expect(Element(.p).text == "<p></p>\n")
        #expect(Element(.div, class: "walk").text == "<div class=\"walk\"></div>\n")
    }

    @Test func `stands on lines by its name, and within a line all does`() {
        let list = Element(.ul) {
            Element(.li) {
                "one "
                Element(.code, "two")
            }
        }
        #expect(list.text == "<ul>\n<li>one <code>two</code></li>\n</ul>\n")
        #expect(Element(.thead) { Element(.tr) { Element(.th, "a") } }.text == "<thead><tr><th>a</th></tr></thead>\n")
        // What follows has lines again.
        let both = Element(.div) {
            Element(.p) { Element(.p, "in") }
            Element(.p, "after")
        }
        #expect(both.text == "<div>\n<p><p>in</p></p>\n<p>after</p>\n</div>\n")
    }

    @Test func `is a page or an XML document`() {
        #expect(Element(.html) { Element(.body) }.page == "<!doctype html>\n<html>\n<body></body>\n</html>\n")
        let xml = Element(.marks) {
            Element(.marks) { Element(.mark, ["id": "1"]) }
            Element(.mark, "text")
        }
        #expect(
            xml.xml == """
                <?xml version="1.0" encoding="UTF-8"?>
                <marks>
                  <marks>
                    <mark id="1"/>
                  </marks>
                  <mark>text</mark>
                </marks>

                """)
    }

    @Test func `is built by conditions and loops`() {
        func built(_ number: Int?) -> Markup {
            @MarkupBuilder var nodes: Markup {
                if let number { "\(number)" }
                if number == nil { "none" } else { "some" }
                for letter in ["<", "b"] { Element(.b, letter) }
            }
            return nodes
        }
        #expect(built(1).text == "1some<b>&lt;</b><b>b</b>")
        #expect(built(nil).text == "none<b>&lt;</b><b>b</b>")
    }
}

@Suite struct `What is not escaped` {
    @Test func `leaves code as it is`() {
        #expect(
            Element.script(verbatim: "if (a < b && c > \"d\") e();\n").text
                == "<script>\nif (a < b && c > \"d\") e();\n</script>\n")
        #expect(Element.style(verbatim: "a>b{font:\"c\"}\n").text == "<style>\na>b{font:\"c\"}\n</style>\n")
    }

    @Test(
        arguments: [
            ("'</script><b>'", "'\\x3C/script><b>'"), ("'</SCRIPT >'", "'\\x3C/SCRIPT >'"),
            ("'<!--<script>'", "'\\x3C!--<script>'"), ("'<</script'", "'<\\x3C/script'"), ("</script", "\\x3C/script"),
        ])
    func `is a script that cannot close its element`(code: String, guarded: String) {
        #expect(Element.script(verbatim: code).text == "<script>\n\(guarded)</script>\n")
    }

    @Test func `is a style that cannot close its element, neither in HTML nor in XML`() {
        #expect(
            Element.style(verbatim: "a{content:'</style>&lt;'}").text
                == "<style>\na{content:'\\3C /style>\\26 lt;'}</style>\n")
    }

    @Test(arguments: ["</script>", "<!--", "<\u{338}/script>"])
    func `is data that cannot close their element, and are read as they were`(text: String) throws {
        let json = JSON.object(["name": .string(text)])
        let element = Element.data(verbatim: json, ["type": "application/json"]).text
        let lines = element.split(separator: "\n")
        #expect(lines.first == "<script type=\"application/json\">" && lines.last == "</script>")
        let data = lines.dropFirst().dropLast().joined(separator: "\n")
        #expect(!data.utf8.contains(UInt8(ascii: "<")))
        #expect(try JSON.parse(Array(data.utf8), path: "data.json") == json)
    }
}
