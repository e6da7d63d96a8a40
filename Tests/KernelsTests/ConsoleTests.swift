// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Kernels
@testable import System

struct ConsoleTests {
    @Test(arguments: [
        ("walkback: time 12.5", Console.Parsed.line(.time(.milliseconds(12500)))),
        ("walkback: time soon", .line(.note("time soon"))),
        ("walkback: time -1", .line(.note("time -1"))),
        ("walkback: time nan", .line(.note("time nan"))),
        ("walkback: curves of 3 paths", .line(.note("curves of 3 paths"))),
        ("Kernel panic - not syncing", .line(.text("Kernel panic - not syncing"))),
        (" walkback: time 1", .line(.text(" walkback: time 1"))),
        ("walkback: fault {\"code\": 69, \"message\": \"no fq\"}", .fault(Fault(.missingFeature, "no fq"))),
        // A guest that reports success as a fault has not succeeded.
        ("walkback: fault {\"code\": 0, \"message\": \"odd\"}", .fault(Fault(.failed, "odd"))),
        ("walkback: fault {\"code\": 6", .line(.note("fault {\"code\": 6"))),
    ])
    func `A line is what its prefix says`(text: String, expected: Console.Parsed) {
        #expect(Console.parse(text) == expected)
    }

    @Test func `Lines are put together from any pieces, and the last one may lack its end`() {
        var console = Console(log: -1)
        var lines: [ConsoleLine] = []
        for piece in ["walk", "back: time 1", ".5\r\nKern", "el \u{fc}", "\n\nlast"] {
            console.take(Array(piece.utf8)) { lines.append($0) }
        }
        #expect(lines == [.time(.milliseconds(1500)), .text("Kernel \u{fc}"), .text("")])
        console.end { lines.append($0) }
        #expect(lines.last == .text("last"))
        #expect(console.time == .milliseconds(1500))
    }

    @Test func `A guest that prints for ever fills neither memory nor disk`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("log", "")
        let log = open(path.string, O_WRONLY | O_CLOEXEC)
        defer { close(log) }
        var console = Console(log: log)
        let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
        for _ in 0..<(2 * Console.mostLogged / line.count) { console.take(line) { _ in } }
        let kept = try #require(try Files.read(path))
        #expect(kept.count < Console.mostLogged + 100)
        #expect(String(decoding: kept.suffix(30), as: UTF8.self).hasSuffix("[the rest is not kept]\n"))
        #expect(console.lastLines.count == Console.keptLines)
    }

    @Test(arguments: [
        Fault(.missingFeature, "two\nlines, a \"quote\" and \\ and \u{1}"), Fault(.permission, ""), Fault(.failed, "ü"),
    ])
    func `A fault crosses from guest to host unchanged, on one line`(fault: Fault) throws {
        let line = FaultDocument(fault).line
        #expect(!line.contains("\n"))
        #expect(Console.parse(RunDirectory.consolePrefix + "fault " + line) == .fault(fault))
    }
}
