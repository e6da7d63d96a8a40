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
            try parse(" [1e2,\"\\u00e9\\ud83d\\ude00\\/\"]\n") == .array([.number(100), .string("\u{e9}\u{1F600}/")]))
        #expect(try parse("[12345678901234567890]") == .array([.number(1.2345678901234567e19)]))
    }

    @Test func `of a line is an array`() throws {
        #expect(JSON.line([.integer(1), .integer(2)]).text == "[1, 2]\n")
        #expect(try parse("[1, 2]") == .array([.integer(1), .integer(2)]))
    }

    @Test(arguments: [
        ("", 1, "ends in the middle"), ("{\n\"a\": 1,\n", 3, "lacks a key"), ("{\"a\": 1", 1, "ends in the middle"),
        ("[1] 2", 1, "goes on after its end"), ("{\"a\": 1, \"a\": 2}", 1, "has 'a' twice"), ("[nul]", 1, "no JSON"),
        ("[1,\n2,\n\"x", 3, "ends in the middle"), ("[--]", 1, "is no value"), ("[\"\\x\"]", 1, "escape"),
        ("[\"\\ud83d\"]", 1, "half a character"), ("\"\u{1}\"", 1, "control character"),
    ])
    func `that is none says where`(text: String, line: Int, words: String) throws {
        let fault = #expect(throws: Fault.self) { try parse(text) }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.hasPrefix("a.json:\(line): ") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }

    @Test func `is not followed into any depth`() {
        let fault = #expect(throws: Fault.self) { try parse(String(repeating: "[", count: 100_000)) }
        #expect(fault?.message.contains("nested more than 64 deep") == true)
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
            message { _ = try reader["runs"].elements[0]["seed"].integer }.contains("'runs[0].seed' is no whole number")
        )
        #expect(message { _ = try reader["runs"].elements[0]["seed"].seed }.contains("'runs[0].seed' is no seed"))
        #expect(
            message { _ = try JSONReader(document: Array("{}".utf8), path: "a.json", schema: "walkback.x/1") }
                .contains("has no 'schema'"))
    }

    @Test(arguments: [
        ("walkback.x/2", "use the walkback that wrote it"), ("walkback.y/1", "name a document of that kind"),
    ])
    func `of another schema is refused`(schema: String, words: String) {
        let fault = #expect(throws: Fault.self) {
            try JSONReader(document: Array("{\"schema\": \"\(schema)\"}".utf8), path: "a.json", schema: "walkback.x/1")
        }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains("has the schema '\(schema)', and this walkback reads 'walkback.x/1'") == true)
        #expect(fault?.message.contains(words) == true)
    }
}
