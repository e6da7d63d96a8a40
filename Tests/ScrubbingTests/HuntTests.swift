// SPDX-License-Identifier: Apache-2.0
import Derivation
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Pcap
import SystemPackage
import Testing
import Traces

@testable import Scrubbing

@Suite struct `A hunt for addresses` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    /// The file as scrubbed with each of two keys.
    private func scrubbed(_ path: String) throws -> [[UInt8]] {
        try ["one key", "another key"].map { key in
            let output = scratch.path.appending("scrubbed.pcapng")
            unlink(output.string)
            var pseudonyms = Pseudonyms(key: key)
            _ = try CaptureScrub.scrub(path, to: output, &pseudonyms)
            return try scratch.read("scrubbed.pcapng")
        }
    }

    private func leaks(of file: [UInt8], _ quarry: [Quarry]) throws -> [Hunt.Find] {
        let scrubbed = try scrubbed(scratch.write("in.pcapng", file))
        return Hunt(quarry).leaks(scrubbed[0], scrubbed[1])
    }

    @Test(arguments: Crafted.packets)
    func `finds none in a packet that has them`(crafted: Crafted) throws {
        let file = CraftedFile.packets([crafted])
        // Or it would not find anything that was left.
        let hunt = Hunt(crafted.quarry)
        #expect(Set(hunt.finds(in: file).map(\.pattern.quarry)) == Set(crafted.quarry))
        let scrubbed = try scrubbed(scratch.write("in.pcapng", file))
        let leaks = hunt.leaks(scrubbed[0], scrubbed[1])
        #expect(leaks.isEmpty, "\(leaks)")
    }

    /// A snap length ends a packet anywhere.
    @Test(arguments: Crafted.packets)
    func `finds none in a packet that was cut`(crafted: Crafted) throws {
        let cut = (0..<crafted.bytes.count).map { count in
            var cut = crafted
            cut.bytes = Array(crafted.bytes[..<count])
            return cut
        }
        let leaks = try leaks(of: CraftedFile.packets(cut), crafted.quarry)
        #expect(leaks.isEmpty, "\(leaks)")
    }

    @Test func `finds none in a file whose every text has them`() throws {
        let (file, quarry) = CraftedFile.full()
        #expect(Set(Hunt(quarry).finds(in: file).map(\.pattern.quarry)) == Set(quarry))
        let leaks = try leaks(of: file, quarry)
        #expect(leaks.isEmpty, "\(leaks)")
    }

    @Test func `finds an address in whatever form it is left`() {
        var crafting = Crafting(seed: 5)
        _ = (crafting.v4(), crafting.v6(), crafting.station())
        for one in crafting.quarry {
            for (name, bytes) in one.forms {
                let file = Sample.zeros(9) + bytes + Sample.zeros(9)
                #expect(Hunt([one]).leaks(file, file).contains { $0.pattern.name == name }, "\(name)")
            }
        }
        #expect(Quarry.internet(InternetAddress(v4: 0x0a01_0203)).forms.contains { $0.bytes == Array("CgECA".utf8) })
        #expect(Quarry.internet(InternetAddress(v4: 0x0a01_0203)).forms.contains { $0.bytes == Array("3.2.1.10".utf8) })
    }

    /// Whatever bytes a file has, the scrub ends, and what it makes is a whole capture with as many packets.
    @Test(arguments: [
        LinkType.ethernet, .linuxCooked, .linuxCooked2, .raw, .null, .ppp, .ieee80211, .ieee80211Radiotap,
    ])
    func `ends with packets of any bytes`(linkType: LinkType) throws {
        var generator = SplitMix64(seed: 11, purpose: "any bytes")
        let seeds = Crafted.packets.filter { $0.linkType == linkType }
        let packets = (0..<400).map { number in
            var packet = Crafted("any", linkType) { _ in
                number % 8 == 0 ? [] : seeds[number % seeds.count].bytes
            }
            if packet.bytes.isEmpty {
                packet.bytes = (0..<generator.next(below: 200)).map { _ in UInt8(generator.next(below: 256)) }
            }
            for _ in 0..<generator.next(below: 6) where !packet.bytes.isEmpty {
                let place = Int(generator.next(below: UInt64(packet.bytes.count)))
                packet.bytes[place] = UInt8(generator.next(below: 256))
            }
            packet.bytes = Array(packet.bytes.prefix(Int(generator.next(below: UInt64(packet.bytes.count + 1)))))
            return packet
        }
        let original = try Captured(scratch.write("in.pcapng", CraftedFile.packets(packets)))
        let scrubbed = try Captured(
            scratch.write("out.pcapng", scrubbed(scratch.path.appending("in.pcapng").string)[0]))
        #expect(scrubbed.damage == 0)
        let alike = zip(original.packets, scrubbed.packets).allSatisfy { before, after in
            before.shape == after.shape && before.bytes.count == after.bytes.count
        }
        #expect(alike && original.packets.count == scrubbed.packets.count)
    }
}

