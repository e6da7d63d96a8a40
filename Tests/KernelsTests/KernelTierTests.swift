// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage
import Testing

/// `Tests/kernel-tier` with a shell command in place of the guest.
@Suite struct `The script that runs the kernel tier` {
    private static let tests = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
    private static let names = ["A.`it's ü (one)`/two()/F.swift:1:2", "B.C/three(number:)/G.swift:34:5"]

    /// - Parameters:
    ///   - guest: what the stand-in for the guest does; `$1` is `--filter` and `$2` the expression.
    private func run(_ listed: [String]?, guest: String) throws -> (status: Int32, lines: [String]) {
        let scratch = try Scratch()
        let list = scratch.path.appending("list")
        if let listed { try scratch.file("list", listed.map { "\($0)\n" }.joined()) }
        let runner = try scratch.file("guest", guest)
        let pipe = try #require(popen("'\(Self.tests)/kernel-tier' '\(list)' sh '\(runner)' 2>&1", "r"))
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), pipe) != nil {
            let line = buffer.prefix { $0 != 0 && $0 != CChar(bitPattern: UInt8(ascii: "\n")) }
            lines.append(String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return (pclose(pipe) >> 8 & 0xff, lines)
    }

    private func started(_ names: [String]) -> String {
        names.map { "echo \"kernel tier: started \($0.replacing("`", with: "\\`"))\"" }.joined(separator: "\n")
    }

    @Test func `passes where every test on the list was started, and shows what the guest printed`() throws {
        let (status, lines) = try run(Self.names, guest: "echo before\n\(started(Self.names.reversed()))\necho after")
        #expect(status == 0)
        #expect(lines == ["before", "after", "kernel tier: all 2 tests ran in the guest"])
    }

    @Test func `asks for the tests on the list and for no other`() throws {
        let (_, lines) = try run(Self.names, guest: "echo \"$1\"; echo \"$2\"")
        #expect(lines.first == "--filter")
        let filter = try Regex(try #require(lines.dropFirst().first))
        for name in Self.names { #expect(try filter.wholeMatch(in: name) != nil, "\(name)") }
        for name in ["A.`it's ü (one)`/two()/F.swift:1:23", "B.C/three(number:)", "XB.C/three(number:)/G.swift:34:5"] {
            #expect(try filter.firstMatch(in: name) == nil, "\(name)")
        }
    }

    @Test func `fails and names what was not started`() throws {
        let (status, lines) = try run(Self.names, guest: started([Self.names[0]]))
        #expect(status == 1)
        #expect(lines == ["kernel tier: not run in the guest: \(Self.names[1])"])
        #expect(try run(Self.names, guest: "true").status == 1)
    }

    @Test func `fails where there is no list, or nothing on it`() throws {
        for listed in [nil, []] as [[String]?] {
            let (status, lines) = try run(listed, guest: "echo booted")
            #expect(status == 1)
            #expect(lines.count == 1 && !lines.contains("booted"), "\(lines)")
        }
    }

    @Test func `ends as the guest ends`() throws {
        #expect(try run(Self.names, guest: started(Self.names) + "\nexit 9").status == 9)
    }
}
