// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import System
import SystemPackage

/// A line that a guest wrote to its console.
package enum ConsoleLine: Sendable, Equatable {
    /// How far the run's clock has advanced since the guest's start.
    case time(Duration)
    /// A diagnostic of this program for the user, without its prefix.
    case note(String)
    /// Anything else: output of the kernel or of a program.
    case text(String)
}

/// Splits a guest's console into lines. It keeps all of it in a file, up to a limit, and the last lines in memory.
package struct Console {
    /// A limit on the log, so that a guest that prints forever does not fill the disk.
    static let mostLogged = 4 << 20
    static let keptLines = 40
    static let mostLineBytes = 1 << 16

    /// Whether the kernel panicked before it had a console; only then do its lines begin with their level.
    private(set) var hasEarlyPanic = false
    private let log: CInt
    private var logged = 0
    private var pending: [UInt8] = []
    /// The last lines of text, oldest first.
    package private(set) var lastLines: [String] = []
    /// The last instant the guest reported.
    package private(set) var time: Duration?
    /// The last fault the guest reported.
    package private(set) var fault: Fault?

    package init(log: CInt) {
        self.log = log
    }

    package mutating func take(_ bytes: some Collection<UInt8>, line: (ConsoleLine) -> Void) {
        keep(bytes)
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                finish(line: line)
            } else if pending.count < Self.mostLineBytes {
                pending.append(byte)
            }
        }
    }

    /// Handles the last line, which may lack its newline.
    package mutating func end(line: (ConsoleLine) -> Void) {
        if !pending.isEmpty { finish(line: line) }
    }

    private mutating func finish(line: (ConsoleLine) -> Void) {
        // The guest's terminal ends lines with CR LF.
        while pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        let text = String(decoding: pending, as: UTF8.self)
        pending.removeAll(keepingCapacity: true)
        switch Self.parse(text) {
        case .fault(let fault): self.fault = fault
        case .line(let parsed):
            switch parsed {
            case .time(let time): self.time = time
            case .note(let text), .text(let text):
                if text.hasPrefix("<0>Kernel panic") { hasEarlyPanic = true }
                lastLines.append(text)
                if lastLines.count > Self.keptLines { lastLines.removeFirst() }
            }
            line(parsed)
        }
    }

    enum Parsed: Equatable {
        case line(ConsoleLine)
        case fault(Fault)
    }

    static func parse(_ text: String) -> Parsed {
        guard text.hasPrefix(RunDirectory.consolePrefix) else { return .line(.text(text)) }
        let message = text.dropFirst(RunDirectory.consolePrefix.count)
        if message.hasPrefix("time "), let seconds = Double(message.dropFirst(5)), seconds >= 0,
            let time = Duration(exactlySeconds: seconds)
        {
            return .line(.time(time))
        }
        if message.hasPrefix("fault "), let fault = try? FaultDocument.read(Array(message.dropFirst(6).utf8)) {
            return .fault(fault)
        }
        return .line(.note(String(message)))
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        guard logged < Self.mostLogged else { return }
        let room = Self.mostLogged - logged
        var kept = Array(bytes.prefix(room))
        logged += kept.count
        if logged == Self.mostLogged { kept += Array("\n[the rest is not kept]\n".utf8) }
        // The log is for people, so a failed write is ignored; a full disk shows in the results, which are checked.
        _ = try? FileDescriptor(rawValue: log).writeAll(kept)
    }
}
