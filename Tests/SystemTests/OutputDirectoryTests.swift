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
        for entry in (try? scratch.entries()) ?? [] { scratch.remove(entry) }
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

    private static let old: [(name: String, bytes: [UInt8])] = [
        ("comparison.json", [1]), ("series.csv", [1]), ("figure.svg", [1]),
    ]
    private static let new: [(name: String, bytes: [UInt8])] = [("comparison.json", [2]), ("series.csv", [2])]

    /// What a run leaves that is killed while it puts `new` in the place of `old`, after `moved` files.
    private func interrupt(after moved: Int) throws {
        try OutputDirectory(place).publish(Self.old)
        let output = try OutputDirectory(place)
        for file in Self.new { try output.partial.write(file.bytes, to: file.name) }
        let publication = Publication(
            removed: ["comparison.json", "figure.svg"], moved: ["series.csv", "comparison.json"])
        try publication.begin(in: output.partial)
        if moved > 0 { publication.removed.forEach(output.directory.removeFile) }
        for name in publication.moved.prefix(moved) {
            try output.partial.move(name, to: output.directory, as: name)
        }
    }

    private func expectNew(_ held: HeldDirectory) throws {
        #expect(try held.entries() == ["comparison.json", "series.csv"])
        for file in Self.new { #expect(try held.read(file.name, most: ByteCount(10)) == file.bytes) }
    }

    @Test(arguments: 0...2) func `has the whole of a result that a killed run was moving`(moved: Int) throws {
        defer { end() }
        try interrupt(after: moved)
        OutputDirectory.finishPublication(in: place)
        try expectNew(HeldDirectory(place))
    }

    @Test(arguments: 0...2) func `is taken over from a run that was killed while it moved`(moved: Int) throws {
        defer { end() }
        try interrupt(after: moved)
        // A run that comes to nothing leaves what is there.
        try OutputDirectory(place).discardPartial()
        try expectNew(HeldDirectory(place))
    }

    @Test func `is taken over from a run that was killed before it had any of its files`() throws {
        defer { end() }
        try OutputDirectory(place).publish(Self.old)
        do {
            let output = try OutputDirectory(place)
            output.directory.removeFile("comparison.json")
        }
        try OutputDirectory(place).publish(Self.new, removing: ["figure.svg"])
        try expectNew(HeldDirectory(place))
    }

    @Test func `is not taken over from a run of another kind`() throws {
        defer { end() }
        do {
            let output = try OutputDirectory(place, mark: "sweep.json")
            try output.directory.write([1], to: "sweep.csv")
        }
        let fault = #expect(throws: Fault.self) { try OutputDirectory(place) }
        #expect(fault?.message.contains("holds other files") == true)
    }

    @Test func `leaves a result alone that another run is moving`() throws {
        defer { end() }
        let output = try OutputDirectory(place)
        try output.partial.write([2], to: "comparison.json")
        try Publication(removed: [], moved: ["comparison.json"]).begin(in: output.partial)
        OutputDirectory.finishPublication(in: place)
        #expect(try output.directory.entries() == [".partial"])
    }

    @Test(arguments: ["move ../victim", "remove ..", "move", "remove /etc"])
    func `refuses a list that leads out of it`(line: String) throws {
        defer { end() }
        try scratch.write([7], to: "victim")
        do {
            let output = try OutputDirectory(place)
            try output.partial.write(Array("move comparison.json\n\(line)\n".utf8), to: "publication")
            try output.partial.write([1], to: "comparison.json")
        }
        let fault = #expect(throws: Fault.self) { try OutputDirectory(place) }
        #expect(fault?.message.contains("a list that is not Walkback's") == true)
        #expect(try scratch.entries() == ["out", "victim"])
    }

    @Test func `is given up once, and never another run's`() throws {
        defer { end() }
        let first = try OutputDirectory(place)
        first.discardPartial()
        let second = try OutputDirectory(place)
        first.discardPartial()
        #expect(second.directory.has(".partial", second.partial))
    }

    @Test func `of text files is whole, whatever an earlier run left`() throws {
        defer { end() }
        let files = [TextDirectory.File("a.csv", text: "a"), TextDirectory.File("replay.yaml", text: "r")]
        _ = try TextDirectory.write(files, to: place, mark: "replay.yaml")
        do {
            let output = try OutputDirectory(place, mark: "replay.yaml")
            try output.partial.write([1], to: "a.csv")
        }
        _ = try TextDirectory.write(files, to: place, mark: "replay.yaml", results: ["prediction.json"])
        #expect(try HeldDirectory(place).entries() == ["a.csv", "replay.yaml"])
        #expect(try HeldDirectory(place).read("a.csv", most: ByteCount(10)) == Array("a".utf8))
        try HeldDirectory(place).write([1], to: "thesis.tex")
        let fault = #expect(throws: Fault.self) { try TextDirectory.write(files, to: place, mark: "replay.yaml") }
        #expect(fault?.message.contains("holds other files (thesis.tex)") == true)
    }

    @Test func `has its reports replaced together, and not while a run writes`() throws {
        defer { end() }
        let held = try HeldDirectory.make(place)
        try held.write([1], to: "report.html")
        // Whoever was killed here had all files complete, and only one of them in place.
        let partial = try held.subdirectory(".partial")
        try partial.write(Array("move a\nmove b\n".utf8), to: "publication")
        try partial.write([2], to: "b")
        try OutputDirectory.replace([("report.html", [3]), ("junit.xml", [4])], in: held)
        #expect(try held.entries() == ["b", "junit.xml", "report.html"])
        #expect(try held.read("report.html", most: ByteCount(10)) == [3])
        try held.write([], to: OutputDirectory.comparisonMark)
        let output = try OutputDirectory(place)
        let fault = #expect(throws: Fault.self) { try OutputDirectory.replace([("report.html", [5])], in: held) }
        #expect(fault?.message.contains("another run is writing to") == true)
        #expect(try held.read("report.html", most: ByteCount(10)) == [3])
        output.discardPartial()
        // One of the files cannot be written.
        #expect(throws: Fault.self) { try OutputDirectory.replace([("x/y", [6]), ("junit.xml", [6])], in: held) }
        #expect(try held.read("junit.xml", most: ByteCount(10)) == [4])
        #expect(!held.has(".partial"))
    }
}
