// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@testable import Documents

/// Texts from files, where they are shown.
struct `A text from a file` {
    private static let hostile = "a\u{1b}[2Jb\rc\u{202e}d\u{9b}e\u{200b}f\u{2066}g\u{e0041}h\u{7f}"

    @Test func `does nothing to a terminal`() {
        let line = Shown.line("x\ny\tz" + Self.hostile)
        #expect(!line.unicodeScalars.contains(where: Shown.isActive))
        #expect(
            line.hasPrefix("x\\u{A}y\\u{9}za\\u{1B}[2Jb\\u{D}c\\u{202E}d\\u{9B}e\\u{200B}f\\u{2066}g\\u{E0041}h\\u{7F}")
        )
        #expect(Shown.lines("x\ny\tz\r") == "x\ny\tz\\u{D}")
        #expect(Shown.line("größer 漢字 😀 − ≥") == "größer 漢字 😀 − ≥")
    }

    @Test func `stays in its cell of a table`() {
        var table = TextTable()
        table.add(["head", "b"])
        table.add(["x\nforged", "1"])
        #expect(table.text == "head          b\nx\\u{A}forged  1\n")
    }

    @Test func `stays the same in JSON, where it is escaped`() throws {
        let text = JSON.string(Self.hostile).text
        // What JSON cannot write with four digits is beyond the characters of terminals.
        #expect(!text.dropLast().unicodeScalars.contains { Shown.isActive($0) && $0.value < 0x10000 })
        #expect(try JSON.parse(Array(text.utf8), path: "x") == .string(Self.hostile))
    }

    @Test(arguments: [
        ("a|b*c_d`e[f]\\g~h$i", "a\\|b\\*c\\_d\\`e\\[f\\]\\\\g\\~h\\$i"), ("<b>&", "&lt;b>&amp;"),
        ("@everyone", "@<!-- -->everyone"), ("https://x.y www.z", "https:&#47;&#47;x.y www&#46;z"),
        ("a\u{202e}b\nc", "a\\u{202E}b c"),
    ])
    func `is no markup in Markdown`(text: String, escaped: String) {
        #expect(Markup.markdown(text) == escaped)
    }

    @Test func `does not leave a block of code`() {
        #expect(Markup.markdownCode("walkback compare x") == "```\nwalkback compare x\n```\n")
        #expect(Markup.markdownCode("a\n```\n<b>") == "````\na\\u{A}```\\u{A}<b>\n````\n")
    }
}

/// Names in CSV files.
struct `A field of CSV` {
    @Test(arguments: [
        ("wifi", "wifi"), ("-3.5", "-3.5"), ("+1e3", "+1e3"), ("=1+1", "'=1+1"), ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|x", "'+cmd|x"), ("\tx", "'\tx"), ("'=x", "''=x"), ("a,b", "\"a,b\""), ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
        ("-inf", "'-inf"), ("-0x1", "'-0x1"), ("\r\n", "\"'\r\n\""), ("", ""), ("-", "'-"),
    ])
    func `is no formula, and is read back`(text: String, field: String) throws {
        #expect(CSVField.text(text) == field)
        var rows = try CSVRows(Array("a,b\n\(field),1\n".utf8), path: "x.csv", header: "a,b\n")
        let read = try #require(try rows.next())
        #expect(CSVField.text(from: read[0]) == text)
        #expect(read[1] == "1")
        #expect(try rows.next() == nil)
    }

    @Test func `is the same in pieces of any size`() throws {
        let bytes = Array("a,b\n\"x\"\"y,\n\",2\n,\nlast,\"\"\n".utf8)
        for size in 1...bytes.count {
            var rest = bytes[...]
            var rows = try CSVRows(path: "x.csv", header: "a,b\n") {
                defer { rest = rest.dropFirst(size) }
                return Array(rest.prefix(size))
            }
            var read: [[String]] = []
            while let row = try rows.next() { read.append(row) }
            #expect(read == [["x\"y,\n", "2"], ["", ""], ["last", ""]], "in pieces of \(size)")
        }
    }

    @Test func `of endless length is refused`() throws {
        var isFirst = true
        var rows = try CSVRows(path: "x.csv", header: "a\n") {
            defer { isFirst = false }
            return isFirst ? Array("a\n".utf8) : [UInt8](repeating: 0x61, count: 1 << 16)
        }
        let fault = #expect(throws: Fault.self) { _ = try rows.next() }
        #expect(fault?.message.contains("a line of more than 1048576 bytes") == true)
    }
}
