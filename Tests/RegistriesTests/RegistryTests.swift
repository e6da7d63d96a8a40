// SPDX-License-Identifier: Apache-2.0
import Documents
import Registries
import Testing

/// A registry of words, each of which is found by all of its parts.
private func registry() -> Registry<String> {
    Registry(of: "word", ["one", "two former-two"], reserved: ["best"]) { $0.split(separator: " ").map(String.init) }
}

@Suite struct `A registry` {
    @Test func `lists its own entries before the added ones`() throws {
        let registry = registry()
        try registry.add("zero")
        try registry.add("also-zero")
        #expect(registry.all == ["one", "two former-two", "zero", "also-zero"])
    }

    @Test(arguments: ["one", "former-two", "best", "new two", "three three"])
    func `gives no name twice`(word: String) throws {
        let registry = registry()
        let fault = try #require(throws: Fault.self) { try registry.add(word) }
        let name = try #require(word.split(separator: " ").last)
        #expect(fault.code == .usage)
        #expect(
            fault.message
                == "this program adds a word named '\(name)', but that name is taken; rename it, or add it only once")
        #expect(registry.all.count == 2)
    }

    @Test func `takes an entry only once`() throws {
        let registry = registry()
        try registry.add("zero")
        #expect(throws: Fault.self) { try registry.add("zero") }
        #expect(registry.all.count == 3)
    }

    @Test(arguments: ["Upper", "under_score", "a/b", "../up", "1st", "-a", "a.b", "ä", "a\"b", "two\nlines"])
    func `refuses a name that files or options would have to quote`(name: String) throws {
        let fault = try #require(throws: Fault.self) { try registry().add(name) }
        #expect(fault.code == .usage)
        #expect(
            fault.message
                == "this program adds a word named '\(name)', but a name must be 1 to 40 of a-z, 0-9 and '-', "
                + "the first of them a letter; rename it")
    }

    @Test func `refuses an empty name, and one that is too long`() throws {
        let registry = Registry<String>(of: "word", []) { [$0] }
        #expect(throws: Fault.self) { try registry.add("") }
        let fault = try #require(throws: Fault.self) { try registry.add(String(repeating: "a", count: 1000)) }
        #expect(fault.message.contains("'\(String(repeating: "a", count: 41))'"))
        try registry.add(String(repeating: "a", count: 40))
    }
}