// MARK: - Captures at hand

/// Captures that somebody recorded: those of the project, and those below the directory that `WALKBACK_CAPTURES` names.
enum CapturesAtHand {
    static let shipped =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Captures"
    static let others = ProcessInfo.processInfo.environment["WALKBACK_CAPTURES"]
    static let missing: Comment = "WALKBACK_CAPTURES names no directory with others' captures"

    static func captures(below directory: String?) -> [String] {
        guard let directory, let names = try? FileManager.default.subpathsOfDirectory(atPath: directory) else {
            return []
        }
        return names.filter { name in [".pcap", ".pcapng", ".gz"].contains { name.hasSuffix($0) } }.sorted()
            .map { "\(directory)/\($0)" }
    }
}

@Suite struct `A capture that somebody recorded` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    /// The traces of a capture without the command that made them; nil if it has none.
    private func traces(of path: String) -> Derivation? {
        try? Derivation(
            Derivation.Options(name: "walk", sources: [CaptureSource(name: "walk", kind: .wifi, file: path)]))
    }

    /// A live transfer without its path, which may be named after the file.
    private struct Transfer: Equatable {
        var isMultipath: Bool
        var direction: Direction
        var start: Timestamp
        var bins: [UInt32]
    }

    /// Which subflows belong to which connection, and how far each came; nil if there are none.
    private func transfers(in path: String) -> [Transfer]? {
        var notes: [String] = []
        let source = CaptureSource(name: "walk", kind: .wifi, file: path)
        let all = try? LiveTransfer.all(in: [source], shifts: [.zero], alignsStarts: false, notes: &notes)
        return all?.map {
            Transfer(isMultipath: $0.isMultipath, direction: $0.direction, start: $0.start, bins: $0.bins)
        }
    }

    private func check(_ path: String) throws {
        guard let original = try? Captured(path) else { return }
        let quarry = original.packets.reduce(into: Set<Quarry>()) { $0.formUnion($1.quarry(original.interfaces)) }
        // Bytes such as 00 00 01 stand in lengths and numbers too.
        let hunt = Hunt(quarry) { Set($0.bytes).subtracting([0, 0xff]).count >= 3 }
        let before = traces(of: path)
        // A capture that is too long for traces is too long for this.
        let transfers = before == nil ? nil : transfers(in: path)
        var files: [[UInt8]] = []
        for key in ["one key", "another key"] {
            let output = scratch.path.appending("walk-\(files.count).pcapng")
            var pseudonyms = Pseudonyms(key: key)
            _ = try CaptureScrub.scrub(path, to: output, &pseudonyms)
            let events = CaptureSource(file: path).eventsFile
            if access(events, R_OK) == 0 {
                let text = try CaptureScrub.scrubEvents(events, &pseudonyms)
                _ = try scratch.write("walk-\(files.count).events.jsonl", Array(text.utf8))
                let left = hunt.finds(in: Array(text.utf8)).filter { $0.pattern.bytes.count > 4 }
                #expect(left.isEmpty, "\(events): \(left)")
            }
            let after = traces(of: output.string)
            // Compared here so that a failure does not print all samples.
            let isSame = before?.traces.map(\.samples) == after?.traces.map(\.samples)
            #expect(isSame, "\(path)")
            let queues = before?.traces.map { [$0.queueDown, $0.queueUp] }
            #expect(queues == after?.traces.map { [$0.queueDown, $0.queueUp] }, "\(path)")
            let areSame = transfers == (after == nil ? nil : self.transfers(in: output.string))
            #expect(areSame, "\(path)")
            files.append(try scratch.read("walk-\(files.count).pcapng"))
        }
        let leaks = hunt.leaks(files[0], files[1])
        #expect(leaks.isEmpty, "\(path): \(leaks.prefix(10))")
    }

    @Test(arguments: CapturesAtHand.captures(below: CapturesAtHand.shipped))
    func `has none of its addresses and all of its traces when it is scrubbed`(path: String) throws {
        try check(path)
    }

    @Test(
        .enabled(if: CapturesAtHand.others != nil, CapturesAtHand.missing),
        arguments: CapturesAtHand.captures(below: CapturesAtHand.others))
    func `by others has none of its addresses and all of its traces when it is scrubbed`(path: String) throws {
        try check(path)
    }
}
