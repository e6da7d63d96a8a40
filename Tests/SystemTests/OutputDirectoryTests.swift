// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import System

struct `An output directory` {
    private let scratch: HeldDirectory

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/walkback-output.XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        scratch = try HeldDirectory(
            FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)))
    }

    private func end() {
        (try? scratch.entries())?.forEach(scratch.remove)
        rmdir(scratch.path.string)
    }

    private var place: FilePath { scratch.path.appending("out") }

    @Test func `keeps the log that a failed run's message names`() throws {
        defer { end() }
        let output = try OutputDirectory(place)
        let run = try output.makeWorkDirectory("runs").subdirectory("mptcp.1")
        try run.write(Array("panic".utf8), to: RunDirectory.consoleLog)
        let fault = Fault(.failed, "the guest panicked; see '\(run.path)/console.log'")
        let told = try #require(output.keepLog(of: run, after: fault) as? Fault)
        #expect(told == Fault(.failed, "the guest panicked; see '\(place)/walkback-failed.log'"))
        output.discardPartial()
        let held = try HeldDirectory(place)
        #expect(try held.read("walkback-failed.log", most: ByteCount(100)) == Array("panic".utf8))
        // The next run may use the directory, and its success leaves nothing of the failure.
        try OutputDirectory(place).publish([("comparison.json", [1])])
        #expect(try held.entries() == ["comparison.json"])
    }

    @Test func `keeps the log of the first of several failed runs`() throws {
        defer { end() }
        let output = try OutputDirectory(place)
        for name in ["first", "second"] {
            let run = try output.makeWorkDirectory(name)
            try run.write(Array(name.utf8), to: RunDirectory.consoleLog)
            _ = output.keepLog(of: run, after: Fault(.failed, "see '\(run.path)/console.log'"))
        }
        output.discardPartial()
        #expect(try HeldDirectory(place).read("walkback-failed.log", most: ByteCount(100)) == Array("first".utf8))
    }

    @Test func `is one run's at a time`() throws {
        defer { end() }
        let first = try OutputDirectory(place)
        let fault = #expect(throws: Fault.self) { try OutputDirectory(place) }
        #expect(fault?.message.hasPrefix("another run is writing to \(place)") == true)
        first.discardPartial()
        // What was made for a result that did not come is gone.
        #expect(try scratch.entries() == [])
        try OutputDirectory(place).publish([("comparison.json", [1])])
    }
}
