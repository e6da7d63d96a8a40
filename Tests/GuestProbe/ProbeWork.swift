// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Guest
import Plans
import Quantities

/// What a guest of the tests is told to do: one word and its arguments.
enum ProbeWork {
    static func perform(_ guest: GuestBringUp) throws {
        let text = try String(contentsOfFile: guest.path("probe"), encoding: .utf8)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        switch words.first {
        case "record":
            try record(words.dropFirst().joined(separator: " "), guest)
        case "fault":
            throw Fault(.missingFeature, "this kernel has no \"fq\"\nto speak of: build one with `make kernel`")
        case "wait":
            guest.phase("waiting for the server's last byte")
            try guest.arm(deadline: .seconds(60))
            while true { pause() }
        case "times":
            for second in 0..<5 {
                sleep(1)
                guest.report(time: .seconds(second))
            }
            try record("times", guest)
        case "spin":
            // Children too, so that there are processes to leave behind.
            for _ in 0..<3 where forked() == 0 { while true { pause() } }
            guest.note("spinning")
            while true {}
        case "fill":
            let bytes = Data(repeating: 7, count: 4_000_000)
            try? bytes.write(to: URL(filePath: guest.path("big")))
            try record("fill", guest)
        case "crash":
            // The first process survives raise(), but not this.
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case "leave":
            exit(3)
        case "look":
            // Everything around a run that it could depend on.
            var seen = CommandLine.arguments.joined(separator: " ") + "\n"
            seen += (try? String(contentsOfFile: "/proc/cmdline", encoding: .utf8)) ?? "-"
            for (name, value) in ProcessInfo.processInfo.environment.sorted(by: { $0.key < $1.key }) {
                seen += "\(name)=\(value)\n"
            }
            var random = [UInt8](repeating: 0, count: 16)
            getentropy(&random, random.count)
            seen += "\(random)\n"
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            seen += "\(now.tv_sec).\(now.tv_nsec)\n"
            try seen.write(toFile: guest.path("seen"), atomically: false, encoding: .utf8)
            try record("look", guest)
        default:
            throw Fault(.usage, "the probe does not know '\(text)'")
        }
    }

    /// Swift hides fork(). It is harmless here, since the probe has one thread.
    private static func forked() -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        guard let symbol = dlsym(nil, "fork") else { return -1 }
        return unsafeBitCast(symbol, to: Fork.self)()
    }

    private static func record(_ id: String, _ guest: GuestBringUp) throws {
        let data = try JSONEncoder().encode(RunRecord(id: id))
        try data.write(to: URL(filePath: guest.path(RunRecord.fileName)))
    }
}
