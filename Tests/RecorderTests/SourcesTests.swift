// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import Testing

@testable import Recorder

@Suite struct `The other sources of a recording` {
    @Test func `see the clock being set, either way, and not its running`() {
        var clock = WallClock()
        let (now, monotonic) = (WallClock.now, WallClock.monotonic)
        _ = clock.stepped(now: now, monotonic: monotonic)
        func later(_ wall: Int64, _ mono: Int64) -> Duration? {
            clock.stepped(
                now: Timestamp(nanoseconds: now.nanoseconds + wall * 1_000_000), monotonic: monotonic + mono * 1_000_000
            )
        }
        #expect(later(1000, 1000) == nil)
        #expect(later(2030, 2000) == nil)
        #expect(later(5000, 3000) == .milliseconds(1970))
        #expect(later(1000, 4000) == .milliseconds(-5000))
        #expect(later(2000, 5000) == nil)
    }

    @Test func `take gpsd's positions and nothing else`() throws {
        func position(_ text: String) -> PositionReader.Position? { PositionReader.position(Array(text.utf8)) }
        let report =
            #"{"class":"TPV","device":"/dev/ttyACM0","mode":3,"lat":48.1234567,"lon":-1.5,"altHAE":91.5,"speed":1.4}"#
        let read = try #require(position(report))
        #expect(read.lat == 48.1234567 && read.lon == -1.5 && read.altHAE == 91.5 && read.eph == nil)
        #expect(position(#"{"class":"SKY","satellites":[]}"#) == nil)
        // There is no fix yet.
        #expect(position(#"{"class":"TPV","mode":1}"#) == nil)
        #expect(position("\u{0}\u{1}garbage") == nil)
    }

    @Test func `say that nobody answers`() throws {
        // Nothing listens on port 1.
        // The system says so at once, or with the first read.
        let reader = PositionReader(host: "127.0.0.1", port: 1)
        #expect(reader.map { $0.read() == [] && !$0.isOpen } ?? true)
        #expect(PositionReader(host: "not an address") == nil)
    }

    @Test func `read batteries as the kernel shows them`() throws {
        let directory = try ScratchDirectory()
        for (name, text) in [
            ("BAT0/type", "Battery\n"), ("BAT0/capacity", "81\n"), ("BAT0/status", "Discharging\n"),
            ("AC/type", "Mains\n"), ("BAT1/type", "Battery\n"), ("BAT1/capacity", "nonsense\n"),
        ] {
            try directory.write(name, text)
        }
        let levels = BatteryReader(directory: directory.path).levels()
        #expect(levels == [BatteryReader.Level(name: "BAT0", percent: 81, status: "Discharging")])
        #expect(BatteryReader(directory: "\(directory.path)/none").levels().isEmpty)
    }

    @Test func `are written one document a line, whatever is in them`() throws {
        let line = EventLog.line(.object(["b": .string("two\nlines"), "a": .array([.integer(1), .null])]))
        #expect(line == #"{ "a": [ 1, null ], "b": "two\nlines" }"# + "\n")
    }

    @Test func `are shown in one line each`() {
        let row = RecordingView.Row(
            name: "wlan0", isThere: true, down: .megabitsPerSecond(12.345), up: .megabitsPerSecond(0.5),
            history: [.zero, .megabitsPerSecond(6), .megabitsPerSecond(12)], signal: -61, drops: 3)
        let lines = RecordingView.lines(
            RecordingView.State(
                elapsed: .seconds(3725), rows: [row, RecordingView.Row(name: "wwan0x")], size: ByteCount(1_500_000),
                diskLeft: ByteCount(45_100_000_000)))
        #expect(
            lines == [
                "01:02:05   captured 1.5 MB   disk left 45.1 GB",
                "wlan0   down   12.35 Mb/s  up    0.50 Mb/s  -61 dBm  drops 3  ▁▅█", "wwan0x  not there",
            ])
    }
}

/// A directory that is removed with this value.
final class ScratchDirectory {
    let path: String

    init() throws {
        // In a guest /tmp is read-only, but TMPDIR is not.
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/walkback-recorder.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Fault(.failed, "no scratch directory") }
        path = String(cString: made)
    }

    /// Also makes the directory if the name is `DIRECTORY/FILE`.
    func write(_ name: String, _ text: String) throws {
        if let slash = name.firstIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o755) }
        guard let stream = fopen("\(path)/\(name)", "w") else { throw Fault(.failed, "cannot write \(name)") }
        defer { fclose(stream) }
        fputs(text, stream)
    }

    func read(_ name: String) throws -> String {
        guard let stream = fopen("\(path)/\(name)", "r") else { throw Fault(.failed, "cannot read \(name)") }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, stream)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    deinit {
        func remove(_ path: String) {
            if unlink(path) == 0 { return }
            if let directory = opendir(path) {
                while let entry = readdir(directory) {
                    let name = withUnsafeBytes(of: entry.pointee.d_name) {
                        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                    }
                    if name != ".", name != ".." { remove("\(path)/\(name)") }
                }
                closedir(directory)
            }
            rmdir(path)
        }
        remove(path)
    }
}
