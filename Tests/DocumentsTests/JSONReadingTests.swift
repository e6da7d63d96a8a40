// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@testable import Documents

@Suite struct `A document read back` {
    private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8), path: "a.json") }

    @Test func `is what was written`() throws {
        let document = JSON.object([
            "a": .array([.integer(-3), .number(0.25), .null, .bool(true)]),
            "b": .string("x\"\\\n\t\u{1}\u{e9}\u{1F600}"),
            "c": .object([:]), "d": .array([]), "e": .array([.number(1e-9)]),
        ])
        #expect(try JSON.parse(Array(document.text.utf8), path: "a.json") == document)
    }

    @Test func `may be written by others`() throws {
        #expect(
            try parse(" [1e2,2.0,\"\\u00e9\\ud83d\\ude00\\/\"]\n")
                == .array([.integer(100), .integer(2), .string("\u{e9}\u{1F600}/")]))
    }

    @Test(arguments: [
        ("9007199254740993", JSON.integer(9_007_199_254_740_993)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)),
        ("12345678901234567890", .number(1.2345678901234567e19)), ("-0.5", .number(-0.5)),
    ])
    func `has whole numbers that are exact`(text: String, number: JSON) throws {
        #expect(try parse("[\(text)]") == .array([number]))
    }

    @Test func `of a line is an array`() throws {
        #expect(JSON.line([.integer(1), .integer(2)]).text == "[1, 2]\n")
        #expect(try parse("[1, 2]") == .array([.integer(1), .integer(2)]))
    }

    @Test(arguments: [
        ("", "ends in the middle"), ("{\n\"a\": 1,\n", "ends in the middle"), ("{\"a\": 1", "ends in the middle"),
        ("[1,\n2,\n\"x", "ends in the middle"), ("[\"x\\\"]", "ends in the middle"), (" \n", "is not JSON"),
        ("[1] 2", "is not JSON"), ("[1]]", "is not JSON"), ("[nul]", "is not JSON"), ("[--]", "is not JSON"),
        ("[01]", "is not JSON"), ("[1e999]", "is not JSON"), ("[NaN]", "is not JSON"), ("[1 2]", "is not JSON"),
        ("{\"a\" 1}", "is not JSON"), ("{a: 1}", "is not JSON"), ("[\"\\x\"]", "is not JSON"),
        ("[\"\\ud83d\"]", "is not JSON"), ("\"\u{1}\"", "is not JSON"), ("[1] // one", "is not JSON"),
        ("{\"a\": 1, \"a\": 2}", "has the same key twice"),
        ("[{\"a\": {\"b\": 1, \"b\": []}}]", "has the same key twice"),
        ("{\"a\": 1, \"\\u0061\": 2}", "has the same key twice"),
    ])
    func `that is none is refused`(text: String, words: String) throws {
        let fault = #expect(throws: Fault.self) { try parse(text) }
        #expect(fault?.code == .badInput)
        #expect(
            fault?.message.hasPrefix("a.json: \(words)") == true
                && fault?.message.hasSuffix(
                    ", so it is not a complete document of walkback; restore it, or compare again") == true,
            "\(fault?.message ?? "")")
    }

    @Test func `whose text is no UTF-8 is refused`() {
        let fault = #expect(throws: Fault.self) { try JSON.parse([0x22, 0xff, 0x22], path: "a.json") }
        #expect(fault?.message.hasPrefix("a.json: is not JSON") == true)
    }

    /// Colons and brackets count only outside text.
    @Test func `may hold any text`() throws {
        let key = "a\\\":{[,]}"
        #expect(try parse(JSON.object([key: .string(key)]).text) == .object([key: .string(key)]))
    }

    @Test func `is not followed into any depth`() throws {
        for opening in ["[", "{\"a\":"] {
            let fault = #expect(throws: Fault.self) { try parse(String(repeating: opening, count: 100_000)) }
            #expect(fault?.message.contains("nested more than 64 levels deep") == true)
        }
        let brackets = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(throws: Fault.self) { try parse(brackets) }
        _ = try parse(String(brackets.dropFirst().dropLast()))
    }

    /// A decoder whose time grows faster than the document would need more than a minute.
    @Test(.timeLimit(.minutes(1))) func `may be large`() throws {
        let run = JSON.object([
            "id": .string("mptcp.1"), "values": .line([.integer(1), .number(0.25), .null, .bool(true)]),
        ])
        let document = JSON.object(["runs": .array(Array(repeating: run, count: 20_000))])
        #expect(try parse(document.text) == document.asRead)
    }

    @Test func `with too many values is refused before it is decoded`() {
        let bytes = Array("[0".utf8) + Array(repeatElement(Array(",0".utf8), count: 2_000_000).joined()) + [0x5d]
        let fault = #expect(throws: Fault.self) { try JSON.parse(bytes, path: "a.json") }
        #expect(fault?.message.contains("has more than 2000000 values") == true)
    }

    @Test func `names what is missing or of another sort`() throws {
        let reader = try JSONReader(
            document: Array("{\"schema\": \"walkback.x/1\", \"runs\": [{\"seed\": \"a\"}]}".utf8), path: "a.json",
            schema: "walkback.x/1")
        func message(_ body: () throws -> Void) -> String {
            (#expect(throws: Fault.self) { try body() })?.message ?? ""
        }
        #expect(message { _ = try reader["name"] }.hasPrefix("a.json: 'name' is missing"))
        #expect(
            message { _ = try reader["runs"].elements[0]["seed"].integer }.contains(
                "'runs[0].seed' is not a whole number")
        )
        #expect(message { _ = try reader["runs"].elements[0]["seed"].seed }.contains("'runs[0].seed' is not a seed"))
        #expect(
            message { _ = try JSONReader(document: Array("{}".utf8), path: "a.json", schema: "walkback.x/1") }
                .contains("has no 'schema'"))
    }

    @Test(arguments: [
        ("walkback.x/2", "use the version of walkback that wrote it"), ("walkback.y/1", "name a document of that kind"),
    ])
    func `of another schema is refused`(schema: String, words: String) {
        let fault = #expect(throws: Fault.self) {
            try JSONReader(document: Array("{\"schema\": \"\(schema)\"}".utf8), path: "a.json", schema: "walkback.x/1")
        }
        #expect(fault?.code == .badInput)
        #expect(
            fault?.message.contains("has the schema '\(schema)', and this version of walkback reads 'walkback.x/1'; ")
                == true)
        #expect(fault?.message.contains(words) == true)
    }
}

extension JSON {
    /// A document does not say which arrays were written on one line.
    fileprivate var asRead: JSON {
        switch self {
        case .null, .bool, .integer, .number, .string: self
        case .array(let elements), .line(let elements): .array(elements.map(\.asRead))
        case .object(let members): .object(members.mapValues(\.asRead))
        }
    }
}
